/**
 * What is asked of a notebook's runs: which runs that are, of which texts and values, and which kept results would stand for
 * them. All of it is of this moment: what is written later changes no run that was asked for.
 */
import type { FormInputs } from '../../interpreters/forms.ts';
import { AppError } from '../errors.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { Form, FormValues } from '../protocol/forms.ts';
import type { NotebookId, ParagraphId } from '../protocol/ids.ts';
import type { Run, RunSpec } from '../protocol/runs.ts';
import { fill, type RawValues } from './inputs.ts';
import { type Kept, type Offer, wantedOf } from './kept/kept.ts';
import type { Held } from './names.ts';
import type { Parts } from './parts.ts';
import { reachOf, type Situation } from './reach.ts';
import { type Ask, specsOf } from './specs.ts';

export type OffersAsk = {
  readonly paragraphs: readonly ParagraphId[];
  /** One after the other, in this order. */
  readonly ordered?: boolean;
  readonly may?: (paragraph: ParagraphId) => boolean;
  readonly forms?: RawValues;
};

export type Asking = {
  /** With their ids. Throws AppError: not-found, or what is no value of a form. */
  runs(ask: Ask): { readonly runs: readonly RunSpec[]; readonly inputs: FormInputs };
  /** Values of forms, passwords among them, as long as the run is known by its record. */
  inputsOf(run: Pick<RunSpec, 'forms'>): FormInputs;
  /**
   * The kept results that runs of these would give again; of a plan, in its order and each used in its turn. Of a visitor's
   * session only where a run would be of the paragraph alone.
   */
  offers(ask: OffersAsk): Promise<readonly Offer[]>;
};

export type AskingParts = Pick<Parts, 'sessions' | 'paragraphs' | 'forms' | 'now' | 'newRunId' | 'beneath'> & {
  readonly id: NotebookId;
  readonly keptResults: Pick<Kept, 'each' | 'inOrder'>;
  /** What ran last, or waits, and whose results are there. */
  readonly latest: () => readonly Run[];
  readonly held: () => Held;
};

export function createAsking({ id, sessions, keptResults, latest, held, ...parts }: AskingParts): Asking {
  const { beneath } = parts;
  /** By what is recorded of them: a password is kept here alone, and as long as its run. */
  const given = new WeakMap<RunSpec['forms'], FormInputs>();

  /** In a visitor's session: with all that has to run before, so that it is of these values. */
  function reached(ask: Ask, paragraphs: readonly Paragraph[], forms: readonly Form[], values: FormValues): Ask {
    const { may = () => true, paragraphs: asked, ordered: _, ...rest } = ask;
    return { ...rest, paragraphs: [...reach({ paragraphs, forms, values, may }, asked)] };
  }

  function reach(
    written: Pick<Situation, 'paragraphs' | 'forms' | 'values' | 'may'>,
    asked: readonly ParagraphId[] | undefined,
  ): ReadonlySet<ParagraphId> {
    const there = held();
    return reachOf({
      ...written,
      ...(asked ? { asked: new Set(asked) } : {}),
      here: new Map(latest().map((run) => [run.paragraph, run])),
      isHeld: (one) => there.has(one),
    });
  }

  return {
    runs(ask) {
      const paragraphs = parts.paragraphs(id);
      if (!paragraphs) throw new AppError('not-found', 'notebook');
      const forms = parts.forms(id) ?? [];
      const { values, inputs, recorded } = fill(forms, ask.forms);
      given.set(recorded, inputs);
      const wanted = beneath && forms.length > 0 ? reached(ask, paragraphs, forms, values) : ask;
      const runs = specsOf(wanted, paragraphs, {
        forms: recorded,
        notebook: id,
        session: sessions.idOf(id),
        asked: parts.now(),
        newRunId: () => parts.newRunId(id),
      });
      return { runs, inputs };
    },
    inputsOf: ({ forms }) => given.get(forms) ?? {},
    async offers({ paragraphs: asked, ordered = false, may = () => true, forms: raw }) {
      const paragraphs = parts.paragraphs(id) ?? [];
      const forms = parts.forms(id) ?? [];
      const { values, inputs } = fill(forms, raw);
      const isAlone = (one: ParagraphId): boolean => reach({ paragraphs, forms, values, may }, [one]).size === 1;
      if (ordered && beneath) return [];
      const wanted = wantedOf(paragraphs, asked.filter(may));
      if (ordered) return keptResults.inOrder(wanted, inputs);
      const found = await keptResults.each(wanted, inputs);
      return beneath && forms.length > 0 ? found.filter(({ paragraph }) => isAlone(paragraph)) : found;
    },
  };
}
