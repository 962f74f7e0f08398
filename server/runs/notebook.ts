/**
 * The runs of one notebook: asks the plan what to do and does it. `plan` decides, `execution` performs one run through
 * its session, `records` make it durable, `outbox` tells the viewers; `shown` is what they were told so far.
 *
 * Invariants: what runs is what was written when it was asked for; `ended` is shown after its outputs and its record are
 * durable; output of a run under way is shown at once. Nothing here waits for a viewer. The file is long as it is the one
 * place where plan, session, records and viewers meet.
 */
import type { FormInputs } from '../../interpreters/forms.ts';
import { AppError } from '../errors.ts';
import { shortened, tablesOf, withTables } from '../protocol/content.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { Form, FormValues } from '../protocol/forms.ts';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { SessionTable } from '../protocol/messages.ts';
import type { ErrorOutput, Rows } from '../protocol/outputs.ts';
import { type Cost, type EndedPhase, foldRun, type Run, type RunEvent, type RunSpec } from '../protocol/runs.ts';
import type { NamedResult } from '../sessions/contract.ts';
import { type Execution, execute } from './execution.ts';
import { fill, type RawValues } from './inputs.ts';
import { createKept, type Kept, type Offer, wantedOf } from './kept/kept.ts';
import type { Held } from './names.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Listener, NotebookRun, Parts, RunSummary } from './parts.ts';
import { apply, emptyPlan, isIdle, type Operation, type Plan, runOf } from './plan.ts';
import { reachOf, type Situation } from './reach.ts';
import type { Records } from './records.ts';
import { settle } from './settle.ts';
import type { Shown } from './shown.ts';
import { type Ask, specsOf } from './specs.ts';
import { resultsOf } from './stored.ts';
import { explain, listedColumns, NamedTables } from './tables.ts';

/** A server that stops waits so long for a run to end; one that is still going is found lost at the next start. */
const STOP_WITHIN = 1500;

export type OffersAsk = {
  readonly paragraphs: readonly ParagraphId[];
  /** One after the other, in this order. */
  readonly ordered?: boolean;
  readonly may?: (paragraph: ParagraphId) => boolean;
  readonly forms?: RawValues;
};

export class NotebookRuns {
  readonly id: NotebookId;
  readonly #parts: Parts;
  readonly #records: Records;
  readonly #shown: Shown;
  readonly #outbox: Outbox;
  readonly #tables: NamedTables;
  readonly #listeners = new Set<Listener>();
  /** Runs that wait or run, or whose end is not shown yet, with all that is known of them. */
  readonly #working = new Map<RunId, Run>();
  /** Of the run that ends now: whether its small tables could be kept. */
  readonly #kept = new Map<RunId, Promise<ErrorOutput | undefined>>();
  readonly #keptResults: Kept;
  /** Of runs that end now, by which they are known again. */
  readonly #fingerprints = new Map<RunId, string>();
  /** By what is recorded of them: a password is kept here alone, and as long as its run. */
  readonly #inputs = new WeakMap<RunSpec['forms'], FormInputs>();
  #plan: Plan = emptyPlan;
  #abort: AbortController | undefined;
  #performing: Promise<void> = Promise.resolve();

  constructor(id: NotebookId, records: Records, shown: Shown, parts: Parts) {
    this.id = id;
    this.#parts = parts;
    this.#records = records;
    this.#shown = shown;
    this.#tables = new NamedTables(records.history.held, parts.results, () => parts.outline(id), parts.beneath);
    this.#keptResults = createKept({
      ...{ history: records.history, tables: this.#tables, results: parts.results },
      ...{ version: parts.version, now: parts.now, inputs: (asked) => parts.sessions.inputs(id, asked) },
    });
    this.#outbox = createOutbox((events) => this.#deliver(events), parts.now);
  }

  /** Nobody looks, nothing runs: it may be let go. */
  get idle(): boolean {
    return this.#listeners.size === 0 && !this.busy;
  }

  /** Something runs or waits, or its end is not shown yet. */
  get busy(): boolean {
    return this.#working.size > 0 || !isIdle(this.#plan);
  }

  /** The results that stand for its paragraphs' names. */
  get held(): Held {
    return this.#tables.held;
  }

  get running(): RunSpec | undefined {
    return this.#plan.current?.run;
  }

  get queued(): number {
    return this.#plan.queue.length;
  }

  /** The runs worth showing, and from now on every event. */
  attach(listener: Listener): { readonly runs: readonly Run[]; readonly release: () => void } {
    const listeners = this.#listeners;
    listeners.add(listener);
    return {
      runs: this.latest(),
      release() {
        listeners.delete(listener);
      },
    };
  }

  latest(): readonly Run[] {
    return this.#shown.all();
  }

  /**
   * Fixes ids, texts, interpreters and options before it returns; the promise resolves when the record of the queue is
   * durable, while the first run is under way already.
   */
  async ask(ask: Ask): Promise<NotebookRun> {
    const paragraphs = this.#parts.paragraphs(this.id);
    if (!paragraphs) throw new AppError('not-found', 'notebook');
    const forms = this.#parts.forms(this.id) ?? [];
    const { values, inputs, recorded } = fill(forms, ask.forms);
    this.#inputs.set(recorded, inputs);
    const wanted = this.#parts.beneath && forms.length > 0 ? this.#reached(ask, paragraphs, forms, values) : ask;
    const fixed = specsOf(wanted, paragraphs, {
      forms: recorded,
      notebook: this.id,
      session: this.#parts.sessions.idOf(this.id),
      asked: this.#parts.now(),
      newRunId: () => this.#parts.newRunId(this.id),
    });
    const runs = ask.use ? await this.#keptResults.using(fixed, inputs, ask.use) : fixed;
    if (runs.length === 0) return { request: ask.request, runs: [] };
    if (this.#records.failed) await this.#durable();
    if (this.#plan.closed) throw new AppError('unavailable');
    this.#do({ type: 'ask', runs });
    const ids = runs.flatMap(({ paragraph }) => runOf(this.#plan, paragraph)?.id ?? []);
    try {
      await this.#durable();
    } catch (error) {
      for (const id of ids) this.cancel(id);
      throw error;
    }
    return { request: ask.request, runs: this.states(ids) };
  }

  /**
   * The kept results that runs of these would give again; of a plan, in its order and each used in its turn. Of a visitor's
   * session only where a run would be of the paragraph alone.
   */
  async offers({
    paragraphs: asked,
    ordered = false,
    may = () => true,
    forms: raw,
  }: OffersAsk): Promise<readonly Offer[]> {
    const { beneath } = this.#parts;
    const paragraphs = this.#parts.paragraphs(this.id) ?? [];
    const forms = this.#parts.forms(this.id) ?? [];
    const { values, inputs } = fill(forms, raw);
    const isAlone = (id: ParagraphId): boolean => this.#reach({ paragraphs, forms, values, may }, [id]).size === 1;
    if (ordered && beneath) return [];
    const wanted = wantedOf(paragraphs, asked.filter(may));
    if (ordered) return this.#keptResults.inOrder(wanted, inputs);
    const found = await this.#keptResults.each(wanted, inputs);
    return beneath && forms.length > 0 ? found.filter(({ paragraph }) => isAlone(paragraph)) : found;
  }

  /** In a visitor's session: with all that has to run before, so that it is of these values. */
  #reached(ask: Ask, paragraphs: readonly Paragraph[], forms: readonly Form[], values: FormValues): Ask {
    const { may = () => true, paragraphs: asked, ordered: _, ...rest } = ask;
    return { ...rest, paragraphs: [...this.#reach({ paragraphs, forms, values, may }, asked)] };
  }

  #reach(
    written: Pick<Situation, 'paragraphs' | 'forms' | 'values' | 'may'>,
    asked: readonly ParagraphId[] | undefined,
  ): ReadonlySet<ParagraphId> {
    const { held } = this;
    return reachOf({
      ...written,
      ...(asked ? { asked: new Set(asked) } : {}),
      here: new Map(this.latest().map((run) => [run.paragraph, run])),
      isHeld: (id) => held.has(id),
    });
  }

  /** One run, or all. False where no such run waits or runs. */
  cancel(run?: RunId): boolean {
    const at = this.#parts.now();
    const waits = this.#plan.queue.some((entry) => entry.run.id === run) || this.#plan.current?.run.id === run;
    if (run !== undefined && !waits) return false;
    this.#do(run === undefined ? { type: 'cancel', at } : { type: 'cancel', run, at });
    return true;
  }

  /** Stops the run under way; the queue goes on. */
  interrupt(): void {
    const run = this.#plan.current?.run.id;
    if (run) this.cancel(run);
  }

  /** Stops everything and ends the session's processes; `clear` also drops its tables, the named ones included. */
  async restart(clear: boolean): Promise<void> {
    this.#do({ type: 'restart', at: this.#parts.now() });
    await this.#parts.sessions.restart(this.id, { clear });
    if (!clear) return;
    await this.#performing;
    this.#tables.clear();
    this.#records.add({ type: 'cleared' });
    await this.#durable();
  }

  /** Forgets what is too old, of paragraphs that nobody runs any more too. Nothing where it could not be recorded. */
  tidy(): void {
    if (this.#records.failed) return;
    for (const paragraph of this.#records.history.byParagraph.keys()) this.#forgetOld(paragraph);
  }

  /** The document changed in some way. Cheap: looks at it only when something waits. */
  changed(): void {
    if (this.#plan.queue.length === 0) return;
    const there = new Set(this.#tables.outline().map((entry) => entry.id));
    for (const { run } of this.#plan.queue) {
      if (!there.has(run.paragraph)) this.#do({ type: 'deleted', paragraph: run.paragraph, at: this.#parts.now() });
    }
  }

  /** The named tables as they are now. */
  async tables(): Promise<readonly NamedResult[]> {
    return (await this.#tables.list()).tables;
  }

  /** The same for who may know of no others, asked of no process; while the document is open, for what it shows. */
  async published(): Promise<readonly SessionTable[]> {
    const tables = await this.tables();
    const makers = new Map([...this.held].map(([paragraph, result]) => [result, paragraph]));
    const options = new Map(this.#parts.paragraphs(this.id)?.map((one) => [one.id, one.options]));
    return Promise.all(
      tables.map(async ({ name, result }) => {
        const { columns = [], rows = 0, bytes = 0 } = (await this.#parts.results.info(result)) ?? {};
        const maker = makers.get(result);
        return {
          name,
          source: 'named' as const,
          columns: listedColumns(maker && options.get(maker), columns),
          rows,
          bytes,
        };
      }),
    );
  }

  /** With all that was kept of its outputs, but for the rows of tables. */
  async get(id: RunId): Promise<Run | undefined> {
    const stored = this.#records.history.runs.get(id);
    return this.#working.get(id) ?? (stored && this.#records.read(stored));
  }

  /** Newest first. */
  history(paragraph?: ParagraphId): readonly RunSummary[] {
    const all = new Map<RunId, RunSummary>();
    for (const { source: _, outputs: __, ...run } of this.#records.history.runs.values()) all.set(run.id, run);
    for (const { source: _, outputs: __, ...run } of this.#working.values()) all.set(run.id, run);
    return [...all.values()].filter((run) => paragraph === undefined || run.paragraph === paragraph).reverse();
  }

  states(ids: readonly RunId[]): NotebookRun['runs'] {
    return ids.flatMap((id) => {
      const run = this.#working.get(id) ?? this.#records.history.runs.get(id);
      return run ? [{ id, paragraph: run.paragraph, state: run.phase.state }] : [];
    });
  }

  /** Resolves when these runs have ended and that was shown, at the latest when `signal` aborts. */
  ended(ids: readonly RunId[], signal: AbortSignal): Promise<void> {
    return untilEnded(
      ids.filter((id) => this.#working.has(id)),
      this.#listeners,
      signal,
    );
  }

  /** These results went to keep the budget: their runs offer "run again", their names stand for nothing. */
  dropped(results: ReadonlySet<ResultId>): void {
    this.#tables.drop(results);
    for (const run of this.#shown.all()) {
      run.outputs.forEach((output, index) => {
        const gone = ({ result, dropped }: Rows): boolean => !dropped && results.has(result);
        if (!tablesOf(output).some(gone)) return;
        const marked = withTables(output, (rows) => (gone(rows) ? { ...rows, dropped: true } : rows));
        this.#outbox.push({ type: 'output', id: run.id, index, output: marked });
      });
    }
  }

  /** Ends what waits or runs as lost; resolves when all is recorded. */
  async close(): Promise<void> {
    this.#do({ type: 'close', at: this.#parts.now() });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_WITHIN);
    });
    await Promise.race([this.#performing, late]);
    clearTimeout(timer);
    await this.#records.flush().catch(() => undefined);
    await this.#records.close();
    this.#outbox.close();
  }

  #do(operation: Operation): void {
    const { plan, effects } = apply(this.#plan, operation);
    this.#plan = plan;
    for (const effect of effects) {
      if (effect.type === 'record') this.#record(effect.event);
      else if (effect.type === 'start') this.#performing = this.#perform(effect.run);
      else this.#abort?.abort();
    }
  }

  #record(event: RunEvent): void {
    if (event.type === 'ended') {
      this.#outbox.hold(this.#settle(event.id, event.phase));
      return;
    }
    this.#fold(event);
    if (event.type !== 'progress') this.#records.add(event);
    this.#outbox.push(event.type === 'output' ? { ...event, output: shortened(event.output) } : event);
  }

  #fold(event: RunEvent): void {
    const id = event.type === 'queued' || event.type === 'retaken' ? event.run.id : event.id;
    const run = foldRun(this.#working.get(id), event);
    if (run) this.#working.set(id, run);
  }

  async #perform(run: RunSpec): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const outcome = await this.#execute(run, abort.signal).catch((error: unknown): Execution['outcome'] => {
      this.#parts.warn('a run broke inside the server', { run: run.id, error });
      const { code, message, hint } = new AppError('internal', run.id);
      return { state: 'failed', failure: { code, message, hint } };
    });
    if (outcome.state === 'failed') {
      this.#started(run.id);
      const index = this.#working.get(run.id)?.outputs.length ?? 0;
      this.#record({ type: 'output', id: run.id, index, output: { kind: 'error', ...outcome.failure } });
    }
    // What was deleted unnoticed meanwhile does not come to run.
    this.changed();
    this.#do({ type: 'ended', run: run.id, outcome, at: this.#parts.now() });
  }

  async #execute(run: RunSpec, signal: AbortSignal): Promise<Execution['outcome']> {
    const { sessions, results, now, newResultId, knows } = this.#parts;
    const failure = knows(run.interpreter) ? this.#tables.refuse(run) : unknownInterpreter(run.interpreter);
    if (failure) return { state: 'failed', failure };
    if (run.from) return this.#use(run);
    const { tables, gone } = await this.#tables.list();
    const since = now();
    const execution = await execute(
      { ...run, inputs: this.#inputs.get(run.forms) ?? {}, reads: true },
      tables,
      { sessions, results, now, newResultId: () => newResultId(this.id) },
      (event) => this.#record(event),
      () => this.#started(run.id),
      signal,
    );
    this.#kept.set(run.id, execution.kept);
    if (execution.large) this.#parts.grown();
    const { outcome } = execution;
    const overtaken = outcome.state === 'done' ? await this.#tables.overtaken(run, tables) : undefined;
    if (overtaken) return { ...outcome, state: 'failed', failure: overtaken };
    if (outcome.state === 'done' && outcome.inputs) {
      const read = { inputs: outcome.inputs, given: tables, since };
      const fingerprint = await this.#keptResults.fingerprint(run, this.#inputs.get(run.forms) ?? {}, read);
      if (fingerprint !== undefined) this.#fingerprints.set(run.id, fingerprint);
    }
    if (outcome.state !== 'failed') return outcome;
    return { ...outcome, failure: explain(run, outcome.failure, gone) };
  }

  /** Gives the run the outputs of a kept one, if it would give them now. */
  async #use(run: RunSpec): Promise<Execution['outcome']> {
    const [offer] = await this.#keptResults.each([run], this.#inputs.get(run.forms) ?? {});
    const stored = offer && this.#records.history.runs.get(offer.run);
    const kept = stored && (await this.#records.read(stored));
    if (!kept || !(await this.#parts.results.renew(resultsOf(stored), run.id))) {
      const { code, message, hint } = new AppError('kept-result-gone');
      return { state: 'failed', failure: { code, message, hint } };
    }
    this.#started(run.id);
    for (const [index, output] of kept.outputs.entries()) this.#record({ type: 'output', id: run.id, index, output });
    if (stored.fingerprint !== undefined) this.#fingerprints.set(run.id, stored.fingerprint);
    return { state: 'done', cost: NOTHING };
  }

  #started(run: RunId): void {
    if (this.#plan.current?.started === undefined) this.#do({ type: 'started', run, at: this.#parts.now() });
  }

  /** Resolves with what the viewers are told, once that is durable. */
  async #settle(id: RunId, phase: EndedPhase): Promise<readonly RunEvent[]> {
    const run = this.#working.get(id);
    const outputs = run?.outputs ?? [];
    const named = run && phase.state === 'done' ? this.#tables.hold(run.paragraph, outputs) : undefined;
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    const fingerprint = this.#fingerprints.get(id);
    this.#fingerprints.delete(id);
    const events = await settle({ id, phase, outputs, named, fingerprint, kept }, this.#records);
    this.#working.delete(id);
    if (run) this.#parts.finished?.({ ...run, phase });
    if (run) this.#forgetOld(run.paragraph);
    return events;
  }

  #forgetOld(paragraph: ParagraphId): void {
    const { runs, results } = this.#records.forgetOld(paragraph);
    for (const id of runs) this.#outbox.push({ type: 'forgotten', id });
    if (results.length > 0)
      this.#parts.results.forget(results).catch((error) => this.#parts.warn('results were not removed', { error }));
  }

  async #durable(): Promise<void> {
    await this.#records.flush().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new AppError('storage-read-only', why, { cause: error });
    });
  }

  #deliver(events: readonly RunEvent[]): void {
    for (const event of events) this.#shown.fold(event);
    for (const listener of this.#listeners) listener(events);
    if (events.some((event) => event.type === 'ended')) this.#parts.ended();
  }
}

/** What it costs to use what is there. */
const NOTHING: Cost = { cpuMs: 0, rows: 0 };

const unknownInterpreter = (name: string) => {
  const { code, message, hint } = new AppError('unknown-interpreter', name);
  return { code, message, hint };
};

/** Resolves when all of `ids` were told to have ended, or `signal` aborts. */
function untilEnded(ids: readonly RunId[], listeners: Set<Listener>, signal: AbortSignal): Promise<void> {
  const left = new Set(ids);
  if (left.size === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = (): void => {
      listeners.delete(listener);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const listener: Listener = (events) => {
      for (const event of events) if (event.type === 'ended') left.delete(event.id);
      if (left.size === 0) stop();
    };
    listeners.add(listener);
    signal.addEventListener('abort', stop);
  });
}
