/**
 * The kept results of one session's runs, offered in place of running again: what `choose.ts` decides, from the records,
 * the named tables as they are, and what the engine says that a text would read now. A result is offered to the session that
 * made it alone, so nobody is given what a run of theirs would not give. An offer holds nothing: what went meanwhile is gone.
 */
import type { FormInputs } from '../../../interpreters/forms.ts';
import type { Inputs } from '../../../interpreters/uses.ts';
import { AppError } from '../../errors.ts';
import { tablesOf } from '../../protocol/content.ts';
import type { Paragraph } from '../../protocol/document.ts';
import type { ParagraphId, ResultId, RunId } from '../../protocol/ids.ts';
import type { RunSpec, Who } from '../../protocol/runs.ts';
import type { Results } from '../../results/contract.ts';
import type { NamedResult, Sessions } from '../../sessions/contract.ts';
import { namedResult, ownersOf } from '../names.ts';
import { type History, resultsOf, type StoredRun } from '../stored.ts';
import type { NamedTables } from '../tables.ts';
import { type Candidate, type Choice, chooseEach, chooseInOrder, type Step } from './choose.ts';
import { askedOf, type Fingerprint, fingerprintOf, isAsked, type Text } from './fingerprint.ts';
import { createIdentities } from './identities.ts';

export type Wanted = Text & Pick<RunSpec, 'paragraph'>;

export type Offer = {
  readonly paragraph: ParagraphId;
  /** A run that has it; `at`, `by`: when and by whom it was made. */
  readonly run: RunId;
  readonly at: number;
  readonly by: Who;
};

/** Paragraphs that one call looks at: more than a page has in sight, and some tenths of a second of the engine. */
export const MOST_WANTED = 200;
/** Runs of one text that are looked through, newest first: a paragraph that runs each minute has a hundred. */
const MOST_CANDIDATES = 10;

export type KeptParts = {
  readonly history: History;
  readonly tables: Pick<NamedTables, 'list' | 'outline'>;
  readonly results: Pick<Results, 'info' | 'source'>;
  readonly inputs: (asked: Parameters<Sessions['inputs']>[1]) => ReturnType<Sessions['inputs']>;
  readonly version: string;
  readonly now: () => number;
};

export type Kept = {
  /** Of a run that was done; `given`: the tables that it could read, `since`: when it began. */
  fingerprint(
    run: Text,
    forms: FormInputs,
    read: { readonly inputs: Inputs; readonly given: readonly NamedResult[]; readonly since: number },
  ): Promise<Fingerprint | undefined>;
  /** What would give again what is kept, each by itself as things are now. */
  each(wanted: readonly Wanted[], forms: FormInputs): Promise<readonly Offer[]>;
  /** The same of a plan, one after the other; `use`: whose kept result is to be used, the others run. */
  inOrder(wanted: readonly Wanted[], forms: FormInputs, use?: ReadonlySet<ParagraphId>): Promise<readonly Offer[]>;
  /** Runs that are asked for, those of `use` with the run whose result they get. Rejects with AppError: kept-result-gone. */
  using(runs: readonly RunSpec[], forms: FormInputs, use: ReadonlySet<ParagraphId>): Promise<readonly RunSpec[]>;
};

export function createKept({ history, tables, results, inputs, version, now }: KeptParts): Kept {
  const identities = createIdentities(results);

  async function candidatesOf(paragraph: ParagraphId, asked: string): Promise<readonly Candidate[]> {
    const found: Candidate[] = [];
    const ids = (history.byParagraph.get(paragraph) ?? []).slice().reverse();
    const runs = ids.flatMap((id) => history.runs.get(id) ?? []).filter((run) => isAsked(run.fingerprint, asked));
    for (const run of runs.slice(0, MOST_CANDIDATES)) {
      const one = await candidateOf(run);
      if (one) found.push(one);
    }
    return found;
  }

  async function candidateOf(run: StoredRun): Promise<Candidate | undefined> {
    const { id, phase, fingerprint, from, outputs } = run;
    if (phase.state !== 'done' || fingerprint === undefined) return undefined;
    if (outputs.flatMap((output) => tablesOf(output)).some(({ dropped, open }) => dropped || open)) return undefined;
    const infos = await Promise.all(resultsOf(run).map((result) => results.info(result)));
    if (infos.some((info) => info?.state !== 'kept')) return undefined;
    const named = nameOf(run);
    const identity = named && (await identities.one(named, now()));
    return { run: id, fingerprint, at: from?.at ?? phase.ended, by: from?.by ?? run.by, identity };
  }

  async function look(
    wanted: readonly Wanted[],
    forms: FormInputs,
    all: boolean,
  ): Promise<{ readonly steps: readonly Step[]; readonly identities: ReadonlyMap<string, string> }> {
    const owners = new Map([...ownersOf(tables.outline())].map(([name, { id }]) => [id, name]));
    const known = await Promise.all(
      wanted.slice(0, MOST_WANTED).map(async (one) => {
        const asked = askedOf(one, forms, version);
        return { one, asked, candidates: asked ? await candidatesOf(one.paragraph, asked) : [] };
      }),
    );
    const told = known.filter(({ asked, candidates }) => asked && (all || candidates.length > 0));
    const none = { steps: [], identities: new Map<string, string>() };
    if (!told.some(({ candidates }) => candidates.length > 0)) return none;
    const asks = told.map(({ one: { interpreter, source, name } }) => ({
      interpreter,
      source,
      ...(name === undefined ? {} : { name }),
    }));
    const found = await inputs({ asks, forms });
    if (!found) return none;
    const read = new Map(told.map(({ one }, index) => [one.paragraph, found[index]]));
    const list = await tables.list();
    return {
      identities: await identities.of(list.tables, now()),
      steps: known.map(({ one: { paragraph }, asked, candidates }) => ({
        ...{ paragraph, asked, candidates },
        inputs: read.get(paragraph),
        owns: owners.get(paragraph),
      })),
    };
  }

  async function inOrder(
    wanted: readonly Wanted[],
    forms: FormInputs,
    use?: ReadonlySet<ParagraphId>,
  ): Promise<readonly Offer[]> {
    const { steps, identities: known } = await look(wanted, forms, true);
    return chooseInOrder(steps, known, use).map(offerOf);
  }

  return {
    async fingerprint(run, forms, { inputs: read, given, since }) {
      const asked = askedOf(run, forms, version);
      return asked && fingerprintOf(asked, read, await identities.of(given, since));
    },
    async each(wanted, forms) {
      const { steps, identities: known } = await look(wanted, forms, false);
      return chooseEach(steps, known).map(offerOf);
    },
    inOrder,
    async using(runs, forms, use) {
      const offers = await inOrder(runs, forms, use);
      const known = new Map(offers.map(({ paragraph, ...from }) => [paragraph, from]));
      if ([...use].some((id) => !known.has(id))) throw new AppError('kept-result-gone');
      return runs.map((run) => {
        const from = known.get(run.paragraph);
        return from ? { ...run, from } : run;
      });
    },
  };
}

/** Those of these paragraphs that can run, in this order. */
export function wantedOf(paragraphs: readonly Paragraph[], asked: readonly ParagraphId[]): readonly Wanted[] {
  const written = new Map(paragraphs.map((one) => [one.id, one]));
  return asked
    .flatMap((id) => written.get(id) ?? [])
    .filter(({ options }) => options.run !== 'never')
    .map(({ id, ...text }) => ({ paragraph: id, ...text }));
}

const offerOf = ({ paragraph, candidate: { run, at, by } }: Choice): Offer => ({ paragraph, run, at, by });

/** What its paragraph's name would stand for: chosen as of a run that ends. */
const nameOf = ({ outputs }: StoredRun): ResultId | undefined =>
  namedResult(outputs.flatMap((output) => (output.kind === 'table' ? [output] : [])));
