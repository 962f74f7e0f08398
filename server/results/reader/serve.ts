/**
 * Answers a window: decides from where the rows come: the file by row number, a stretch of a view, a whole sort or search as
 * a stream; `forms.ts` knows how they leave. Runs no text of the user: columns are named by their place in the table, values
 * are bound.
 */
import type { AnyAnswer } from '../../protocol/chart/answer.ts';
import { uniqueNames } from '../../protocol/names.ts';
import { isNarrow } from '../../protocol/table/narrow.ts';
import { drawAny } from './chart/figure.ts';
import { fitted } from './chart/fit.ts';
import { openKnown } from './chart/known.ts';
import { bound, type Connection, type Engine } from './engine.ts';
import { ReaderError } from './failure.ts';
import { JSON_TYPE, openForms, type Rows, type Sink } from './forms.ts';
import { orderTerms } from './found.ts';
import { narrowed } from './narrow.ts';
import { pivotOf } from './pivot/pivot.ts';
import { statementOf } from './pivot/statement.ts';
import { profileOf } from './profile.ts';
import {
  type ChartRequest,
  type Order,
  type PivotRequest,
  type ProfileRequest,
  type ProgressRequest,
  type ReaderRequest,
  type SumsRequest,
  WINDOW_CELLS,
  WINDOW_ROWS,
  type WindowRequest,
} from './protocol.ts';
import { openQuiet } from './quiet.ts';
import { tellShare } from './share.ts';
import type { Range, Stretch } from './stretches.ts';
import { sumsOf } from './sums.ts';
import { openTables, type Table } from './tables.ts';
import { openViews } from './views.ts';

export type Server = {
  answer(request: ReaderRequest, block: Uint8Array | undefined, sink: Sink, signal: AbortSignal): Promise<void>;
};

export type ServeSettings = { readonly temporary: string; readonly timeZone: string };

/** Rows that top-N gives at once, while the whole is being sorted. */
const TOP_ROWS = 1_000;
/** Of one window in memory: more than a screen of any usual rows, little enough for as many as are made at once. */
const HELD_BYTES = 32 * 1024 * 1024;

export function openServer(engine: Engine, settings: ServeSettings): Server {
  const views = openViews(engine);
  const tables = openTables(engine, (table) => views.forget(table));
  const known = openKnown();
  const quiet = openQuiet();
  const write = openForms(settings);

  async function chart(
    { asker, plan, columns, rows, narrow }: ChartRequest,
    table: Table,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<void> {
    expectColumns(table, columns);
    const part = narrowed(table, narrow);
    const answer = await engine.use('chart', asker, signal, (connection) =>
      part === table ? drawAny({ connection, table, plan, known, rows }) : drawPart(connection, part, plan, signal),
    );
    sink.head(JSON_TYPE);
    await sink.data(Buffer.from(fitted(answer)));
  }

  /** What is found out about a part is true of that part alone, so it is not kept. */
  async function drawPart(
    connection: Connection,
    part: Table,
    plan: ChartRequest['plan'],
    signal: AbortSignal,
  ): Promise<AnyAnswer> {
    const on = bound(connection, part.values);
    const [row] = await (await on.run(`select count(*)::double from ${part.sql}`)).getRows();
    if (signal.aborted) throw new ReaderError('cancelled', '');
    return drawAny({ connection: on, table: part, plan, known: openKnown(), rows: Number(row?.[0]) });
  }

  async function pivot(request: PivotRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    const { asker, plan, narrow, columns, statement } = request;
    expectColumns(table, columns);
    const part = narrowed(table, narrow);
    const names = uniqueNames(columns.map((column) => column.name));
    const answer = await engine.use('chart', asker, signal, async (connection) => {
      const asked = { connection, table: part, plan, names };
      if (statement === undefined) return pivotOf(asked, signal);
      return { sql: await statementOf({ ...asked, whole: table, narrow, name: statement }) };
    });
    sink.head(JSON_TYPE);
    await sink.data(Buffer.from(JSON.stringify(answer)));
  }

  async function window(request: WindowRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    // Nobody looks at a download's rows, and it may take minutes.
    const end = request.limit === undefined ? () => {} : quiet.begin();
    try {
      await windowNow(request, table, sink, signal);
    } finally {
      end();
    }
  }

  async function windowNow(request: WindowRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    expectColumns(table, request.columns);
    const { order, narrow, rows } = request;
    const isSearch = isNarrow(narrow);
    const from = Math.min(request.offset, rows);
    const to = Math.min(rows, from + (request.limit ?? rows));
    const short =
      to - from <= WINDOW_ROWS && (to - from) * table.columns.length <= WINDOW_CELLS && request.format !== 'parquet';
    const part = narrowed(table, narrow);
    if (!short || from === to) {
      const all = order.length === 0 && !isSearch ? plainRows(table, from, to, short) : viewRows(part, order, from, to);
      const seen = isSearch ? views.progress(table, request) : { fraction: 1, rows: to - from };
      const way = {
        isSorted: order.length > 0,
        isFile: request.format === 'parquet',
        total: seen.fraction === 1 ? seen.rows : undefined,
      };
      await engine.use('download', request.asker, signal, async (connection) => {
        const telling = tellShare((share) => sink.progress(share), connection, way);
        try {
          await write(connection, { request, table: part, rows: all, telling }, sink, signal);
        } finally {
          telling.end();
        }
      });
      return;
    }
    // Sent when its connection is free again: whoever reads slowly holds up nobody.
    const made = collector(sink);
    const make = (asked: Rows) =>
      engine.use('window', request.asker, signal, (connection) =>
        write(connection, { request, table, rows: asked }, made, signal),
      );
    const isTop = order.length > 0 && to <= TOP_ROWS && views.progress(table, request).fraction < 1;
    if (order.length === 0 && !isSearch) await make(plainRows(table, from, to, short));
    else if (isTop) {
      await make(viewRows(part, order, from, to));
      // Now, not before: it would take the processors from the first screen.
      views.begin(table, request, rows);
    } else {
      await views.use(table, request, request, { from, to }, signal, (stretches, range) =>
        make(stretchRows(table, stretches, range)),
      );
    }
    await made.finish();
  }

  async function profile(request: ProfileRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    expectColumns(table, request.columns);
    columnAt(table, request.place);
    const answer = await engine.use('profile', request.asker, signal, async (connection) => {
      await quiet.wait(signal);
      return profileOf(connection, narrowed(table, request.narrow), request.place);
    });
    sink.head(JSON_TYPE);
    await sink.data(Buffer.from(JSON.stringify(answer)));
  }

  async function sums(request: SumsRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    expectColumns(table, request.columns);
    const { order, narrow, places, from, to } = request;
    const columns = places.map((place) => columnAt(table, place));
    const isPlain = order.length === 0 && !isNarrow(narrow);
    const rows = isPlain ? plainRows(table, from, to, false) : viewRows(narrowed(table, narrow), order, from, to);
    const answer = await engine.use('chart', request.asker, signal, (connection) => sumsOf(connection, columns, rows));
    sink.head(JSON_TYPE);
    await sink.data(Buffer.from(JSON.stringify(answer)));
  }

  async function progress(request: ProgressRequest, table: Table, sink: Sink, signal: AbortSignal): Promise<void> {
    expectColumns(table, request.columns);
    const answer = isNarrow(request.narrow)
      ? await views.watch(table, request, request, signal)
      : { fraction: views.progress(table, request).fraction, rows: request.rows };
    sink.head(JSON_TYPE);
    await sink.data(Buffer.from(JSON.stringify(answer)));
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
        case 'pivot':
          await tables.use(request.source, block, signal, (table) => pivot(request, table, sink, signal));
          return;
        case 'profile':
          await tables.use(request.source, block, signal, (table) => profile(request, table, sink, signal));
          return;
        case 'sums':
          await tables.use(request.source, block, signal, (table) => sums(request, table, sink, signal));
          return;
        case 'progress':
          await tables.use(request.source, block, signal, (table) => progress(request, table, sink, signal));
          return;
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

function columnAt(table: Table, place: number): Table['columns'][number] {
  const column = table.columns[place];
  if (!column) throw new ReaderError('bad-request', `no column ${place}`);
  return column;
}

/** A window is put in order, which costs nothing for so few rows; a download streams in the order of the file. */
const plainRows = (table: Table, from: number, to: number, short: boolean): Rows => ({
  clause: `from ${table.sql} where __row between $1 and $2${short ? ' order by __row' : ''}`,
  values: [from, to - 1],
});

/** Of a sort, or of what filters leave; without an order the engine keeps that of the file. */
const viewRows = (table: Table, order: Order, from: number, to: number): Rows => ({
  clause: `from ${table.sql}${order.length > 0 ? ` order by ${orderTerms(table, order)}` : ''} limit ${to - from} offset ${from}`,
  values: table.values,
});

function stretchRows(table: Table, stretches: readonly Stretch[], { from, to }: Range): Rows {
  const parts = stretches.map(({ table: name, place, first, rows }, index) => {
    const range = `between ${Math.max(from, first) - first} and ${Math.min(to, first + rows) - first - 1}`;
    return `select * replace (${index} * ${WINDOW_ROWS * 10}::bigint + ${place} as ${place}) from ${name} where ${place} ${range}`;
  });
  const [stretch] = stretches;
  if (!stretch) return { clause: `from ${table.sql} where false`, values: [] };
  return { clause: `from (${parts.join(' union all ')}) order by ${stretch.place}`, values: [] };
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
    progress: (fraction) => sink.progress(fraction),
    finish: send,
  };
}
