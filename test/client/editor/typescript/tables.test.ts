import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';
import { beforeEach, describe, expect, it } from 'vitest';
import { readDeclarations } from '../../../../client/build/declarations.ts';
import type { Answers, KnownTable, Remark } from '../../../../client/editor/typescript/contract.ts';
import { createProject, type Project } from '../../../../client/editor/typescript/project.ts';
import { isConstant, tableDeclaration } from '../../../../client/editor/typescript/tables.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const declarations = readDeclarations(new URL('../../../../', import.meta.url));
let project: Project;
const id = (name: string): ParagraphId => name as ParagraphId;

const column = (name: string, type: string) => ({ name, type });
const flights: KnownTable = {
  name: 'flights',
  rows: 3_000_000,
  columns: [
    column('origin', 'VARCHAR'),
    column('delay', 'INTEGER'),
    column('day', 'DATE'),
    column('late', 'BOOLEAN'),
    column('fare', 'DECIMAL(18,3)'),
    column('stops', 'VARCHAR[]'),
    column('plane', 'STRUCT("tail no" VARCHAR, seats INTEGER)'),
  ],
};
const airports: KnownTable = {
  name: 'airports',
  rows: 3,
  columns: [column('code', 'VARCHAR'), column('city', 'VARCHAR'), column('delay', 'DOUBLE')],
};

beforeEach(() => {
  project = createProject(declarations);
  project.setTables([flights, airports]);
  write('');
});

function write(...texts: readonly string[]): void {
  const ids = texts.map((_, index) => id(String.fromCharCode(97 + index)));
  project.setOrder(ids);
  for (const [index, text] of texts.entries()) project.setText(ids[index]!, text);
}

/** What is marked, and how. */
function marked(paragraph = 'a', text?: string): string[] {
  if (text !== undefined) project.setText(id(paragraph), text);
  const found = project.answer(id(paragraph), { kind: 'check' }) as readonly Remark[];
  return found.map((remark) => {
    const said =
      'column' in remark
        ? `no column ${remark.column}`
        : 'table' in remark
          ? `no table ${remark.table}`
          : remark.message;
    return `${remark.weight}: ${said}`;
  });
}
const wrong = (text: string): string[] => {
  project.setText(id('a'), text);
  const found = project.answer(id('a'), { kind: 'check' }) as readonly Remark[];
  return found.map(({ start, end, weight }) => `${weight} ${text.slice(start, end)}`);
};
const offered = (text: string): string[] => {
  project.setText(id('a'), text.replace('|', ''));
  const found = project.answer(id('a'), { kind: 'complete', offset: text.indexOf('|') }) as Answers['complete'];
  return (found?.items ?? []).map(({ name }) => name);
};
const hover = (text: string, paragraph = 'a'): Answers['hover'] => {
  project.setText(id(paragraph), text.replace('|', ''));
  return project.answer(id(paragraph), { kind: 'hover', offset: text.indexOf('|') }) as Answers['hover'];
};
/** The type of a constant; of a table its columns in the order of their names. */
const typeOf = (expression: string): string => {
  const text = `const it = ${expression}`;
  const code = hover(text.replace('const it', 'const i|t'))?.code.replace('const it: ', '') ?? '';
  const line = code.replaceAll(/\s+/g, ' ');
  return line.replace(/(?<=^DataFrame<\{ )[^{}]*(?=; \}>$)/, (fields) => fields.split('; ').sort().join('; '));
};

describe('a table in a TypeScript paragraph', () => {
  it('is a constant of its name, and what table() gives', () => {
    expect(offered('fli|')).toContain('flights');
    expect(typeOf('airports')).toBe('DataFrame<{ city: string; code: string; delay: number; }>');
    expect(typeOf("table('airports')")).toBe(typeOf('airports'));
    expect(marked('a', 'flights.filter(f => f.delay > 60)')).toEqual([]);
  });

  it('completes its columns in lambdas, in texts of verbs and of aggregates, and in rows', () => {
    const columns = flights.columns.map(({ name }) => name);
    expect(offered('flights.filter(f => f.|)')).toEqual(expect.arrayContaining(columns));
    expect(offered('flights.filter(f => f.|)')).toHaveLength(columns.length);
    expect(offered("flights.select('|')")).toEqual(expect.arrayContaining(columns));
    expect(offered("flights.groupBy('|')")).toEqual(expect.arrayContaining(columns));
    expect(offered("flights.orderBy('|')")).toEqual(expect.arrayContaining([...columns, '-delay']));
    expect(offered("flights.summarize({ worst: max('|') })")).toEqual(expect.arrayContaining(columns));
    expect(offered('flights.mutate({ hours: sum(f => f.|) })')).toEqual(expect.arrayContaining(columns));
    expect(offered("flights.join(airports, { on: { origin: '|' } })")).toEqual(
      expect.arrayContaining(['code', 'city']),
    );
    expect(offered('const [row] = await flights.rows(); row.|')).toEqual(expect.arrayContaining(columns));
    expect(offered('const { | } = await flights.columns()')).toEqual(expect.arrayContaining(columns));
    expect(offered('flights.filter(f => f.plane.|)')).toEqual(expect.arrayContaining(['seats']));
  });

  it('marks a wrong column as the run would fail on it, in its place', () => {
    expect(wrong('flights.filter(f => f.dely > 60)')).toEqual(['error dely']);
    expect(wrong('flights.filter(({ dely }) => dely > 60)')).toEqual(['error dely']);
    expect(wrong("flights.select('origin', 'dely')")).toEqual(["error 'dely'"]);
    expect(wrong("flights.select({ minutes: 'dely' })")).toEqual(["error 'dely'"]);
    expect(wrong("flights.groupBy('orgin').count()")).toEqual(["error 'orgin'"]);
    expect(wrong("flights.summarize({ worst: max('dely') })")).toEqual(["error 'dely'"]);
    expect(wrong("flights.summarize({ all: sum('dely') })")).toEqual(["error 'dely'"]);
    expect(wrong('flights.groupBy("origin").summarize({ all: mean(f => f.dely) })')).toEqual(['error dely']);
    expect(wrong("flights.orderBy('-dely')")).toEqual(["error '-dely'"]);
    expect(wrong("flights.drop('dely')")).toEqual(["error 'dely'"]);
    expect(wrong("flights.distinct('dely')")).toEqual(["error 'dely'"]);
    expect(wrong("flights.rename({ delay: 'minutes', dely: 'x' })")).toEqual(['error dely']);
    expect(wrong("flights.join(airports, { on: 'origin' })")).toEqual(["error 'origin'"]);
    expect(marked('a', 'flights.filter(f => f.dely > 60)')).toEqual(['error: no column dely']);
    expect(marked('a', "flights.orderBy('-dely')")).toEqual(['error: no column dely']);
  });

  it('follows what verbs make of it', () => {
    expect(typeOf("flights.select('origin', { minutes: 'delay', hours: f => f.delay / 60 })")).toBe(
      'DataFrame<{ hours: number; minutes: number; origin: string; }>',
    );
    expect(
      typeOf("airports.mutate({ short: a => a.city.slice(0, 3), part: share('delay'), delay: null, one: 1 })"),
    ).toBe('DataFrame<{ city: string; code: string; delay: any; one: number; part: number; short: string; }>');
    expect(
      typeOf(
        "flights.groupBy('origin', { month: f => f.day.getUTCMonth() }).summarize({ n: count(), last: max('day') })",
      ),
    ).toBe('DataFrame<{ last: Date; month: number; n: number; origin: string; }>');
    expect(typeOf("flights.groupBy('late').count('how')")).toBe('DataFrame<{ how: number; late: boolean; }>');
    expect(typeOf("airports.rename({ code: 'origin' }).drop('city')")).toBe(
      'DataFrame<{ delay: number; origin: string; }>',
    );
    expect(typeOf("airports.join(flights.select('origin', 'delay'), { on: { code: 'origin' }, kind: 'left' })")).toBe(
      'DataFrame<{ city: string; code: string; delay: number; delay_2: number; origin: string; }>',
    );
    expect(typeOf("airports.join(flights.select('delay', 'late'))")).toBe(
      'DataFrame<{ city: string; code: string; delay: number; late: boolean; }>',
    );
    expect(typeOf("airports.join(flights, { on: 'delay', kind: 'semi' })")).toBe(typeOf('airports'));
    expect(typeOf("airports.select('code').union(DataFrame.from([{ code: 'LAX', gates: 9 }]))")).toBe(
      'DataFrame<{ code: string; gates: number; }>',
    );
    expect(typeOf("await flights.summarize({ worst: max('delay') }).value()")).toBe('number');
    expect(typeOf('(await flights.columns()).origin')).toBe('string[]');
    expect(wrong("flights.select('origin').filter(f => f.delay > 1)")).toEqual(['error delay']);
    expect(wrong("flights.groupBy('origin').count().orderBy('-n').filter(f => f.n > 1 && f.m)")).toEqual(['error m']);
  });

  it('takes names that are made while it runs, and frames of any columns, without a word', () => {
    const gentle = [
      "const names = ['origin', 'delay']; flights.select(...names).filter(f => f.anything); flights.groupBy(names)",
      'const name = String(1); flights.drop(name).select("origin"); flights.orderBy(name); flights.summarize({ n: sum(name) })',
      "sql`select 1 as n`.filter(r => r.n > 1).select('n', 'm').orderBy('-n')",
      "function top(frame: DataFrame) { return frame.limit(1) }\ntop(flights); top(flights.select('origin'))",
      "chart(flights.groupBy('origin').count(), { mark: 'bar' }); chart({ a: flights, b: [{ x: 1 }] }, {})",
      "const total = sum('delay'); flights.summarize({ total }); flights.groupBy('origin').summarize({ total, n: count() })",
      'const isLate = f => f.delay > 60; flights.filter(isLate)',
      "flights.orderBy(desc('delay'), asc(f => f.origin), f => f.day)",
      "flights.pivot({ rows: 'origin', columns: 'late', values: count() }).filter(p => p.SEA > 1)",
    ];
    for (const text of gentle) expect([text, ...marked('a', text)]).toEqual([text]);
  });

  it('knows variables of earlier paragraphs with their columns', () => {
    write("const late = flights.filter(f => f.late).select('origin')", 'late.filter(f => f.origin === f.delay)');
    expect(marked('b')).toEqual(['error: no column delay']);
  });

  it('is said to be missing as long as it is', () => {
    expect(wrong("table('flihgts').limit(1)")).toEqual(["doubt 'flihgts'"]);
    expect(wrong("table('data/flights.parquet'); table('Flights'); table('other.flights')")).toEqual([]);
    expect(wrong('busy.limit(1)')).toEqual(['error busy']);
    expect(project.setTables([flights, airports, { name: 'busy', columns: [column('n', 'BIGINT')] }])).toBe(true);
    expect(wrong('busy.filter(b => b.n > 1)')).toEqual([]);
    expect(project.setTables([flights])).toBe(true);
    expect(wrong('busy.limit(1)')).toEqual(['error busy']);
    expect(project.setTables([flights])).toBe(false);
    const next = { ...flights, columns: [column('delay', 'VARCHAR')] };
    expect(project.setTables([next])).toBe(true);
    expect(typeOf('flights')).toBe('DataFrame<{ delay: string; }>');
  });

  it('tells its schema and how many rows it has', () => {
    for (const text of ['fli|ghts.limit(1)', "table('fli|ghts')"]) {
      expect(hover(text)?.table).toMatchObject({ name: 'flights', rows: 3_000_000, of: 7 });
      expect(hover(text)?.table?.columns[1]).toEqual({ name: 'delay', type: 'INTEGER' });
    }
    expect(hover('const fli|ghts = 1')?.table).toBeUndefined();
    expect(hover('flights.filter(f => f.del|ay > 1)')?.code).toBe('(property) delay: number');
  });

  it('of which nothing but its name is known takes any column', () => {
    project.setTables([{ name: 'fresh', columns: [] }]);
    expect(marked('a', "fresh.filter(f => f.x > 1).select('y'); table('fresh')")).toEqual([]);
    expect(hover('fre|sh')?.table).toMatchObject({ of: 0 });
  });
});

const HOSTILE = [
  '";}',
  '*/ declare const x: any; /*',
  '`${1}`',
  "'; drop table",
  'two\nlines',
  'back\\slash',
  '지연 시간',
  '지연',
  'class',
  'constructor',
  '__proto__',
  'any',
  '\u2028',
  '\ud800',
  '😀',
  '',
];

describe('what is declared of tables', () => {
  const all = (tables: readonly KnownTable[]) => tables.map((table) => tableDeclaration(table, new Set())).join('');
  const types =
    'BOOLEAN TINYINT HUGEINT BIGNUM FLOAT DECIMAL(38,2) VARCHAR UUID TIME INTERVAL BIT BLOB DATE JSON GEOMETRY "NULL"'.split(
      ' ',
    );
  const nested = [
    'TIMESTAMP WITH TIME ZONE',
    "ENUM('a', 'b')",
    'INTEGER[3][]',
    'MAP(VARCHAR, STRUCT(a INTEGER, "b "" c" DATE[]))',
    'UNION(num INTEGER, str VARCHAR)',
    'STRUCT("";} any" INTEGER)',
    'WHATEVER(',
  ];
  const wild: KnownTable[] = HOSTILE.map((name) => ({
    name,
    columns: [...HOSTILE, ...HOSTILE].map((each, index) => column(each, [...types, ...nested][index % 23]!)),
  }));

  it('has nothing of any type, and nothing but tables, whatever they are called', () => {
    const file = ts.createSourceFile('t.d.ts', all(wild), ts.ScriptTarget.ESNext);
    expect(file.parseDiagnostics).toEqual([]);
    const kinds = new Set<number>();
    const visit = (node: ts.Node): undefined => {
      kinds.add(node.kind);
      ts.forEachChild(node, visit);
    };
    visit(file);
    expect(kinds.has(ts.SyntaxKind.AnyKeyword)).toBe(false);
    expect(file.statements).toHaveLength(HOSTILE.length + 4);
    expect(all([flights, airports])).not.toMatch(/\bany\b|unknown/);
  });

  it('is read by the compiler without a word, and gives the columns', () => {
    project.setTables(wild);
    for (const name of HOSTILE) {
      expect(wrong(`table(${JSON.stringify(name)}).select(${JSON.stringify(name)}, '지연')`)).toEqual([]);
    }
    expect(wrong(`table('지연').filter(f => f['지연 시간'] !== null && f.지연)`)).toEqual([]);
    expect(wrong("지연.select('없다')")).toEqual(["error '없다'"]);
    expect(hover('table("\\u00";}")'.replace('";}', '|'))).toBeUndefined();
  });

  it('makes a constant only of what can be one and hides nothing', () => {
    const taken = new Set(['count', 'Map']);
    const isOne = (name: string) => isConstant(name, taken);
    expect(['flights', '지연', '_x', '$y', 'type', 'of'].filter((name) => !isOne(name))).toEqual([]);
    expect(['class', 'await', 'let', 'a-b', 'a b', '1a', '', 'count', 'Map', 'data/x.csv', '😀'].filter(isOne)).toEqual(
      [],
    );
    project.setTables(
      ['count', 'Map', 'forms', 'console', 'table'].map((name) => ({ name, columns: [column('x', 'DATE')] })),
    );
    expect(wrong('new Map(); console.log(count()); table("count").filter(c => c.x > new Date()); forms')).toEqual([]);
  });

  it('stays fast with hundreds of tables and thousands of columns', () => {
    const many = Array.from({ length: 300 }, (_, table) => ({
      name: `table_${table}`,
      rows: table,
      columns: Array.from({ length: table === 0 ? 2_000 : 200 }, (_, n) =>
        column(`column_${n}`, n % 2 ? 'INTEGER' : 'VARCHAR'),
      ),
    }));
    const took = (work: () => unknown): number => {
      const start = performance.now();
      work();
      return performance.now() - start;
    };
    const first = took(() => {
      project.setTables(many);
      expect(wrong('table_0.filter(t => t.column_1999 > 1 && t.colum_1)')).toEqual(['error colum_1']);
    });
    const typing = took(() => {
      expect(
        wrong("table_0.mutate({ x: t => t.column_1 }).select('x', 'column_7').filter(t => t.x > 1 && t.y)"),
      ).toEqual(['error y']);
    });
    const after = took(() => {
      project.setTables([...many.slice(0, -1), { ...many.at(-1)!, columns: [column('n', 'INTEGER')] }]);
      expect(offered('table_299.filter(t => t.|)')).toEqual(['n']);
    });
    process.stdout.write(
      `300 tables, 61,800 columns: first ${first | 0} ms, typing ${typing | 0} ms, after a run ${after | 0} ms\n`,
    );
    // Bounds for a busy machine; what is usual is printed.
    expect(first).toBeLessThan(20_000);
    expect(typing).toBeLessThan(20_000);
    expect(after).toBeLessThan(20_000);
  }, 80_000);
});
