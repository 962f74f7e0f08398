/**
 * In which form rows leave: what is asked of the engine for each, and how its answer becomes bytes. All but Parquet, which
 * the engine writes into a file first, are made and sent chunk by chunk.
 */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBResult } from '@duckdb/node-api';
import { END_OF_STREAM, encodeBatch, encodeSchema } from '../../../interpreters/arrow/encode.ts';
import { quoteText } from '../../../interpreters/arrow/names.ts';
import { fitsDecimal, isWide, parquetValue } from '../../../interpreters/arrow/parquet.ts';
import { columnsOfResult, isForeign } from '../../../interpreters/arrow/types.ts';
import { uniqueNames } from '../../protocol/names.ts';
import { chunksOf } from './chunks.ts';
import type { Connection, Value } from './engine.ts';
import { ReaderError } from './failure.ts';
import { linesOf } from './lines.ts';
import type { WindowRequest } from './protocol.ts';
import type { Telling } from './share.ts';
import type { Table } from './tables.ts';
import { jsonLine, separatedHead, separatedLine } from './text.ts';
import { sheetRow } from './xlsx/cells.ts';
import { writeWorkbook, CONTENT_TYPE as XLSX } from './xlsx/write.ts';

/** Where an answer goes. `data` resolves when more may be sent; aborting ends the wait with an error. */
export type Sink = {
  head(contentType: string): void;
  data(bytes: Uint8Array): Promise<void>;
  /** How much is done, 0–1, of what takes a while. */
  progress(fraction: number): void;
};

/** `select` writes the rows' expressions into this: `from … where … order by …`. */
export type Rows = { readonly clause: string; readonly values: readonly Value[] };

export type Leaving = {
  readonly request: WindowRequest;
  readonly table: Table;
  readonly rows: Rows;
  /** Hears how far it is. */
  readonly telling?: Telling;
};

export type Write = (connection: Connection, leaving: Leaving, sink: Sink, signal: AbortSignal) => Promise<void>;

export const JSON_TYPE = 'application/json; charset=utf-8';

const CONTENT_TYPE = {
  arrow: 'application/vnd.apache.arrow.stream',
  json: JSON_TYPE,
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  tsv: 'text/tab-separated-values; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  xlsx: XLSX,
} as const;

const PLAIN: NonNullable<WindowRequest['written']> = { mark: false, guard: false };
const FILE_BYTES = 64 * 1024;

export function openForms(settings: { readonly temporary: string; readonly timeZone: string }): Write {
  let files = 0;

  async function sendParquet(connection: Connection, leaving: Leaving, sink: Sink, signal: AbortSignal): Promise<void> {
    files += 1;
    const path = join(settings.temporary, `download-${files}.parquet`);
    const { table, rows, telling } = leaving;
    const names = namesOf(leaving);
    const wide = table.columns.filter(({ type }) => isWide(type));
    const checks = wide.map(({ name }) => fitsDecimal(name)).join(', ');
    const fits =
      wide.length > 0
        ? (await (await connection.run(`select ${checks} from ${table.sql}`, table.values)).getRows())[0]!
        : [];
    const values = table.columns.map((column, index) => {
      const decimal = fits[wide.indexOf(column)] === true;
      const name = (names[index] || `column_${index + 1}`).replaceAll('"', '""');
      return `${parquetValue(column, decimal)} as "${name}"`;
    });
    try {
      const query = `select ${values.join(', ')} ${rows.clause}`;
      await connection.run(`copy (${query}) to ${quoteText(path)} (format parquet)`, rows.values);
      sink.head(CONTENT_TYPE.parquet);
      await sendFile(path, sink, signal, telling);
    } finally {
      await rm(path, { force: true });
    }
  }

  return async (connection, leaving, sink, signal) => {
    const { request, table, rows, telling } = leaving;
    const names = namesOf(leaving);
    const select = (list: string) => connection.streamPrepared(`select ${list} ${rows.clause}`, rows.values);
    switch (request.format) {
      case 'arrow': {
        const list = table.columns.map(({ name, type }) => (isForeign(type) ? `${name}::varchar` : name));
        const result = await select(list.join(', '));
        sink.head(CONTENT_TYPE.arrow);
        await sendArrow(result, leaving, sink, signal, settings.timeZone);
        return;
      }
      case 'json': {
        const result = await select(jsonLine(table.columns, names, ',\n{', '}'));
        sink.head(CONTENT_TYPE.json);
        await sendText(result, { head: '[', tail: '\n]\n', skip: 1, telling }, sink, signal);
        return;
      }
      case 'jsonl': {
        const result = await select(jsonLine(table.columns, names, '{', '}\n'));
        sink.head(CONTENT_TYPE.jsonl);
        await sendText(result, { telling }, sink, signal);
        return;
      }
      case 'csv':
      case 'tsv': {
        const { separator, mark, guard } = request.written ?? PLAIN;
        const form = { separator: separator ?? (request.format === 'csv' ? ',' : '\t'), guard };
        const result = await select(separatedLine(table.columns, form));
        sink.head(CONTENT_TYPE[request.format]);
        const head = `${mark ? '\ufeff' : ''}${separatedHead(names, form)}`;
        await sendText(result, { head, telling }, sink, signal);
        return;
      }
      case 'xlsx': {
        const { values, row } = sheetRow(table.columns);
        const inner = `select ${values}${values === '' ? '1' : ''} ${rows.clause}`;
        const result = await connection.streamPrepared(`select ${row} from (${inner})`, rows.values);
        sink.head(CONTENT_TYPE.xlsx);
        const types = table.columns.map(({ type }) => type);
        await writeWorkbook(counted(linesOf(result, signal), telling), { names, types }, (bytes) => sink.data(bytes));
        return;
      }
      case 'parquet':
        await sendParquet(connection, leaving, sink, signal);
    }
  };
}

const namesOf = ({ request }: Leaving): readonly string[] => uniqueNames(request.columns.map((column) => column.name));

async function* counted<T extends { readonly count: number }>(
  parts: AsyncIterable<T>,
  telling: Telling | undefined,
): AsyncGenerator<T> {
  for await (const part of parts) {
    yield part;
    telling?.rows(part.count);
  }
}

async function sendArrow(
  result: DuckDBResult,
  { request, telling }: Leaving,
  sink: Sink,
  signal: AbortSignal,
  timeZone: string,
): Promise<void> {
  const columns = columnsOfResult(result).map(({ type }, index) => ({ name: request.columns[index]!.name, type }));
  await sink.data(encodeSchema(columns, { timeZone }));
  for await (const chunk of chunksOf(result, signal)) {
    await sink.data(encodeBatch(columns, chunk));
    telling?.rows(chunk.rowCount);
  }
  await sink.data(END_OF_STREAM);
}

type Around = {
  readonly head?: string;
  readonly tail?: string;
  /** Bytes of the first row that are left out. */
  readonly skip?: number;
  readonly telling: Telling | undefined;
};

/** Rows of one VARCHAR, each ending as it should: their bytes back to back are the answer. */
async function sendText(
  result: DuckDBResult,
  { head = '', tail = '', skip = 0, telling }: Around,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  await sink.data(Buffer.from(head));
  let left = skip;
  for await (const { bytes, count } of linesOf(result, signal)) {
    await sink.data(bytes.subarray(left));
    telling?.rows(count);
    left = 0;
  }
  await sink.data(Buffer.from(tail));
}

async function sendFile(path: string, sink: Sink, signal: AbortSignal, telling?: Telling): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let sent = 0; ; ) {
      if (signal.aborted) throw new ReaderError('cancelled', '');
      const bytes = Buffer.allocUnsafe(FILE_BYTES);
      const { bytesRead } = await file.read(bytes, 0, FILE_BYTES);
      if (bytesRead === 0) return;
      await sink.data(bytes.subarray(0, bytesRead));
      sent += bytesRead;
      telling?.sent(sent / size);
    }
  } finally {
    await file.close();
  }
}
