/**
 * The runs of one notebook: asks the plan what to do and does it. `asking` says which runs are asked for, `plan` decides,
 * `perform` performs one, `records` make it durable, `outbox` tells the viewers; `shown` is what they were told so far.
 *
 * Invariants: what runs is what was written when it was asked for; `ended` is shown after its outputs and its record are
 * durable; output of a run under way is shown at once. Nothing here waits for a viewer.
 */
import { AppError } from '../errors.ts';
import { shortened } from '../protocol/content.ts';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { SessionTable } from '../protocol/messages.ts';
import { type EndedPhase, foldRun, type Run, type RunEvent, type RunSpec } from '../protocol/runs.ts';
import type { NamedResult } from '../sessions/contract.ts';
import { type Asking, createAsking, type OffersAsk } from './asking.ts';
import { droppedIn } from './dropped.ts';
import { createKept, type Kept, type Offer } from './kept/kept.ts';
import type { Held } from './names.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Listener, NotebookRun, Parts, RunSummary } from './parts.ts';
import { type Performed, perform } from './perform.ts';
import { apply, emptyPlan, isIdle, type Operation, type Plan, runOf } from './plan.ts';
import type { Records } from './records.ts';
import { settle } from './settle.ts';
import type { Shown } from './shown.ts';
import type { Ask } from './specs.ts';
import { statesOf, summariesOf } from './summaries.ts';
import { NamedTables, publishedTables } from './tables.ts';
import { createViewers, type Viewers } from './viewers.ts';
import { within } from './within.ts';

/** A server that stops waits so long for a run to end; one that is still going is found lost at the next start. */
const STOP_WITHIN = 1500;

export class NotebookRuns {
  readonly id: NotebookId;
  readonly #parts: Parts;
  readonly #records: Records;
  readonly #outbox: Outbox;
  readonly #tables: NamedTables;
  readonly #viewers: Viewers;
  /** Runs that wait or run, or whose end is not shown yet, with all that is known of them. */
  readonly #working = new Map<RunId, Run>();
  /** Of the run that ends now. */
  readonly #performed = new Map<RunId, Performed>();
  readonly #keptResults: Kept;
  readonly #asking: Asking;
  #plan: Plan = emptyPlan;
  #abort: AbortController | undefined;
  #performing: Promise<void> = Promise.resolve();

  constructor(id: NotebookId, records: Records, shown: Shown, parts: Parts) {
    this.id = id;
    this.#parts = parts;
    this.#records = records;
    this.#viewers = createViewers(shown);
    this.#tables = new NamedTables(records.history.held, parts.results, () => parts.outline(id), parts.beneath);
    this.#keptResults = createKept({
      ...{ history: records.history, tables: this.#tables, results: parts.results },
      ...{ version: parts.version, now: parts.now, inputs: (asked) => parts.sessions.inputs(id, asked) },
    });
    this.#asking = createAsking({
      ...{ ...parts, id, keptResults: this.#keptResults },
      ...{ latest: () => this.latest(), held: () => this.held },
    });
    this.#outbox = createOutbox((events) => this.#deliver(events), parts.now);
  }

  /** Nobody looks, nothing runs: it may be let go. */
  get idle(): boolean {
    return this.#viewers.none && !this.busy;
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
    return this.#viewers.attach(listener);
  }

  latest(): readonly Run[] {
    return this.#viewers.latest();
  }

  /**
   * Fixes ids, texts, interpreters and options before it returns; the promise resolves when the record of the queue is
   * durable, while the first run is under way already.
   */
  async ask(ask: Ask): Promise<NotebookRun> {
    const { runs: fixed, inputs } = this.#asking.runs(ask);
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

  /** The kept results that runs of these would give again. */
  offers(ask: OffersAsk): Promise<readonly Offer[]> {
    return this.#asking.offers(ask);
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
    const options = new Map(this.#parts.paragraphs(this.id)?.map((one) => [one.id, one.options]));
    return publishedTables(tables, this.held, options, this.#parts.results);
  }

  /** With all that was kept of its outputs, but for the rows of tables. */
  async get(id: RunId): Promise<Run | undefined> {
    const stored = this.#records.history.runs.get(id);
    return this.#working.get(id) ?? (stored && this.#records.read(stored));
  }

  /** Newest first. */
  history(paragraph?: ParagraphId): readonly RunSummary[] {
    const all = summariesOf(this.#records.history.runs.values(), this.#working.values());
    return all.filter((run) => paragraph === undefined || run.paragraph === paragraph);
  }

  states(ids: readonly RunId[]): NotebookRun['runs'] {
    return statesOf(ids, (id) => this.#working.get(id) ?? this.#records.history.runs.get(id));
  }

  /** Resolves when these runs have ended and that was shown, at the latest when `signal` aborts. */
  ended(ids: readonly RunId[], signal: AbortSignal): Promise<void> {
    return this.#viewers.ended(
      ids.filter((id) => this.#working.has(id)),
      signal,
    );
  }

  /** These results went to keep the budget: their runs offer "run again", their names stand for nothing. */
  dropped(results: ReadonlySet<ResultId>): void {
    this.#tables.drop(results);
    for (const event of droppedIn(this.#viewers.latest(), results)) this.#outbox.push(event);
  }

  /** Ends what waits or runs as lost; resolves when all is recorded. */
  async close(): Promise<void> {
    this.#do({ type: 'close', at: this.#parts.now() });
    await within(STOP_WITHIN, this.#performing);
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
    const performed = await perform(run, this.#asking.inputsOf(run), abort.signal, {
      ...{ id: this.id, parts: this.#parts, tables: this.#tables, keptResults: this.#keptResults },
      ...{ records: this.#records, record: (event) => this.#record(event), started: () => this.#started(run.id) },
    });
    this.#performed.set(run.id, performed);
    const { outcome } = performed;
    if (outcome.state === 'failed') {
      this.#started(run.id);
      const index = this.#working.get(run.id)?.outputs.length ?? 0;
      this.#record({ type: 'output', id: run.id, index, output: { kind: 'error', ...outcome.failure } });
    }
    // What was deleted unnoticed meanwhile does not come to run.
    this.changed();
    this.#do({ type: 'ended', run: run.id, outcome, at: this.#parts.now() });
  }

  #started(run: RunId): void {
    if (this.#plan.current?.started === undefined) this.#do({ type: 'started', run, at: this.#parts.now() });
  }

  /** Resolves with what the viewers are told, once that is durable. */
  async #settle(id: RunId, phase: EndedPhase): Promise<readonly RunEvent[]> {
    const run = this.#working.get(id);
    const outputs = run?.outputs ?? [];
    const named = run && phase.state === 'done' ? this.#tables.hold(run.paragraph, outputs) : undefined;
    const { kept, fingerprint } = this.#performed.get(id) ?? {};
    this.#performed.delete(id);
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
    this.#viewers.tell(events);
    if (events.some((event) => event.type === 'ended')) this.#parts.ended();
  }
}
