/**
 * Answers a window: decides from where the rows come (the file by row number, a sorted stretch, a whole sort as a
 * stream), and in which form they leave. Runs no text of the user: columns are named by their place in the table.
 */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBResult } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { Body } from '../../../interpreters/arrow/body.ts';
import { END_OF_STREAM, encodeBatch, encodeSchema } from '../../../interpreters/arrow/encode.ts';
import { quoteText } from '../../../interpreters/arrow/names.ts';
import { fitsDecimal, isWide, parquetValue } from '../../../interpreters/arrow/parquet.ts';
import { encodeStrings } from '../../../interpreters/arrow/strings.ts';
import { columnsOfResult, isForeign } from '../../../interpreters/arrow/types.ts';
import { uniqueNames } from '../../protocol/names.ts';
import { drawChart } from './chart/draw.ts';
import { fitted } from './chart/fit.ts';
import { openKnown } from './chart/known.ts';
import { chunksOf } from './chunks.ts';
import type { Connection, Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import {
  type ChartRequest,
  type Order,
  type ReaderRequest,
  WINDOW_CELLS,
  WINDOW_ROWS,
  type WindowRequest,
} from './protocol.ts';
import { openSorts, orderTerms, type Stretch } from './sorts.ts';
import { openTables, type Table } from './tables.ts';
import { jsonLine, separatedHead, separatedLine } from './text.ts';

/** Where an answer goes. Each call resolves when more may be sent; aborting ends the wait with an error. */
export type Sink = {
  head(contentType: string): void;
  data(bytes: Uint8Array): Promise<void>;
};

export type Server = {
  answer(request: ReaderRequest, block: Uint8Array | undefined, sink: Sink, signal: AbortSignal): Promise<void>;
};

export type ServeSettings = { readonly temporary: string; readonly timeZone: string };

const CONTENT_TYPE = {
  arrow: 'application/vnd.apache.arrow.stream',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  tsv: 'text/tab-separated-values; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;

/** Rows that top-N gives at once, while the whole is being sorted. */
const TOP_ROWS = 1_000;
const FILE_BYTES = 64 * 1024;
/** Of one window in memory: more than a screen of any usual rows, little enough for as many as are made at once. */
const HELD_BYTES = 32 * 1024 * 1024;

/** `select` writes the rows' expressions into this: `from … where … order by …`. */
type Rows = { readonly clause: string; readonly values: readonly number[] };

export function openServer(engine: Engine, settings: ServeSettings): Server {
  const sorts = openSorts(engine);
  const tables = openTables(engine, (table) => sorts.forget(table));
  const known = openKnown();
  let files = 0;

  async function chart(
    { plan, columns, rows }: ChartRequest,
    table: Table,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<void> {
    expectColumns(table, columns);
    const answer = await engine.use('chart', signal, (connection) =>
      drawChart({ connection, table, plan, known, rows }),
    );
    sink.head(CONTENT_TYPE.json);
    await sink.data(Buffer.from(fitted(answer)));
  }

  async function window(request: WindowRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    expectColumns(table, request.columns);
    const from = Math.min(request.offset, request.rows);
    const to = Math.min(request.rows, from + (request.limit ?? request.rows));
    const short =
      to - from <= WINDOW_ROWS && (to - from) * table.columns.length <= WINDOW_CELLS && request.format !== 'parquet';
    if (!short) {
      const rows =
        request.order.length === 0 ? plainRows(table, from, to, short) : sortedRows(table, request.order, from, to);
      await engine.use('download', signal, (connection) => write(connection, request, table, rows, sink, signal));
      return;
    }
    // Sent when its connection is free again: whoever reads slowly holds up nobody.
    const made = collector(sink);
    const make = (rows: Rows) =>
      engine.use('window', signal, (connection) => write(connection, request, table, rows, made, signal));
    if (request.order.length === 0 || from === to) await make(plainRows(table, from, to, short));
    else if (sorts.progress(table, request.order) === 1 || to > TOP_ROWS) {
      await sorts.use(table, request.order, request, { from, to }, signal, (stretches) =>
        make(stretchRows(stretches, from, to)),
      );
    } else {
      await make(sortedRows(table, request.order, from, to));
      // Now, not before: it would take the processors from the first screen.
      sorts.begin(table, request.order, request.rows);
    }
    await made.finish();
  }

  async function write(
    connection: Connection,
    request: WindowRequest,
    table: Table,
    rows: Rows,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<void> {
    const names = uniqueNames(request.columns.map((column) => column.name));
    const select = (list: string) => connection.streamPrepared(`select ${list} ${rows.clause}`, rows.values);
    switch (request.format) {
      case 'arrow': {
        const list = table.columns.map(({ name, type }) => (isForeign(type) ? `${name}::varchar` : name));
        const result = await select(list.join(', '));
        sink.head(CONTENT_TYPE.arrow);
        await sendArrow(result, request, sink, signal, settings.timeZone);
        return;
      }
      case 'json': {
        const result = await select(jsonLine(table.columns, names));
        sink.head(CONTENT_TYPE.json);
        await sendText(result, '[', '\n]\n', 1, sink, signal);
        return;
      }
      case 'csv':
      case 'tsv': {
        const separator = request.format === 'csv' ? ',' : '\t';
        const result = await select(separatedLine(table.columns, separator));
        sink.head(CONTENT_TYPE[request.format]);
        await sendText(result, separatedHead(names, separator), '', 0, sink, signal);
        return;
      }
      case 'parquet':
        await sendParquet(connection, table, names, rows, sink, signal);
    }
  }

  async function sendParquet(
    connection: Connection,
    table: Table,
    names: readonly string[],
    rows: Rows,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<void> {
    files += 1;
    const path = join(settings.temporary, `download-${files}.parquet`);
    const wide = table.columns.filter(({ type }) => isWide(type));
    const checks = wide.map(({ name }) => fitsDecimal(name)).join(', ');
    const fits =
      wide.length > 0 ? (await (await connection.run(`select ${checks} from ${table.sql}`)).getRows())[0]! : [];
    const values = table.columns.map((column, index) => {
      const decimal = fits[wide.indexOf(column)] === true;
      const name = (names[index] || `column_${index + 1}`).replaceAll('"', '""');
      return `${parquetValue(column, decimal)} as "${name}"`;
    });
    try {
      const clause = rows.values.reduce<string>(
        (text, value, index) => text.replace(`$${index + 1}`, String(value)),
        rows.clause,
      );
      await connection.run(`copy (select ${values.join(', ')} ${clause}) to ${quoteText(path)} (format parquet)`);
      sink.head(CONTENT_TYPE.parquet);
      await sendFile(path, sink, signal);
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    answer: async (request, block, sink, signal) => {
      switch (request.type) {
        case 'window':
          await tables.use(request.source, block, signal, (table) => window(request, table, sink, signal));
          return;
        case 'chart':
          await tables.use(request.source, block, signal, (table) => chart(request, table, sink, signal));
          return;
        case 'sorting': {
          const table = tables.find(request.key);
          sink.head(CONTENT_TYPE.json);
          await sink.data(Buffer.from(JSON.stringify(table ? sorts.progress(table, request.order) : 0)));
          return;
        }
        case 'release':
          await tables.release(request.key);
      }
    },
  };
}

function expectColumns(table: Table, recorded: readonly unknown[]): void {
  if (table.columns.length !== recorded.length)
    throw new ReaderError('unreadable', `${table.columns.length} columns, recorded are ${recorded.length}`);
}

/** A window is put in order, which costs nothing for so few rows; a download streams in the order of the file. */
const plainRows = (table: Table, from: number, to: number, short: boolean): Rows => ({
  clause: `from ${table.sql} where __row between $1 and $2${short ? ' order by __row' : ''}`,
  values: [from, to - 1],
});

const sortedRows = (table: Table, order: Order, from: number, to: number): Rows => ({
  clause: `from ${table.sql} order by ${orderTerms(table, order)} limit ${to - from} offset ${from}`,
  values: [],
});

function stretchRows(stretches: readonly Stretch[], from: number, to: number): Rows {
  const parts = stretches.map(({ table, place, first, rows }, index) => {
    const range = `between ${Math.max(from, first) - first} and ${Math.min(to, first + rows) - first - 1}`;
    return `select * replace (${index} * ${WINDOW_ROWS * 10}::bigint + ${place} as ${place}) from ${table} where ${place} ${range}`;
  });
  return { clause: `from (${parts.join(' union all ')}) order by ${stretches[0]?.place}`, values: [] };
}

/** Holds what is short; what turns out to be long, a few rows of megabytes each, goes on to `sink` as it comes. */
function collector(sink: Sink): Sink & { finish(): Promise<void> } {
  let parts: Uint8Array[] = [];
  let held = 0;
  let passing = false;
  let type = '';
  const send = async (): Promise<void> => {
    const whole = Buffer.concat(parts);
    parts = [];
    if (!passing) sink.head(type);
    passing = true;
    await sink.data(whole);
  };
  return {
    head: (contentType) => {
      type = contentType;
    },
    data: async (bytes) => {
      parts.push(bytes);
      held += bytes.length;
      if (held > HELD_BYTES) await send();
    },
    finish: send,
  };
}

async function sendArrow(
  result: DuckDBResult,
  request: WindowRequest,
  sink: Sink,
  signal: AbortSignal,
  timeZone: string,
): Promise<void> {
  const columns = columnsOfResult(result).map(({ type }, index) => ({ name: request.columns[index]!.name, type }));
  await sink.data(encodeSchema(columns, { timeZone }));
  for await (const chunk of chunksOf(result, signal)) await sink.data(encodeBatch(columns, chunk));
  await sink.data(END_OF_STREAM);
}

/** Rows of one VARCHAR, each ending as it should: their bytes back to back are the answer. */
async function sendText(
  result: DuckDBResult,
  head: string,
  tail: string,
  skip: number,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  await sink.data(Buffer.from(head));
  let left = skip;
  for await (const chunk of chunksOf(result, signal)) {
    const body = new Body();
    const count = chunk.rowCount;
    encodeStrings(duckdb.data_chunk_get_vector(chunk.chunk, 0), { count, extent: count }, undefined, body);
    const [start, length] = body.buffers.slice(-2);
    await sink.data(body.written.subarray(start! + left, start! + length!));
    left = 0;
  }
  await sink.data(Buffer.from(tail));
}

async function sendFile(path: string, sink: Sink, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (;;) {
      if (signal.aborted) throw new ReaderError('cancelled', '');
      const bytes = Buffer.allocUnsafe(FILE_BYTES);
      const { bytesRead } = await file.read(bytes, 0, FILE_BYTES);
      if (bytesRead === 0) return;
      await sink.data(bytes.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
