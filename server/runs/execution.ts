/**
 * One run from start to outcome: what its session tells becomes events of the run, tables become results, and text and
 * outputs are held to their limits. A small table is shown as it comes while its bytes are made durable beside the next
 * run (`kept`); what a name stands for, what a chart draws, and a large table, is durable before the outcome is told.
 *
 * A hidden table is data of charts: a result like any other, but no output of its own. One that no chart drew is
 * forgotten at the end. A chart whose data is still on its way to the disk is told at once, and again when it is there. A
 * little long: what comes, what is kept and how it ends are one run's.
 */
import { AppError } from '../errors.ts';
import { contentOf } from '../protocol/content.ts';
import type { ResultId, RunId } from '../protocol/ids.ts';
import {
  type ChartOutput,
  type ErrorOutput,
  INLINE_BLOCK_BYTES,
  MADE_LIMIT,
  type Output,
  type Rows,
  type TableOutput,
  TEXT_LIMIT,
} from '../protocol/outputs.ts';
import type { Cost, Progress, RunEvent, RunSpec } from '../protocol/runs.ts';
import type { ResultOwner, Results } from '../results/contract.ts';
import type {
  ExecutedRun,
  ExecutionEvent,
  ExecutionOutcome,
  MadeOutput,
  NamedResult,
  Sessions,
  Spent,
} from '../sessions/contract.ts';

/** Outputs shown of one run; a loop that prints to both streams in turn would make millions. */
export const MAX_OUTPUTS = 1000;
/** "Rows so far" changes no faster than eyes follow. */
const ROWS_EVERY = 100;

export type Parts = {
  readonly sessions: Pick<Sessions, 'execute'>;
  readonly results: Pick<Results, 'open' | 'keepBlock' | 'keepFile' | 'abandon' | 'forget'>;
  readonly newResultId: (run: RunSpec) => ResultId;
  readonly now: () => number;
};

export type Told = Extract<RunEvent, { readonly type: 'output' | 'text' | 'progress' }>;

export type Execution = {
  readonly outcome: ExecutionOutcome & { readonly cost?: Cost };
  /** Resolves when the small tables are durable; to the failure if they could not be kept. */
  readonly kept: Promise<ErrorOutput | undefined>;
  /** Whether a large table was kept, so that the budget is to be looked at. */
  readonly large: boolean;
};

type Table = {
  /** Of its output; undefined where it is hidden. */
  readonly index: number | undefined;
  readonly id: ResultId;
  readonly owner: ResultOwner;
  columns: TableOutput['columns'];
  rows: number;
  first: Uint8Array | undefined;
  shownAt: number;
  open: boolean;
  /** Told so far, but for the rows. */
  bytes: number;
  dropped: boolean;
  /** `first` holds all of its rows. */
  small: boolean;
};

/** A chart as its run showed it, and the numbers of the tables it draws. */
type Chart = { readonly index: number; readonly output: Extract<MadeOutput, { readonly kind: 'chart' }> };

type TableEvent = Extract<ExecutionEvent, { readonly type: 'table' }>;

export async function execute(
  run: ExecutedRun,
  tables: readonly NamedResult[],
  parts: Parts,
  tell: (event: Told) => void,
  started: () => void,
  signal: AbortSignal,
): Promise<Execution> {
  const { results, now } = parts;
  const found = new Map<number, Table>();
  const keeps: Promise<void>[] = [];
  const waits: Promise<void>[] = [];
  const charts: Chart[] = [];
  let failure: ErrorOutput | undefined;
  let outputs = 0;
  let joins: string | undefined;
  let characters = 0;
  let omitted = 0;
  let hidden = 0;
  let made = 0;
  let skipped = 0;
  let large = false;

  const id: RunId = run.id;
  const show = (index: number, output: Output): void => tell({ type: 'output', id, index, output });
  const add = (output: Output): void => {
    joins = undefined;
    show(outputs++, output);
  };

  function text(stream: 'stdout' | 'stderr' | 'value', said: string): void {
    const room = joins === stream || outputs < MAX_OUTPUTS ? TEXT_LIMIT - characters : 0;
    const kept = said.slice(0, Math.max(0, room));
    characters += kept.length;
    omitted += said.length - kept.length;
    if (kept === '') return;
    if (joins !== stream) outputs += 1;
    joins = stream;
    tell({ type: 'text', id, stream, text: kept });
  }

  const rowsOf = ({ id: result, columns, rows, bytes, dropped, open }: Table): Rows => ({
    result,
    columns,
    rows,
    bytes,
    ...(open ? { open } : {}),
    ...(dropped ? { dropped } : {}),
  });

  /** Where it stands: its own output, or the charts that draw it. */
  function showTable(table: Table, named: boolean, block: { readonly block?: string } = {}): void {
    const name = named && run.name !== undefined ? { name: run.name } : {};
    if (table.index !== undefined) show(table.index, { kind: 'table', ...name, ...rowsOf(table), ...block });
    else for (const chart of charts) if (drawn(chart).includes(table)) show(chart.index, chartOf(chart));
  }

  const drawn = ({ output }: Chart): readonly Table[] => output.data.flatMap(({ table }) => found.get(table) ?? []);

  const chartOf = ({ output }: Chart): ChartOutput => ({
    ...output,
    data: output.data.flatMap(({ name, table }) => {
      const known = found.get(table);
      if (!known) return [];
      const block = known.small ? inline(known.first) : {};
      return [{ name, ...rowsOf(known), ...block }];
    }),
  });

  const inline = (block: Uint8Array | undefined): { readonly block?: string } =>
    block && block.byteLength <= INLINE_BLOCK_BYTES ? { block: toBase64(block) } : {};

  function table(event: TableEvent): void {
    let known = found.get(event.table);
    if (!known) {
      if ((event.hidden ? hidden : outputs) >= MAX_OUTPUTS && !event.named) {
        skipped += 1;
        return;
      }
      const result = parts.newResultId(run);
      const owner = { notebook: run.notebook, paragraph: run.paragraph, run: id, id: result };
      known = {
        index: event.hidden ? undefined : outputs++,
        id: result,
        owner,
        columns: [],
        rows: 0,
        first: undefined,
        shownAt: 0,
        open: true,
        bytes: 0,
        dropped: false,
        small: false,
      };
      if (event.hidden) hidden += 1;
      else joins = undefined;
      found.set(event.table, known);
    }
    const before = known.first;
    known.columns = event.columns;
    known.rows = event.rows;
    known.first = event.block ?? known.first;
    if (event.open) growing(known, event, before);
    else whole(known, event, before);
  }

  function growing(known: Table, event: TableEvent, before: Uint8Array | undefined): void {
    results.open(known.owner, event.columns, known.first, event.rows);
    if (known.index === undefined) return;
    if (before !== undefined && known.first === before && now() - known.shownAt < ROWS_EVERY) return;
    known.shownAt = now();
    showTable(known, event.named, known.first === before ? {} : inline(known.first));
  }

  function whole(known: Table, event: TableEvent, before: Uint8Array | undefined): void {
    const { owner, columns, rows } = known;
    if (event.file !== undefined) {
      large = true;
      const closed = (bytes: number): void => {
        known.open = false;
        known.bytes = bytes;
        showTable(known, event.named, known.first === before ? {} : inline(known.first));
      };
      waits.push(
        results.keepFile(owner, columns, rows, event.file, event.linked).then(closed, lose(known, event.named)),
      );
      return;
    }
    const block = known.first ?? new Uint8Array();
    known.open = false;
    known.small = true;
    known.bytes = block.byteLength;
    results.open(owner, columns, block, rows);
    showTable(known, event.named, inline(block));
    const keep = results.keepBlock(owner, columns, rows, block).then(() => undefined, lose(known, event.named));
    (event.named || event.hidden ? waits : keeps).push(keep);
  }

  const lose =
    (known: Table, named: boolean) =>
    (error: unknown): void => {
      failure ??= storageFailure(error);
      drop(known, named);
    };

  function drop(known: Table, named: boolean): void {
    known.open = false;
    known.bytes = 0;
    known.small = false;
    known.dropped = true;
    showTable(known, named);
  }

  function on(event: ExecutionEvent): void {
    if (event.type === 'waiting') {
      tell({ type: 'progress', id, progress: { waiting: event.for } });
      return;
    }
    started();
    switch (event.type) {
      case 'started':
        return;
      case 'text':
        text(event.stream, event.text);
        return;
      case 'error':
        if (outputs < MAX_OUTPUTS) add({ kind: 'error', ...event.failure });
        else skipped += 1;
        return;
      case 'output':
        make(event.output);
        return;
      case 'table':
        table(event);
        return;
      case 'progress':
        tell({ type: 'progress', id, progress: progressOf(event) });
    }
  }

  function make(output: MadeOutput): void {
    const size = output.kind === 'chart' ? output.spec.length : contentOf(output).length;
    if (outputs >= MAX_OUTPUTS || made + size > MADE_LIMIT) {
      skipped += 1;
      return;
    }
    made += size;
    if (output.kind !== 'chart') {
      add(output);
      return;
    }
    const chart = { index: outputs, output };
    charts.push(chart);
    add(chartOf(chart));
  }

  /** What no chart drew, nothing would ever show or let go of. */
  async function forgetUndrawn(): Promise<void> {
    const shown = new Set(charts.flatMap(drawn));
    const left = [...found.values()].filter((table) => table.index === undefined && !shown.has(table));
    if (left.length > 0) await results.forget(left.map((table) => table.id)).catch(() => undefined);
  }

  let spent: Spent | undefined;
  const said = await parts.sessions.execute(run, tables, on, signal, (took) => {
    spent = took;
  });
  await Promise.all(waits);
  for (const known of found.values()) {
    if (!known.open) continue;
    results.abandon(known.id);
    drop(known, false);
  }
  await forgetUndrawn();
  const outcome = withCost(said, spent, found.values());
  if (omitted > 0) tell({ type: 'text', id, stream: textStream(joins), text: '', omitted });
  if (omitted > 0 && joins === undefined) outputs += 1;
  if (skipped > 0) add(tooMany(outputs, skipped));
  if (outcome.state === 'done' && failure)
    return { outcome: { state: 'failed', failure, ...costIn(outcome) }, kept: Promise.resolve(undefined), large };
  return { outcome, kept: Promise.all(keeps).then(() => failure), large };
}

function withCost(
  outcome: ExecutionOutcome,
  spent: Spent | undefined,
  tables: Iterable<{ readonly rows: number }>,
): ExecutionOutcome & { readonly cost?: Cost } {
  if (!spent) return outcome;
  let rows = 0;
  for (const table of tables) rows += table.rows;
  return { ...outcome, cost: { ...spent, rows } };
}

const costIn = ({ cost }: { readonly cost?: Cost }) => (cost ? { cost } : {});

const textStream = (joins: string | undefined): 'stdout' | 'stderr' | 'value' =>
  joins === 'stderr' || joins === 'value' ? joins : 'stdout';

const progressOf = ({ fraction, rows }: { readonly fraction?: number; readonly rows?: number }): Progress => ({
  ...(fraction === undefined ? {} : { fraction }),
  ...(rows === undefined ? {} : { rows }),
});

export function storageFailure(error: unknown): ErrorOutput {
  const known = error instanceof AppError ? error : new AppError('storage-read-only', String(error), { cause: error });
  return { kind: 'error', code: known.code, message: known.message, hint: known.hint };
}

function tooMany(shown: number, skipped: number): ErrorOutput {
  const { code, message, hint } = new AppError('too-many-outputs', `${shown}, and ${skipped} more came`);
  return { kind: 'error', code, message, hint };
}

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
