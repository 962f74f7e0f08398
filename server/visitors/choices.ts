/**
 * Options of a form that a query gives: its rows, asked of an engine that is there for this one question. It has the named
 * results that the viewer's session has, and nothing of any session: so it waits for no run and leaves nothing behind. The
 * answer stands for a while for whoever would ask the same of the same tables. What is chosen is looked for among these rows,
 * and where they are not all of them, by the engine among all. Where the session is there in which it is to run, and idle, its
 * own engine is asked instead of one more: the run that follows finds it started. What came of that is that session's alone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormInputs } from '../../interpreters/forms.ts';
import { AppError } from '../errors.ts';
import { readValue, takesNumbers } from '../protocol/forms/read.ts';
import { type Choice, type Form, LONGEST_LABEL, MOST_OPTIONS, type Option } from '../protocol/forms.ts';
import {
  type NotebookId,
  newId,
  type ParagraphId,
  type PersonId,
  type RequestId,
  type SessionId,
} from '../protocol/ids.ts';
import { newResultId, newRunId, recordsOf, sessionIn, type VisitorKey, visitorKey } from '../protocol/keys.ts';
import { uniqueNames } from '../protocol/names.ts';
import type { Results } from '../results/contract.ts';
import type { ExecutionEvent, NamedResult, Sessions } from '../sessions/contract.ts';
import { NAMED_FOLDER, removeMade } from '../sessions/folders.ts';
import { bringNamed } from './named.ts';
import type { IdleSession } from './visitor.ts';

export type Asking = Extract<Form, { readonly options: unknown }>;

export type ChoicesAsk = {
  readonly notebook: NotebookId;
  readonly form: Asking;
  readonly query: string;
  /** The notebook's own values: a query may use them. */
  readonly inputs: FormInputs;
  readonly tables: readonly NamedResult[];
  /** Whose share of the engines it takes. */
  readonly asker: string;
  /** Whose engine may be asked. */
  readonly session?: IdleSession | undefined;
};

/** `more`: there are others than these. */
export type Answer = { readonly items: readonly Option[]; readonly more: boolean };

export type ChoicesParts = {
  readonly sessions: Pick<Sessions, 'execute' | 'leave'>;
  readonly results: Pick<Results, 'keepBlock' | 'window' | 'leave'>;
  /** Where records are. */
  readonly state: string;
  readonly now: () => number;
};

export interface Choices {
  /** Rejects with AppError: options-failed, too-many. */
  ask(ask: ChoicesAsk): Promise<Answer>;
  /** Those of the values that are in no row. Rejects as `ask` does. */
  lacking(ask: ChoicesAsk, values: readonly Choice[]): Promise<readonly Choice[]>;
}

/** A list that people choose from takes no longer to make. */
const LONGEST_MS = 10_000;
/** Engines at once, and who may wait for one: each takes a slot from somebody's run. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 20;
/** Of one asker, so that who asks without end is refused alone. */
const MOST_WAITING_OF_ONE = 5;
/** A page opened again asks again. */
const KEPT_MS = 60_000;
const MOST_KEPT = 100;
/** What is refused was looked for among rows no older than that: a table may have got a row since a page asked. */
const FRESH_MS = 2_000;
/** Rows that may be what was chosen: a number is written in several ways, and a list has up to `MOST_OPTIONS`. */
const MOST_FOUND = 5_000;
/** No form is called so. */
const CHOSEN = '_chosen';

type Kept = { readonly answer: Promise<Answer>; readonly at: number };

export function openChoices({ sessions, results, state, now }: ChoicesParts): Choices {
  const kept = new Map<string, Kept>();
  /** Of one session, for what is asked of it at once: these take no room of what is everybody's. */
  const own = new Map<string, Kept>();
  const waiting: { readonly asker: string; readonly go: () => void }[] = [];
  let under = 0;
  /** Whose engine is being asked. */
  const engaged = new Set<VisitorKey>();

  async function inTurn<T>(asker: string, work: () => Promise<T>): Promise<T> {
    if (under >= MOST_AT_ONCE) {
      const isFull = waiting.filter((one) => one.asker === asker).length >= MOST_WAITING_OF_ONE;
      if (isFull || waiting.length >= MOST_WAITING) throw new AppError('too-many', 'forms ask for their options');
      await new Promise<void>((go) => waiting.push({ asker, go }));
    } else under += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next.go();
      else under -= 1;
    }
  }

  /** `among`: of all rows those that may be one of these. */
  async function run(asked: ChoicesAsk, among?: readonly Choice[]): Promise<Answer> {
    const { session, notebook, asker } = asked;
    const key = visitorKey(notebook, newId<SessionId>());
    if (!key) throw new AppError('not-found', 'notebook');
    if (!session || engaged.has(session.key)) return inTurn(asker, () => runIn(key, key, asked, among));
    engaged.add(session.key);
    try {
      return await runIn(session.key, key, asked, among);
    } finally {
      engaged.delete(session.key);
      // It ended meanwhile: what this may have started anew is nobody's.
      if (!session.isOpen()) await sessions.leave(session.key);
    }
  }

  /** `where` it runs; `key`: of what comes of it, which goes. */
  async function runIn(
    where: VisitorKey,
    key: VisitorKey,
    asked: ChoicesAsk,
    among: readonly Choice[] | undefined,
  ): Promise<Answer> {
    const { notebook, form, query, tables } = asked;
    const most = among ? MOST_FOUND : MOST_OPTIONS;
    const numbers = takesNumbers(form);
    const inputs: FormInputs = among
      ? { ...asked.inputs, [CHOSEN]: { type: 'multi-select', value: among, written: false, numbers } }
      : asked.inputs;
    const folder = join(state, recordsOf(where));
    const id = newResultId(key);
    let table: Extract<ExecutionEvent, { type: 'table' }> | undefined;
    const emit = (event: ExecutionEvent): void => {
      if (event.type === 'table' && !event.open) table = event;
    };
    try {
      const named = await bringNamed(tables, join(folder, NAMED_FOLDER), join(folder, 'results'));
      const spec = {
        ...{ id: newRunId(where), notebook, paragraph: ASKED, request: newId<RequestId>(), session: sessionIn(where) },
        ...{ by: SERVER, asked: now(), interpreter: 'sql', options: {}, forms: {}, inputs },
        source: `${selectFrom(query, among && numbers)}\nlimit ${most + 1}`,
      };
      const signal = AbortSignal.timeout(LONGEST_MS);
      const outcome = await sessions.execute(spec, named, emit, signal);
      if (outcome.state === 'failed') throw new AppError('options-failed', outcome.failure.message);
      if (outcome.state !== 'done') throw new AppError('options-failed', `it took more than ${LONGEST_MS / 1000} s.`);
      if (table?.file !== undefined) await rm(table.file, { force: true });
      if (!table?.block || table.file !== undefined) throw new AppError('options-failed', 'its rows are too long.');
      const { columns, rows, block } = table;
      await results.keepBlock({ notebook, paragraph: ASKED, run: spec.id, id }, columns, rows, block);
      const { body } = await results.window(id, { offset: 0, limit: most, sort: [], format: 'json' }, signal);
      const names = uniqueNames(columns.map(({ name }) => name));
      return { items: optionsIn(form, names, await textOf(body)), more: rows > most };
    } finally {
      if (where === key) await sessions.leave(key);
      await results.leave(key);
      await removeMade(join(state, recordsOf(key)));
    }
  }

  const keyOf = ({ notebook, form, query, inputs, tables, session }: ChoicesAsk): string =>
    JSON.stringify([notebook, takesNumbers(form), query, inputs, tables.map(({ result }) => result), session?.key]);

  /** What stands for all, if somebody asked of late: it costs nothing. */
  async function known(asked: ChoicesAsk): Promise<Answer | undefined> {
    const before = kept.get(keyOf({ ...asked, session: undefined }));
    return before && now() - before.at < KEPT_MS ? before.answer.catch(() => undefined) : undefined;
  }

  /** As it was at most so long ago. */
  function ask(asked: ChoicesAsk, oldestMs: number): Promise<Answer> {
    const key = keyOf(asked);
    const all = asked.session ? own : kept;
    const before = all.get(key);
    if (before && now() - before.at < oldestMs) return before.answer;
    const answer = run(asked);
    all.delete(key);
    all.set(key, { answer, at: now() });
    const [oldest] = all.keys();
    if (all.size > MOST_KEPT && oldest !== undefined) all.delete(oldest);
    answer.catch(() => {
      if (all.get(key)?.answer === answer) all.delete(key);
    });
    return answer;
  }

  return {
    ask: (asked) => ask({ ...asked, session: undefined }, KEPT_MS),
    async lacking(asked, values) {
      const before = await known(asked);
      const left = before ? without(values, before) : values;
      if (left.length === 0) return left;
      const fresh = await ask(asked, FRESH_MS);
      const still = without(left, fresh);
      if (still.length === 0 || !fresh.more) return still;
      return without(still, await run(asked, still));
    },
  };
}

function without(values: readonly Choice[], { items }: Answer): readonly Choice[] {
  const there = new Set<Choice>(items.map(({ value }) => value));
  return values.filter((value) => !there.has(value));
}

/** All rows of a query, or those whose first column may be what was chosen: which of them are is settled by `optionsIn`. */
function selectFrom(query: string, chosenAsNumbers: boolean | undefined): string {
  const rows = `(\n${query.replace(/[\s;]+$/, '')}\n)`;
  if (chosenAsNumbers === undefined) return `select * from ${rows}`;
  const number = 'try_cast(asked.value as double)';
  const isIt = chosenAsNumbers
    ? `list_contains($${CHOSEN}, ${number})`
    : `list_contains($${CHOSEN}, asked.value::varchar)
       or list_contains(list_transform($${CHOSEN}, lambda one: try_cast(one as double)), ${number})`;
  return `select distinct asked.value from ${rows} as asked(value) where ${isIt}`;
}

const ASKED = 'form-options' as ParagraphId;
const SERVER = { id: 'server' as PersonId, name: 'Gondola' };

/** What is no value of the form is no option. */
function optionsIn(form: Asking, names: readonly string[], json: string): readonly Option[] {
  const items = new Map<string, Option>();
  for (const row of JSON.parse(json) as readonly Readonly<Record<string, unknown>>[]) {
    // By name: an object has those that are numbers first, wherever they stood.
    const [first, second] = names.map((name) => row[name]);
    if (first === null || first === undefined) continue;
    const value = takesNumbers(form) ? first : typeof first === 'string' ? first : JSON.stringify(first);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if ('code' in readValue({ ...form, type: 'select', default: value }, value)) continue;
    const label = second === null || second === undefined ? '' : String(second).slice(0, LONGEST_LABEL);
    items.set(String(value), label === '' || label === String(value) ? { value } : { value, label });
  }
  return [...items.values()];
}

async function textOf(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
