/**
 * One stream of rows → table events. Up to `SMALL_RESULT_ROWS` and `SMALL_RESULT_BYTES`: one block. More: what came and
 * what still comes goes to a result file, chunk by chunk; the page has the first block at once and sees the rest when
 * the file is whole.
 */
import duckdb, { type Connection, type DataChunk } from '@duckdb/node-bindings';
import { concat, END_OF_STREAM, encodeBatch, encodeSchema, TooLarge } from '../arrow/encode.ts';
import type { ArrowColumn } from '../arrow/types.ts';
import type { Column, Event } from '../protocol.ts';
import { createResultFile, type ResultFile } from './file.ts';

/** As in `server/protocol/outputs.ts`; a test compares them. */
export const SMALL_RESULT_ROWS = 10_000;
export const SMALL_RESULT_BYTES = 1024 * 1024;
/** A stream of one chunk ends within this: its table is sent once, whole, instead of twice. */
const GRACE_MS = 4;

/** An expression without a name is named by its text, which may be megabytes; an ENUM's type lists all its values. */
const NAME_CHARACTERS = 500;
const TYPES_CHARACTERS = 500_000;
const SHORTEST_TYPE = 40;

export type Rows = {
  /** As shown: names may repeat. */
  readonly columns: readonly ArrowColumn[];
  /** The chunks carry the row number behind these columns. */
  readonly numbered: boolean;
  /** Undefined at the end. */
  next(): Promise<DataChunk | undefined>;
};

/** Which table is told of, and to whom. */
export type Told = {
  readonly run: string;
  readonly table: number;
  readonly named: boolean;
  /** Data of a chart: told of once, when it is whole. */
  readonly hidden?: boolean;
  readonly timeZone: string;
  emit(event: Event): void;
};

export type TableContext = Told & {
  readonly writer: Connection;
  /** Where the file goes if there has to be one. */
  readonly path: string;
  /** Called as rows come. */
  counted(rows: number): void;
};

export type Sent = { readonly rows: number; readonly columns: readonly Column[] };

type Rest = Pick<Event & { readonly type: 'table' }, 'block' | 'file' | 'linked'>;

export type Telling = {
  readonly arrow: readonly ArrowColumn[];
  readonly columns: readonly Column[];
  /** Bytes that any block of it takes. */
  readonly least: number;
  readonly blockOf: (batches: readonly Uint8Array[]) => string;
  readonly send: (count: number, open: boolean, rest: Rest) => void;
  /** Tells that rows come, `count` so far, and shows as many of the chunk as fit. */
  readonly begin: (count: number, batches: readonly Uint8Array[]) => void;
  /** As many first rows as fit. */
  readonly first: (chunk: DataChunk) => readonly Uint8Array[];
};

/** What is said of a table while it comes and when it is whole. */
export function openTelling(given: readonly ArrowColumn[], context: Told): Telling {
  const arrow = given.map(({ name, type }) => ({ name: shorten(name, NAME_CHARACTERS), type }));
  const typeLimit = Math.max(SHORTEST_TYPE, Math.floor(TYPES_CHARACTERS / arrow.length));
  const columns: Column[] = arrow.map(({ name, type }) => ({ name, type: shorten(type.sql, typeLimit) }));
  const schema = encodeSchema(arrow, { timeZone: context.timeZone });
  const blockFits = schema.length <= SMALL_RESULT_BYTES;
  const blockOf = (batches: readonly Uint8Array[]): string =>
    Buffer.from(concat([schema, ...batches, END_OF_STREAM])).toString('base64');
  const send = (count: number, open: boolean, rest: Rest): void => {
    context.emit({
      type: 'table',
      run: context.run,
      table: context.table,
      columns,
      rows: count,
      open,
      ...rest,
      ...(context.named ? { named: true } : {}),
      ...(context.hidden ? { hidden: true } : {}),
    });
  };
  return {
    ...{ arrow, columns, blockOf, send, least: schema.length },
    begin: (count, batches) => send(count, true, blockFits ? { block: blockOf(batches) } : {}),
    first: (chunk) => firstRows(arrow, chunk, SMALL_RESULT_BYTES - schema.length),
  };
}

export async function sendTable({ columns: given, ...rows }: Rows, context: TableContext): Promise<Sent> {
  const { arrow, columns, least, blockOf, send, begin, first } = openTelling(given, context);
  const held: DataChunk[] = [];
  const batches: Uint8Array[] = [];
  let bytes = least;
  let count = 0;
  let opened = context.hidden === true;
  let file: ResultFile | undefined;

  const openFile = async (): Promise<ResultFile> => {
    const made = await createResultFile(context.writer, context.path, arrow, rows.numbered);
    file = made;
    for (const chunk of held) made.append(chunk);
    held.length = 0;
    return made;
  };

  let following: Promise<DataChunk | undefined> = Promise.resolve(undefined);
  try {
    let chunk = await rows.next();
    while (chunk) {
      following = rows.next();
      // Its rejection is met when it is awaited; until then it must not count as unhandled.
      following.catch(() => undefined);
      const size = duckdb.data_chunk_get_size(chunk);
      if (file) file.append(chunk);
      else {
        held.push(chunk);
        const batch =
          count + size > SMALL_RESULT_ROWS ? undefined : encodeWithin(arrow, chunk, SMALL_RESULT_BYTES - bytes);
        if (batch) {
          batches.push(batch);
          bytes += batch.length;
        }
        if (!opened && !(batch && (await endsWithin(following, GRACE_MS)))) {
          opened = true;
          begin(count + size, batch ? [batch] : first(chunk));
        }
        if (!batch) await openFile();
      }
      count += size;
      context.counted(count);
      chunk = await following;
    }
    if (file) {
      await file.finish();
      send(count, false, { file: file.path });
    } else send(count, false, { block: blockOf(batches) });
    return { rows: count, columns };
  } catch (error) {
    await following.catch(() => undefined);
    await file?.abandon();
    throw error;
  }
}

const shorten = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit)}…`);

/** The chunk's batch, or undefined if it takes more bytes. */
function encodeWithin(
  columns: readonly ArrowColumn[],
  chunk: DataChunk,
  limit: number,
  rows?: number,
): Uint8Array | undefined {
  try {
    return encodeBatch(columns, chunk, { limit, ...(rows === undefined ? {} : { rows }) });
  } catch (error) {
    if (error instanceof TooLarge || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** As many first rows as fit, by halves; none if a single one is too much. */
function firstRows(columns: readonly ArrowColumn[], chunk: DataChunk, limit: number): Uint8Array[] {
  for (let rows = duckdb.data_chunk_get_size(chunk); rows >= 1; rows = Math.floor(rows / 2)) {
    const batch = encodeWithin(columns, chunk, limit, rows);
    if (batch) return [batch];
  }
  return [];
}

async function endsWithin(following: Promise<DataChunk | undefined>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  const answer = await Promise.race([following.catch(() => 'failed' as const), late]);
  clearTimeout(timer);
  return answer === undefined;
}
