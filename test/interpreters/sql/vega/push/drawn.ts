/** Draws specs as a page would, without a screen, and tells what stands in the picture: so two pictures can be compared. */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { parse, type Spec as VegaSpec, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { readSpec } from '../../../../../client/frame/reading.ts';
import type { Row } from '../../../../../client/frame/rows.ts';
import type { Column } from '../../../../../interpreters/protocol.ts';
import { readTexts } from '../../../../../interpreters/sql/database.ts';

export type Database = {
  readonly texts: (sql: string) => Promise<(string | null)[][]>;
  readonly columns: (sql: string) => Promise<Column[]>;
  readonly rows: (sql: string) => Promise<Row[]>;
  readonly close: () => void;
};

export async function openDatabase(setup: string): Promise<Database> {
  const database = await duckdb.open(':memory:');
  const connection: Connection = await duckdb.connect(database);
  await duckdb.query(connection, "set timezone = 'UTC'");
  await duckdb.query(connection, setup);
  const texts = (sql: string) => readTexts(connection, sql);
  const columns = async (sql: string) =>
    (await texts(`select column_name, column_type from (describe ${sql})`)).map(([name, type]) => ({
      name: name ?? '',
      type: type ?? '',
    }));
  return {
    texts,
    columns,
    rows: async (sql) => {
      const known = await columns(sql);
      const found = await texts(sql);
      return found.map((values) =>
        Object.fromEntries(values.map((value, index) => [known[index]!.name, asPage(value, known[index]!.type)])),
      );
    },
    close: () => {
      duckdb.disconnect_sync(connection);
      duckdb.close_sync(database);
    },
  };
}

/** As `client/frame/rows.ts` has it. */
function asPage(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|DECIMAL.*)$/.test(type))
    return text === 'nan'
      ? Number.NaN
      : text === 'inf'
        ? Number.POSITIVE_INFINITY
        : text === '-inf'
          ? Number.NEGATIVE_INFINITY
          : Number(text);
  if (type === 'FLOAT') return Math.fround(Number(text));
  if (type === 'BOOLEAN') return text === 'true';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) {
    const [date = '', time = '00:00:00'] = text.replace(/\+00$/, '').split(' ');
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
    return new Date(year, month - 1, day, hours, minutes, Math.floor(seconds), Math.round((seconds % 1) * 1000));
  }
  return text;
}

/** All that is in the picture, each thing a line, in an order of their own. */
export async function pictureOf(spec: object, tables: ReadonlyMap<string, readonly Row[]>): Promise<string[]> {
  const copies = new Map([...tables].map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]));
  const read = readSpec(JSON.stringify(spec), copies);
  const silent = { level: () => silent, error() {}, warn: () => silent, info: () => silent, debug: () => silent };
  const compiled = compile(read.spec as TopLevelSpec, {
    config: { mark: { tooltip: true } },
    logger: silent as never,
  }).spec;
  const data = (compiled.data ?? []).map((source) => {
    const rows = copies.get(source.name);
    return rows ? { ...source, format: undefined, values: rows } : source;
  });
  const view = new View(parse({ ...compiled, data } as VegaSpec), { renderer: 'none', logger: silent as never });
  await view.runAsync();
  const lines: string[] = [];
  collect(Reflect.get(view.scenegraph(), 'root'), [0, 0], lines, read.restore);
  view.finalize();
  return lines.sort();
}

const NUMBERS = [
  'width',
  'height',
  'size',
  'opacity',
  'startAngle',
  'endAngle',
  'innerRadius',
  'outerRadius',
  'strokeWidth',
];
const TEXTS = ['fill', 'stroke', 'text', 'shape', 'tooltip', 'description'];

type Item = Readonly<Record<string, unknown>> & { readonly items?: readonly Item[] };

function collect(
  mark: unknown,
  [left, top]: readonly [number, number],
  lines: string[],
  restore: (text: string) => string,
): void {
  const { marktype, role, items = [] } = mark as Item;
  for (const item of items) {
    const x = left + (Number(item.x) || 0);
    const y = top + (Number(item.y) || 0);
    if (marktype === 'group') {
      for (const inner of item.items ?? []) collect(inner, [x, y], lines, restore);
      continue;
    }
    const numbers = [
      x,
      y,
      ...['x2', 'y2'].map((side) => Number(item[side] ?? 0)),
      ...NUMBERS.map((key) => Number(item[key] ?? 0)),
    ];
    const texts = TEXTS.map((key) => rounded(restore(JSON.stringify(item[key]) ?? '')));
    // Of what can't be nothing Vega-Lite does not say that it is something.
    texts.push(item.defined === false ? 'gap' : '');
    lines.push(
      [marktype, role, ...numbers.map((one) => (Math.round(one * 1000) / 1000 + 0).toFixed(2)), ...texts].join(' '),
    );
  }
}

/** Sums in another order differ in their last digits. */
const rounded = (text: string): string =>
  text.replace(/-?\d+\.\d{6,}(e[+-]?\d+)?/g, (number) => String(Number(Number(number).toPrecision(9))));
