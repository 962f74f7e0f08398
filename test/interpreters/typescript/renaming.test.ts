/** Where TypeScript paragraphs name a table that is to be called otherwise. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applied } from '../../../interpreters/renaming.ts';
import { renamedInTypescript, TAKEN } from '../../../interpreters/typescript/renaming.ts';

const then = (source: string, to = 'late'): string =>
  applied(source, renamedInTypescript(source, { from: 'flights', to }).edits).text;

describe('the table is renamed', () => {
  it.each([
    ['flights.filter(f => f.delay > 1)', 'late.filter(f => f.delay > 1)'],
    ["table('flights').save('flights')", "table('late').save('late')"],
    ['table("Flights"); table(`flights`)', 'table("late"); table(`late`)'],
    ['const x = { flights }; x.flights', 'const x = { flights: late }; x.flights'],
    ['const { flights } = all; flights.rows()', 'const { flights } = all; flights.rows()'],
    ['all.map(flights => flights.x); flights', 'all.map(flights => flights.x); late'],
    [
      'function f(a: number) { const flights = a; return flights } f(flights)',
      'function f(a: number) { const flights = a; return flights } f(late)',
    ],
    ["'flights'; `flights ${flights}` // flights", "'flights'; `flights ${late}` // flights"],
    [
      "fs.read('tables/flights.parquet'); 'data/flights.parquet'",
      "fs.read('tables/late.parquet'); 'data/flights.parquet'",
    ],
    [
      'type F = typeof flights; const a: Tables["flights"] = b; flights',
      'type F = typeof late; const a: Tables["late"] = b; late',
    ],
    // A type of what this text calls so itself.
    [
      "const flights = table('flights').rows(); type Row = (typeof flights)[number]; type T = Tables['flights']",
      "const flights = table('late').rows(); type Row = (typeof flights)[number]; type T = Tables['late']",
    ],
    ['({ flights: 1, "flights": 2 })', '({ flights: 1, "flights": 2 })'],
  ])('%s', (source, wanted) => {
    expect(then(source)).toBe(wanted);
  });

  it('as a text where its name can be no variable', () => {
    expect(then('flights.rows()', 'sum')).toBe("table('sum').rows()");
    expect(then('({ flights })', 'class')).toBe("({ flights: table('class') })");
  });
});

it('gives texts of SQL to the engine, as long as they stand there', () => {
  const source = "sql`select * from flights where x = ${ a.b } and y in ${c}`; sql('from flights')";
  const { inner = [] } = renamedInTypescript(source, { from: 'flights', to: 'late' });
  expect(inner).toEqual([
    { start: 4, text: 'select * from flights where x = ________ and y in ____', quote: '`' },
    { start: source.indexOf('from flights', 20), text: 'from flights', quote: "'" },
  ]);
  for (const { start, text } of inner) expect(source.slice(start, start + 4)).toBe(text.slice(0, 4));
});

it('leaves open what it can’t tell', () => {
  const of = (source: string) => renamedInTypescript(source, { from: 'flights', to: 'late' });
  expect(of('flights = 1')).toMatchObject({ edits: [], doubts: [{ start: 0, end: 7 }] });
  expect(of('sql`from "a\\n" join flights`').doubts).toHaveLength(1);
  expect(of('flights.rows(); { const flights = 1; type T = typeof flights; f(flights) }').doubts).toHaveLength(1);
  expect(of('const x = (flights').doubts).toHaveLength(1);
  expect(of('nothing of the kind')).toEqual({ edits: [], doubts: [] });
});

describe('the new name clashes', () => {
  it.each(['const late = 1; flights.rows()', 'all.map(late => flights.join(late))', 'flights.join(late)'])(
    '%s',
    (source) => {
      expect(renamedInTypescript(source, { from: 'flights', to: 'late' }).clash).toBeDefined();
    },
  );

  it('but not with a property or a text', () => {
    expect(renamedInTypescript("flights.late; table('late')", { from: 'flights', to: 'late' }).clash).toBeUndefined();
  });
});

it('knows what every paragraph has', () => {
  const api = readFileSync(new URL('../../../interpreters/typescript/api.d.ts', import.meta.url), 'utf8');
  const declared = [...api.matchAll(/^declare (?:function|class|const) (\w+)/gm)].map(([, name]) => name ?? '');
  expect(declared.length).toBeGreaterThan(20);
  expect(declared.filter((name) => !TAKEN.has(name))).toEqual([]);
});
