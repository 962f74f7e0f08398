/**
 * One run performed: through its session (`execution.ts`), or by the outputs of an earlier run that it would give again
 * (`kept/`). What it comes to is an outcome in any case; that it can't be known again fails no run.
 */
import type { FormInputs } from '../../interpreters/forms.ts';
import { AppError } from '../errors.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { ErrorOutput } from '../protocol/outputs.ts';
import type { Cost, RunEvent, RunSpec } from '../protocol/runs.ts';
import { type Execution, execute } from './execution.ts';
import type { Fingerprint } from './kept/fingerprint.ts';
import type { Kept } from './kept/kept.ts';
import type { Parts } from './parts.ts';
import type { Records } from './records.ts';
import { resultsOf } from './stored.ts';
import { explain, type NamedTables } from './tables.ts';

export type Performed = {
  readonly outcome: Execution['outcome'];
  /** Whether its small tables could be kept: resolves to why not. */
  readonly kept?: Promise<ErrorOutput | undefined>;
  /** By which it is known again. */
  readonly fingerprint?: Fingerprint;
};

export type Stage = {
  readonly id: NotebookId;
  readonly parts: Pick<Parts, 'sessions' | 'results' | 'now' | 'newResultId' | 'knows' | 'grown' | 'warn'>;
  readonly tables: Pick<NamedTables, 'list' | 'overtaken' | 'refuse'>;
  readonly keptResults: Pick<Kept, 'each' | 'fingerprint'>;
  readonly records: Pick<Records, 'history' | 'read'>;
  readonly record: (event: RunEvent) => void;
  readonly started: () => void;
};

export async function perform(run: RunSpec, inputs: FormInputs, signal: AbortSignal, stage: Stage): Promise<Performed> {
  try {
    return await attempt(run, inputs, signal, stage);
  } catch (error) {
    stage.parts.warn('a run broke inside the server', { run: run.id, error });
    return { outcome: { state: 'failed', failure: failureOf('internal', run.id) } };
  }
}

async function attempt(run: RunSpec, inputs: FormInputs, signal: AbortSignal, stage: Stage): Promise<Performed> {
  const { id, parts, tables: named, keptResults, record, started } = stage;
  const { sessions, results, now, newResultId, knows } = parts;
  const failure = knows(run.interpreter) ? named.refuse(run) : failureOf('unknown-interpreter', run.interpreter);
  if (failure) return { outcome: { state: 'failed', failure } };
  if (run.from) return reuse(run, inputs, stage);
  const { tables, gone } = await named.list();
  const since = now();
  const { outcome, kept, large } = await execute(
    { ...run, inputs, reads: true },
    tables,
    { sessions, results, now, newResultId: () => newResultId(id) },
    record,
    started,
    signal,
  );
  if (large) parts.grown();
  if (outcome.state === 'failed')
    return { outcome: { ...outcome, failure: explain(run, outcome.failure, gone) }, kept };
  const overtaken = outcome.state === 'done' ? await named.overtaken(run, tables) : undefined;
  if (overtaken) return { outcome: { ...outcome, state: 'failed', failure: overtaken }, kept };
  const fingerprint =
    outcome.state === 'done' && outcome.inputs
      ? await keptResults
          .fingerprint(run, inputs, { inputs: outcome.inputs, given: tables, since })
          .catch((error: unknown) => parts.warn('a run is not known again', { run: run.id, error }))
      : undefined;
  return { outcome, kept, ...(fingerprint ? { fingerprint } : {}) };
}

/** Gives the run the outputs of a kept one, if it would give them now. */
async function reuse(
  run: RunSpec,
  inputs: FormInputs,
  { parts, keptResults, records, record, started }: Stage,
): Promise<Performed> {
  const [offer] = await keptResults.each([run], inputs);
  const stored = offer && records.history.runs.get(offer.run);
  const kept = stored && (await records.read(stored));
  if (!kept || !(await parts.results.renew(resultsOf(stored), run.id)))
    return { outcome: { state: 'failed', failure: failureOf('kept-result-gone') } };
  started();
  for (const [index, output] of kept.outputs.entries()) record({ type: 'output', id: run.id, index, output });
  const { fingerprint } = stored;
  return { outcome: { state: 'done', cost: NOTHING }, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

/** What it costs to use what is there. */
const NOTHING: Cost = { cpuMs: 0, rows: 0 };

/** As a run tells it. */
function failureOf(...why: ConstructorParameters<typeof AppError>) {
  const { code, message, hint } = new AppError(...why);
  return { code, message, hint };
}
