/** What the editor underlines as wrong fails when it runs, with the same column; what it leaves alone runs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDeclarations } from '../../../../client/build/declarations.ts';
import type { Remark } from '../../../../client/editor/typescript/contract.ts';
import { createProject, type Project } from '../../../../client/editor/typescript/project.ts';
import { DataFrame } from '../../../../interpreters/typescript/library/frame.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { type Bench, startBench } from '../../../interpreters/typescript/support.ts';

const id = 'a' as ParagraphId;
let bench: Bench;
let project: Project;

beforeAll(async () => {
  bench = await startBench(`
    create table airports as select * from (values ('SEA', 'Seattle', 90), ('JFK', 'New York', 128)) as t(code, city, gates);
    create table flights as select * from (values
      ('SEA', 70, date '2024-01-05', ['a', 'b'], {'seats': 1}), ('JFK', null, date '2024-02-01', [], {'seats': 2})
    ) as t(origin, delay, day, stops, plane);
  `);
  project = createProject(readDeclarations(new URL('../../../../', import.meta.url)));
  project.setOrder([id]);
  const tables = ['airports', 'flights'].map(async (name) => {
    const columns = await bench.value(`table('${name}').schema()`);
    return { name, columns: columns as { name: string; type: string }[] };
  });
  project.setTables(await Promise.all(tables));
});
afterAll(() => bench.close());

function errorsOf(code: string): readonly (string | undefined)[] {
  project.setText(id, code);
  const found = project.answer(id, { kind: 'check' }) as readonly Remark[];
  return found.flatMap((remark) => (remark.weight === 'error' ? ['column' in remark ? remark.column : undefined] : []));
}

async function run(code: string): Promise<string | undefined> {
  try {
    const value = await bench.value(code);
    if (value instanceof DataFrame) await value.rows();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it.each([
  ["table('flights').filter(f => f.dely > 60)", 'dely'],
  ["table('flights').filter(({ dely }) => dely > 60)", 'dely'],
  ["table('flights').select('origin', 'dely')", 'dely'],
  ["table('flights').select({ minutes: 'dely' })", 'dely'],
  ["table('flights').select('origin').filter(f => f.delay > 1)", 'delay'],
  ["table('flights').groupBy('orgin').count()", 'orgin'],
  ["table('flights').groupBy('origin').count().filter(f => f.m > 1)", 'm'],
  ["table('flights').summarize({ worst: max('dely') })", 'dely'],
  ["table('flights').mutate({ x: f => f.delay / 60 }).drop('x').orderBy('-x')", 'x'],
  ["table('flights').rename({ delay: 'minutes' }).filter(f => f.delay > 1)", 'delay'],
  ["table('flights').join(table('airports'), { on: 'origin' })", 'origin'],
  ["table('flights').join(table('airports'), { on: { origin: 'code' } }).select('cty')", 'cty'],
  ["table('flights').distinct('dely')", 'dely'],
])('%s is marked, and fails', async (code, column) => {
  expect(errorsOf(code)).toEqual([column]);
  expect(await run(code)).toContain(`“${column}”`);
});

it.each([
  "table('flights').filter(f => f.delay > 60 && f.day < new Date() && f.plane.seats > 0)",
  "table('flights').select('origin', { hours: f => f.delay / 60, first: f => f.stops[0] }).orderBy('-hours', 'origin')",
  "table('flights').join(table('airports'), { on: { origin: 'code' }, kind: 'left' }).select('city', 'delay', 'code')",
  "table('airports').join(table('airports').rename({ city: 'town' }), { on: ['code'] }).select('gates', 'gates_2', 'town')",
  "table('flights').groupBy('origin', { month: f => f.day.getUTCMonth() }).summarize({ n: count(), last: max('day') }).filter(g => g.n > 0 && g.month >= 0)",
  "table('flights').mutate({ part: share('delay'), note: f => f.origin + '!' }).filter(f => f.note.startsWith('S')).drop('note')",
  "table('flights').select('origin').union(DataFrame.from([{ origin: 'LAX', gates: 3 }])).filter(f => f.gates > 1)",
  "table('Flights').filter(f => f.delay > 1)",
  'sql`select 1 as n`.filter(r => r.n > 0)',
])('%s is left alone, and runs', async (code) => {
  expect(errorsOf(code)).toEqual([]);
  expect(await run(code)).toBeUndefined();
});
