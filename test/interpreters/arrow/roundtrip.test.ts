import {
  DuckDBArrayValue,
  DuckDBDataChunk,
  type DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
} from '@duckdb/node-api';
import duckdb, { type DataChunk, type Result } from '@duckdb/node-bindings';
import { tableFromIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBatch, encodeStream, TooLarge } from '../../../interpreters/arrow/encode.ts';
import { describeStream, loadTable } from '../../../interpreters/arrow/load.ts';
import { KEYWORDS, quoteName } from '../../../interpreters/arrow/names.ts';
import { type ArrowColumn, columnsOf } from '../../../interpreters/arrow/types.ts';
import { type Memory, openMemory } from './database.ts';
import { type RandomTable, randomTable } from './random.ts';

let memory: Memory;
beforeAll(async () => {
  memory = await openMemory();
  await memory.run("set TimeZone = 'UTC'");
});
afterAll(() => memory.close());

async function makeTable({ types, rows }: RandomTable): Promise<void> {
  const columns = types.map((type, index) => `c${index} ${type}`).join(', ');
  await memory.run(`create or replace table source (n integer, ${columns})`);
  await memory.run(`insert into source values ${rows.map((row, n) => `(${n}, ${row.join(', ')})`).join(', ')}`);
}

/** The forms in which vectors come: straight, filtered, in another order, repeated. */
const QUERIES = [
  'from source order by n',
  'select * from source where n % 3 <> 1 order by n',
  'select s.* from source s join range(3) r(i) on s.n % 2 = 0 order by n desc, i',
];

async function there(query: string): Promise<{ chunks: DataChunk[]; columns: ArrowColumn[]; bytes: Uint8Array }> {
  const { result, chunks }: { result: Result; chunks: DataChunk[] } = await memory.chunks(query);
  const columns = columnsOf(result);
  return { chunks, columns, bytes: encodeStream(chunks, columns) };
}

test('random tables of all types come back from Arrow as the engine’s own text has them', async () => {
  await fc.assert(
    fc.asyncProperty(randomTable, fc.constantFrom(...QUERIES), async (table, query) => {
      await makeTable(table);
      const { bytes } = await there(query);
      await memory.run('drop table if exists back');
      await loadTable(memory.connection, { catalog: 'memory', schema: 'main', name: 'back' }, bytes);
      expect(await memory.texts('from back')).toEqual(await memory.texts(query));
    }),
    { numRuns: 150 },
  );
});

test('random tables decode in the page to the values that the engine holds', async () => {
  await fc.assert(
    fc.asyncProperty(randomTable, fc.constantFrom(...QUERIES), async (table, query) => {
      await makeTable(table);
      const { chunks, columns, bytes } = await there(query);
      const decoded = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true, useMap: true });
      const rows = chunks.flatMap((chunk) => new DuckDBDataChunk(chunk).getRows());
      expect(decoded.numRows).toBe(rows.length);
      columns.forEach(({ type }, index) => {
        const column = decoded.getChildAt(index);
        rows.forEach((row, at) => {
          const [page, engine] = bothPlain(column.at(at), row[index], type);
          expect(page).toEqual(engine);
        });
      });
    }),
    { numRuns: 150 },
  );
});

type Type = ArrowColumn['type'];

/**
 * What flechette gives and what the engine's own bindings give, which read the vectors by code of their own, both as
 * plain data: times are the integers that lie in the buffers, structs and maps are lists.
 */
function bothPlain(value: unknown, engine: unknown, type: Type): readonly [unknown, unknown] {
  if (value === null || value === undefined || engine === null) return [value ?? null, plainUnion(engine)];
  switch (type.kind) {
    case 'fixed':
      return bothFixed(value, engine, type.arrow);
    case 'decimal':
      return [String(value), engine instanceof DuckDBDecimalValue ? String(engine.value) : engine];
    case 'list':
    case 'array': {
      const items = engine instanceof DuckDBListValue || engine instanceof DuckDBArrayValue ? engine.items : [];
      return unzip(Array.from(value as Iterable<unknown>), items, () => type.child);
    }
    case 'struct': {
      const entries = engine instanceof DuckDBStructValue ? engine.entries : {};
      const names = type.members.map(({ name }) => name);
      const fields = names.map((name) => (value as Record<string, unknown>)[name]);
      return unzip(
        fields,
        names.map((name) => entries[name]),
        (index) => type.members[index]!.type,
      );
    }
    case 'map': {
      const entries = engine instanceof DuckDBMapValue ? engine.entries : [];
      const flat = [...(value as Map<unknown, unknown>)].flat();
      const own = entries.flatMap((entry) => [entry.key, entry.value]);
      return unzip(flat, own, (index) => (index % 2 === 0 ? type.key : type.value));
    }
    case 'union': {
      const member = type.members.find(({ name }) => engine instanceof DuckDBUnionValue && engine.tag === name);
      return engine instanceof DuckDBUnionValue && member
        ? bothPlain(value, engine.value, member.type)
        : [value, engine];
    }
    case 'bytes':
      if (type.utf8) return [value, engine];
      return [
        Buffer.from(value as Uint8Array).toString('hex'),
        Buffer.from((engine as { bytes: Uint8Array }).bytes).toString('hex'),
      ];
    case 'text':
      return [value, String(engine)];
    default:
      return [value, engine];
  }
}

/** The page sees NULL where a union's member is NULL. */
const plainUnion = (engine: unknown): unknown =>
  engine instanceof DuckDBUnionValue ? plainUnion(engine.value) : engine;

function bothFixed(
  value: unknown,
  engine: unknown,
  arrow: Extract<Type, { kind: 'fixed' }>['arrow'],
): [unknown, unknown] {
  if (arrow.type === 'date') return [Math.round(Number(value) / 86_400_000), (engine as DuckDBDateValue).days];
  if (arrow.type === 'time') return [String(value), String(Object.values(engine as object)[0])];
  // Stamps come as milliseconds with a fraction: compared as far as a double holds them.
  if (arrow.type === 'timestamp') {
    const own = Number(Object.values(engine as object)[0]) / 1000 ** (arrow.unit - 1);
    return [Math.abs(Number(value) - own) <= 1 ? own : value, own];
  }
  return [value, engine];
}

function unzip(
  values: readonly unknown[],
  engine: readonly unknown[],
  typeAt: (index: number) => Type,
): [unknown, unknown] {
  expect(values.length).toBe(engine.length);
  const pairs = values.map((value, index) => bothPlain(value, engine[index], typeAt(index)));
  return [pairs.map(([left]) => left), pairs.map(([, right]) => right)];
}

test('a large result of many chunks keeps its rows and their order', async () => {
  const query = `select i, 'a text longer than twelve bytes ' || i as s, [i, i + 1] as l, i % 7 = 0 as b
                 from range(100000) t(i) where i % 3 <> 0`;
  const { bytes, chunks } = await there(query);
  expect(chunks.length).toBeGreaterThan(10);
  expect(describeStream(bytes).rows).toBe(66666);
  await memory.run('drop table if exists back');
  await loadTable(memory.connection, { catalog: 'memory', schema: 'main', name: 'back' }, bytes);
  expect(await memory.texts(`select count(*) from (from back except all (${query}))`)).toEqual([['0']]);
  expect(await memory.texts('select count(*), min(i), max(i) from back')).toEqual([['66666', '1', '99998']]);
});

test('long strings that a dictionary repeats are read once each and come whole', async () => {
  const { bytes } = await there(
    "select c from range(5000) r(i) join (values (0, repeat('zero ', 20)), (1, 'one'), (2, repeat('two ', 30))) v(k, c) on i % 3 = k order by i",
  );
  const column = tableFromIPC(bytes).getChildAt(0);
  expect([column.at(0), column.at(1), column.at(2), column.at(4998)]).toEqual([
    'zero '.repeat(20),
    'one',
    'two '.repeat(30),
    'zero '.repeat(20),
  ]);
});

test('no rows, no chunk: the stream still tells its columns', async () => {
  const { bytes } = await there("select 1 as a, 'x' as b where false");
  const table = tableFromIPC(bytes);
  expect(table.numRows).toBe(0);
  expect(table.names).toEqual(['a', 'b']);
});

test('repeated and strange names travel as they are, and load under unique ones', async () => {
  const { bytes } = await there(`select 1 as a, 2 as A, 3 as a_1, 5 as "x""y", 6 as "한"`);
  expect(describeStream(bytes).fields.map(({ name }) => name)).toEqual(['a', 'A', 'a_1', 'x"y', '한']);
  await memory.run('drop table if exists back');
  await loadTable(memory.connection, { catalog: 'memory', schema: 'main', name: 'back' }, bytes);
  expect(await memory.texts('select a, "A_2", a_1, "x""y", "한" from back')).toEqual([['1', '2', '3', '5', '6']]);
});

test('only the first rows are encoded when asked for, and a limit of bytes is kept', async () => {
  const { result, chunks } = await memory.chunks(
    "select i, repeat('x', 100) || i as s, [i] as l from range(2000) t(i)",
  );
  const columns = columnsOf(result);
  const whole = encodeBatch(columns, chunks[0]!);
  const part = encodeBatch(columns, chunks[0]!, { rows: 13 });
  expect(part.length).toBeLessThan(whole.length / 50);
  expect(() => encodeBatch(columns, chunks[0]!, { limit: 10_000 })).toThrow(TooLarge);
});

test('a chunk may have more columns than are encoded', async () => {
  const { result, chunks } = await memory.chunks('select 1 as a, 2 as b, 3 as hidden');
  const table = tableFromIPC(encodeStream(chunks, columnsOf(result, 2)));
  expect(table.names).toEqual(['a', 'b']);
});

test('names are quoted exactly where the engine quotes them', async () => {
  const rows = await memory.texts('select keyword_name from duckdb_keywords()');
  expect([...KEYWORDS].sort()).toEqual(rows.map(([word]) => word).sort());
  for (const name of ['plain', 'A1', 'b c', 'x"y', 'ü', '1a', 'select', 'year']) {
    const [[type]] = (await memory.texts(`select typeof({'${name}': 1})`)) as [[string]];
    expect(type).toBe(`STRUCT(${quoteName(name)} INTEGER)`);
  }
});

test('bytes that are no stream of ours are refused', () => {
  expect(() => describeStream(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow(RangeError);
  expect(duckdb.vector_size()).toBe(2048);
});
