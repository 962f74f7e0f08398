/**
 * One run from start to outcome: what its session tells becomes events of the run, tables become results, and text and
 * outputs are held to their limits. A small table is shown as it comes while its bytes are made durable beside the next
 * run (`kept`); what a name stands for, and a large table, is durable before the outcome is told.
 */
import { AppError } from '../errors.ts';
import type { ResultId, RunId } from '../protocol/ids.ts';
import {
  type ErrorOutput,
  INLINE_BLOCK_BYTES,
  type Output,
  type TableOutput,
  TEXT_LIMIT,
} from '../protocol/outputs.ts';
import type { Progress, RunEvent, RunSpec } from '../protocol/runs.ts';
import type { ResultOwner, Results } from '../results/contract.ts';
import type { ExecutionEvent, ExecutionOutcome, MadeOutput, NamedResult, Sessions } from '../sessions/contract.ts';

/** Outputs shown of one run; a loop that prints to both streams in turn would make millions. */
export const MAX_OUTPUTS = 1000;
/** "Rows so far" changes no faster than eyes follow. */
const ROWS_EVERY = 100;

export type Parts = {
  readonly sessions: Pick<Sessions, 'execute'>;
  readonly results: Pick<Results, 'open' | 'keepBlock' | 'keepFile' | 'abandon'>;
  readonly newResultId: (run: RunSpec) => ResultId;
  readonly now: () => number;
};

export type Told = Extract<RunEvent, { readonly type: 'output' | 'text' | 'progress' }>;

export type Execution = {
  readonly outcome: ExecutionOutcome;
  /** Resolves when the small tables are durable; to the failure if they could not be kept. */
  readonly kept: Promise<ErrorOutput | undefined>;
  /** Whether a large table was kept, so that the budget is to be looked at. */
  readonly large: boolean;
};

type Table = {
  readonly index: number;
  readonly id: ResultId;
  readonly owner: ResultOwner;
  columns: TableOutput['columns'];
  rows: number;
  first: Uint8Array | undefined;
  shownAt: number;
  open: boolean;
};

type TableEvent = Extract<ExecutionEvent, { readonly type: 'table' }>;

export async function execute(
  run: RunSpec,
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
  let failure: ErrorOutput | undefined;
  let outputs = 0;
  let joins: string | undefined;
  let characters = 0;
  let omitted = 0;
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

  function outputOf(table: Table, named: boolean, rest: Partial<TableOutput>): TableOutput {
    const name = named && run.name !== undefined ? { name: run.name } : {};
    return { kind: 'table', result: table.id, ...name, columns: table.columns, rows: table.rows, bytes: 0, ...rest };
  }

  const inline = (block: Uint8Array | undefined): { readonly block?: string } =>
    block && block.byteLength <= INLINE_BLOCK_BYTES ? { block: toBase64(block) } : {};

  function table(event: TableEvent): void {
    let known = found.get(event.table);
    if (!known) {
      if (outputs >= MAX_OUTPUTS && !event.named) {
        skipped += 1;
        return;
      }
      const result = parts.newResultId(run);
      const owner = { notebook: run.notebook, paragraph: run.paragraph, run: id, id: result };
      joins = undefined;
      known = { index: outputs++, id: result, owner, columns: [], rows: 0, first: undefined, shownAt: 0, open: true };
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
    if (before !== undefined && known.first === before && now() - known.shownAt < ROWS_EVERY) return;
    known.shownAt = now();
    const block = known.first === before ? {} : inline(known.first);
    show(known.index, outputOf(known, event.named, { open: true, ...block }));
  }

  function whole(known: Table, event: TableEvent, before: Uint8Array | undefined): void {
    known.open = false;
    const { owner, columns, rows, index } = known;
    if (event.file !== undefined) {
      large = true;
      waits.push(
        results.keepFile(owner, columns, rows, event.file).then(
          (bytes) => {
            show(
              index,
              outputOf(known, event.named, { bytes, ...(known.first === before ? {} : inline(known.first)) }),
            );
          },
          lose(known, event.named),
        ),
      );
      return;
    }
    const block = known.first ?? new Uint8Array();
    results.open(owner, columns, block, rows);
    show(index, outputOf(known, event.named, { bytes: block.byteLength, ...inline(block) }));
    const keep = results.keepBlock(owner, columns, rows, block).then(() => undefined, lose(known, event.named));
    (event.named ? waits : keeps).push(keep);
  }

  const lose =
    (known: Table, named: boolean) =>
    (error: unknown): void => {
      failure ??= storageFailure(error);
      show(known.index, outputOf(known, named, { dropped: true }));
    };

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
        if (outputs < MAX_OUTPUTS) add(made(event.output));
        else skipped += 1;
        return;
      case 'table':
        table(event);
        return;
      case 'progress':
        tell({ type: 'progress', id, progress: progressOf(event) });
    }
  }

  function made(output: MadeOutput): Output {
    if (output.kind !== 'chart') return output;
    const data = output.data.flatMap(({ name, table }) => {
      const known = found.get(table);
      return known ? [{ name, result: known.id, columns: known.columns, rows: known.rows, bytes: 0 }] : [];
    });
    return { ...output, data };
  }

  const outcome = await parts.sessions.execute(run, tables, on, signal);
  await Promise.all(waits);
  for (const known of found.values()) {
    if (!known.open) continue;
    results.abandon(known.id);
    show(known.index, outputOf(known, false, { dropped: true }));
  }
  if (omitted > 0) tell({ type: 'text', id, stream: textStream(joins), text: '', omitted });
  if (omitted > 0 && joins === undefined) outputs += 1;
  if (skipped > 0) add(tooMany(skipped));
  if (outcome.state === 'done' && failure)
    return { outcome: { state: 'failed', failure }, kept: Promise.resolve(undefined), large };
  return { outcome, kept: Promise.all(keeps).then(() => failure), large };
}

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

function tooMany(skipped: number): ErrorOutput {
  const { code, message, hint } = new AppError('too-many-outputs', `${MAX_OUTPUTS}, and ${skipped} more came`);
  return { kind: 'error', code, message, hint };
}

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
