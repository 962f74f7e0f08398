import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../../interpreters/errors.ts';
import { applyEdits } from '../../../../interpreters/typescript/compile/edits.ts';
import { offsetOf, placeOf } from '../../../../interpreters/typescript/compile/place.ts';
import {
  type Compiled,
  compileModule,
  compileParagraph,
  type Earlier,
} from '../../../../interpreters/typescript/compile/unit.ts';

const compile = (source: string, earlier: Record<string, Earlier> = {}, named = false): Compiled =>
  compileParagraph(source, { earlier: (name) => (Object.hasOwn(earlier, name) ? earlier[name] : undefined), named });

type Mark = { readonly start: number; readonly end: number; captures(): Record<string, unknown> };

/** Runs what was compiled, with tools that only note. */
async function run(
  source: string | Compiled,
  { units = {}, values = {} }: { units?: Record<string, object>; values?: Record<string, unknown> } = {},
) {
  const { code } = typeof source === 'string' ? compile(source) : source;
  const marks: Mark[] = [];
  const waited: number[] = [];
  const read: { value: unknown; property: string; start: number; end: number }[] = [];
  let names: Record<string, unknown> = {};
  const tools = {
    __lambda(fn: unknown, start: number, end: number, captures: Mark['captures']) {
      marks.push({ start, end, captures });
      return fn;
    },
    __owner(value: unknown, property: string, start: number, end: number) {
      read.push({ value, property, start, end });
      return value;
    },
    __table: (name: string) => `the table ${name}`,
    __wait(value: unknown, offset: number) {
      waited.push(offset);
      return value;
    },
    __scope(given: Record<string, unknown>) {
      names = given;
    },
    __import: async (specifier: string) => ({ default: `default of ${specifier}`, a: 'a', b: 'b' }),
    __stars: () => undefined,
    __paragraph: {},
  };
  const made: (...given: object[]) => Promise<unknown> = runInThisContext(code);
  const value = await made(tools, units, values);
  return { value, names, marks, waited, read };
}

const failed = (source: string) => {
  try {
    compile(source);
  } catch (error) {
    if (error instanceof Failed) return error.failure;
  }
  throw new Error('it compiled');
};

describe('a name that nothing declares', () => {
  const open = (source: string) => compile(source).open;
  it('is told, but for one that is assigned to or an earlier paragraph’s', () => {
    expect(open('flights.limit(1); const x = y => y + z; typeof maybe')).toEqual(['flights', 'z', 'maybe']);
    expect(open('flights = 1; flights')).toEqual([]);
    expect(open('const flights = 1; flights')).toEqual([]);
    expect(compile('flights', { flights: { unit: 1, fixed: true } }).open).toEqual([]);
  });

  it('stands for a table where one has it, before the text and in all functions of it', async () => {
    const tables = new Set(['flights', 'busy']);
    const compiled = compileParagraph('const f = () => flights;\nf()', {
      earlier: () => undefined,
      named: false,
      tables,
    });
    expect(await run(compiled).then(({ value }) => value)).toBe('the table flights');
    expect(compiled.code).not.toContain('busy');
    expect(compiled.declares.map(({ name }) => name)).toEqual(['f']);
    expect(compiled.offsetAt(2, 3)).toBe(2);
  });
});

describe('the value of a paragraph', () => {
  it.each<[string, unknown]>([
    ['1 + 1', 2],
    ['1 + 1;', 2],
    ['1 + 1 ; // done', 2],
    ['1 + 1 /* a */ /* b */', 2],
    ['const x = 2\nx * 2\n\n', 4],
    ['const x = 2; x * 2;;', 4],
    ['await Promise.resolve(3)', 3],
    ['Promise.resolve(3)', 3],
    ["'text'", 'text'],
    ['(1, 2)', 2],
    ['[1, 2].map((x: number) => x * 2)[1]', 4],
    ['let x = 1; x = 5', 5],
    ['`a${1}b`', 'a1b'],
    ['(function () { return 7 })()', 7],
    ['1 // a\n;', 1],
    ['const f = <T>(x: T): T => x;\nf<number>(4)', 4],
    ['({ a: 1 }).a', 1],
    ['{ a: 1, b: [2 as number] }\n', { a: 1, b: [2] }],
    ['  {\n  a: 1, // one\n}', { a: 1 }],
    ['{}', {}],
    ['{ const a = 1; a }', undefined],
  ])('%s', async (source, value) => {
    expect((await run(source)).value).toEqual(value);
  });

  it.each([
    'const x = 1',
    'function f() { return 1 }',
    'class A {}',
    'if (true) { 5 }',
    'for (const x of [1]) x',
    ';',
    '// nothing',
    'type A = { a: number }',
    'interface A { a: number }',
  ])('%s has none', async (source) => {
    expect((await run(source)).value).toBeUndefined();
  });

  it('names what a last expression reads a property of', async () => {
    const source = 'const f = async (x: () => object) => x();\n(1, await f(() => ({ a: { b: 5 } }))).a.b;';
    const { value, read } = await run(source);
    const start = source.lastIndexOf('b');
    expect([value, read]).toEqual([5, [{ value: { b: 5 }, property: 'b', start, end: start + 1 }]]);
    for (const [other, given] of [
      ['await (0, { b: 2 }).b', 2],
      ['(0, await Promise.resolve({ b: 3 })).b', 3],
      ['const o = { b: 4 }; o.b', 4],
      ["(await import('x')).a", 'a'],
      ['const o = undefined; o?.b', undefined],
      ["({ b: 6 })['b']", 6],
      ['({ f: () => 7 }).f()', 7],
    ] as const)
      expect([other, (await run(other)).value]).toEqual([other, given]);
  });

  it('is that of a last declaration where the paragraph has a name', async () => {
    expect((await run(compile('const rows = [1, 2]', {}, true))).value).toEqual([1, 2]);
    expect((await run(compile('let a = 1, b = 2;', {}, true))).value).toBe(2);
    expect((await run(compile('const { a } = { a: 1 }', {}, true))).value).toBeUndefined();
  });
});

describe('what a paragraph declares', () => {
  it('lives on, of whatever kind and pattern', async () => {
    const { names } = await run(`
      const a = 1, { b, c: [d], ...e } = { b: 2, c: [3], f: 4 };
      let g = 5; var h = 6;
      function i() { return 7 }
      class J { static k = 8 }
      for (var l = 0; l < 3; l++) { const inner = 1 }
      { var m = 9; let hidden = 1 }
    `);
    expect(Object.keys(names)).toEqual(expect.arrayContaining(['a', 'b', 'd', 'e', 'g', 'h', 'i', 'J', 'l', 'm']));
    expect(Object.keys(names)).toHaveLength(10);
    expect([names.a, names.b, names.d, names.e, names.g, names.h, names.l, names.m]).toEqual([
      1,
      2,
      3,
      { f: 4 },
      5,
      6,
      3,
      9,
    ]);
  });

  it('is read and written through its accessors, also by its own closures', async () => {
    const { names } = await run('let count = 0; const inc = () => ++count;');
    (names.inc as () => number)();
    expect(names.count).toBe(1);
    names.count = 10;
    expect((names.inc as () => number)()).toBe(11);
    expect(() => {
      names.inc = 1;
    }).toThrow('Assignment to constant variable.');
  });

  it('is not there before it is initialised', async () => {
    await expect(run('early; const early = 1')).rejects.toThrow("Cannot access 'early' before initialization");
  });

  it('is fixed unless it may change', () => {
    const fixed = (source: string) => Object.fromEntries(compile(source).declares.map((one) => [one.name, one.fixed]));
    expect(fixed('const a = 1; let b = 2; var c; function d() {} class E {} d = 1 as any')).toEqual({
      a: true,
      b: false,
      c: false,
      d: false,
      E: true,
    });
  });
});

describe('a variable of an earlier paragraph', () => {
  const earlier: Record<string, Earlier> = {
    fixed: { unit: 1, fixed: true },
    live: { unit: 2, fixed: false },
    call: { unit: 2, fixed: false },
  };
  const at = (source: string, unit: object, fixed: unknown = 'fixed') =>
    run(compile(source, earlier), { units: { __2: unit }, values: { fixed } });

  it('is handed over where nothing changes it, reached in its unit otherwise', () => {
    const compiled = compile('[fixed, live]', earlier);
    expect(compiled.values).toEqual([{ name: 'fixed', unit: 1 }]);
    expect(compiled.units).toEqual([2]);
  });

  it.each<[string, unknown]>([
    ['live', 5],
    ['({ live }).live', 5],
    ['[live, fixed]', [5, 'fixed']],
    ['live++; live', 6],
    ['live += 10; live', 15],
    ['[live] = [7]; live', 7],
    ['({ live } = { live: 8 }); live', 8],
    ['({ live = 9 } = {}); live', 9],
    ['({ a: live } = { a: 10 }); live', 10],
    ['for (live of [1, 2, 3]) {} live', 3],
    ['const f = () => live; f()', 5],
    ['const f = (live: number) => live * 2; f(4)', 8],
    ['{ const live = 1; } live', 5],
    ['typeof live', 'number'],
    ['call()', undefined],
    ['call`x`', undefined],
    ['`${live}`', '5'],
    ['({ live: 3 }).live', 3],
    ['({ [live]: 3 })[5]', 3],
  ])('%s', async (source, value) => {
    const unit = {
      live: 5,
      call(this: unknown) {
        return this;
      },
    };
    expect((await at(source, unit)).value).toEqual(value);
  });

  it('that is assigned to is reached in its unit', async () => {
    const compiled = compile('fixed = 2', earlier);
    expect(compiled.assigns).toEqual(['fixed']);
    expect(compiled.units).toEqual([1]);
  });

  it('is another when the paragraph declares the name, of whatever kind', () => {
    for (const source of ['const live = 1; live', 'function live() {}; live()', 'class live {}', 'var live']) {
      expect(compile(source, earlier).units).toEqual([]);
    }
  });
});

describe('lambdas', () => {
  const at = (source: string, mark: Mark) => source.slice(mark.start, mark.end);
  const world =
    'const df = { filter(...given: unknown[]) { return given }, mutate(...given: unknown[]) { return given } };\n';

  it('are marked as arguments, in objects and lists, and where a variable is made', async () => {
    const source = `${world}df.filter(a => a); df.mutate({ b: b => b, c: [c => c] }); const d = d => d; df.filter(function e(e) { return e })`;
    const { marks } = await run(source);
    expect(marks.map((mark) => at(source, mark))).toEqual([
      'a => a',
      'b => b',
      'c => c',
      'd => d',
      'function e(e) { return e }',
    ]);
  });

  it('keep the name of their variable', async () => {
    const { names } = await run('const late = (x: number) => x > 1; let other = function () {};');
    expect([names.late, names.other].map((one) => (one as () => void).name)).toEqual(['late', 'other']);
  });

  it('inside others are marked too, at their own place', async () => {
    const source = `${world}const f = (n: number) => df.filter((r) => r > n); f(3)`;
    const { marks } = await run(source);
    expect(marks.map((mark) => at(source, mark))).toEqual(['(n: number) => df.filter((r) => r > n)', '(r) => r > n']);
    expect(marks[1]!.captures()).toEqual({ n: 3 });
  });

  it('know the values they close over, now, and no globals', async () => {
    const source = `${world}let limit = 60; const o = { a: 1 }; df.filter(f => f.delay > limit && Math.abs(o.a) > undefinedName); limit = 70;`;
    const { marks } = await run(source);
    expect(marks[0]!.captures()).toEqual({ limit: 70, o: { a: 1 } });
  });

  it('know those of earlier paragraphs', async () => {
    const compiled = compile(`${world}df.filter(f => f > limit + rate)`, {
      limit: { unit: 2, fixed: false },
      rate: { unit: 1, fixed: true },
    });
    const { marks } = await run(compiled, { units: { __2: { limit: 5 } }, values: { rate: 2 } });
    expect(marks[0]!.captures()).toEqual({ limit: 5, rate: 2 });
  });

  it('throw on a value that is not there yet', async () => {
    const { marks } = await run(`${world}df.filter(f => f > later); const later = 1`);
    expect(marks[0]!.captures()).toEqual({ later: 1 });
    const early: Mark[] = [];
    await run(`${world}df.filter(f => f > later); throw 1; const later = 1`).catch(() => undefined);
    expect(early).toEqual([]);
  });

  it('are left alone where only arrays and promises have the method', async () => {
    expect(
      (await run('[1].map(x => x); await Promise.resolve(1).then(x => x); [2, 1].sort((a, b) => a - b)')).marks,
    ).toEqual([]);
  });
});

describe('await', () => {
  it('at the top tells its place before it waits', async () => {
    const source = 'await 1;\nconst f = async () => await 2;\nawait f()';
    expect((await run(source)).waited.slice(0, 2)).toEqual([0, 40]);
  });
});

describe('places', () => {
  it.each([
    ['boom()', 'boom'],
    ['const a = 1;\n  boom()', 'boom'],
    ['await (async () => { await boom() })()', 'boom'],
    ['[1].filter(x => x); [2].filter((y) => boom(y))', 'boom'],
    ['live = 1; live++; call(live); boom(live)', 'boom'],
    ['const { a } = { a: 1 }; boom(a as number)', 'boom'],
    ['/* 😀 */ boom()', 'boom'],
  ])('%s: an offset of the script leads back to the source', (source, word) => {
    const earlier: Earlier = { unit: 2, fixed: false };
    const compiled = compile(source, { live: earlier, call: earlier });
    const { line, column } = placeOf(compiled.code, compiled.code.indexOf(word));
    expect(compiled.offsetAt(line, column)).toBe(source.indexOf(word));
  });

  it('before the text are none', () => {
    expect(compile('const a = 1').offsetAt(1, 20)).toBeUndefined();
  });

  it('are found again from lines and columns', () => {
    const text = 'a\nbc\r\nd\n';
    for (let offset = 0; offset <= text.length; offset += 1) {
      const { line, column } = placeOf(text, offset);
      if (text[offset - 1] !== '\r') expect(offsetOf(text, line, column)).toBe(offset);
    }
  });
});

describe('edits', () => {
  it('at one place: what closes goes before what opens, in the order made', () => {
    const { text, origin } = applyEdits('ab', [
      { start: 0, end: 0, text: '(' },
      { start: 1, end: 1, text: '[' },
      { start: 1, end: 1, text: ')', closes: true },
      { start: 2, end: 2, text: ']', closes: true },
    ]);
    expect(text).toBe('(a)[b]');
    expect([0, 1, 2, 3, 4, 5].map(origin)).toEqual([0, 0, 1, 1, 1, 2]);
  });
});

describe('errors of syntax', () => {
  it.each<[string, number, number]>([
    ['const x = (1 + ;', 1, 16],
    ['const a = 1;\nlet y: = 3', 2, 8],
    ['foo(', 1, 4],
    ['const x: number = 1 +\n', 1, 22],
    ['let a = 1;\nlet a = 2', 2, 5],
    ['a b', 1, 3],
    ['export const a = 1', 1, 1],
    ['const a = 1\nexport default a', 2, 1],
    ['return 1', 1, 1],
    ['const s = "abc', 1, 11],
    ['enum A { B }', 1, 1],
    ['x;\nnamespace N { export const a = 1 }', 2, 1],
    ['class A { constructor(private x: number) {} }', 1, 31],
    ['x;\nenum A {\n  B,\n  C\n}\ny', 2, 1],
    ['a\n\tlet y: = 3\nb', 2, 9],
    ["const wide = '한글 😀'; let y: = 3", 1, 30],
  ])('%s', (source, line, column) => {
    expect(failed(source)).toMatchObject({ code: 'syntax', line, column });
  });

  it.each<[string, string, number, number]>([
    ["table('f').filter(f => f.delay > 60", '(', 1, 18],
    ['const x: number[] = [1, 2', '[', 1, 21],
    ["// (\nfoo('(', /[(]/, `)${1}`, { a: [] ", '{', 2, 26],
    ['const a = `x ${', '${', 1, 14],
    ['class A {\n  b() {\n}\n', '{', 1, 9],
  ])('tell which bracket is open where the text ends: %s', (source, bracket, line, column) => {
    expect(failed(source)).toMatchObject({
      message: `The text ends before this “${bracket}” is closed.`,
      line,
      column,
      length: bracket.length,
    });
  });

  it('tell that the text ends too early, and of a bracket before a word that can’t follow', () => {
    expect(failed('const f = () =>').message).toBe('The text ends too early.');
    expect(failed('f(1) /* abc (')).toMatchObject({ message: 'Unterminated comment.', column: 6 });
    expect(failed('foo(`a ${b(1}`)')).toMatchObject({
      column: 13,
      hint: '“(” of line 1, column 11 is still open: is a “)” missing?',
    });
    expect(failed("table('f')\n  .filter(f => f.delay\nconst x = 1")).toMatchObject({
      line: 3,
      hint: '“(” of line 2, column 10 is still open: is a “)” missing?',
    });
    expect(failed('foo(1 2)').hint).toContain('marked place');
    expect(failed('foo())').hint).toContain('marked place');
  });

  it('say what to write instead of what is not stripped', () => {
    expect(failed('enum A { B }').hint).toContain('as const');
    expect(failed('namespace N { export const a = 1 }').hint).toContain('.ts file');
    expect(failed('import.meta.url')).toMatchObject({ code: 'unsupported', line: 1, column: 1 });
  });
});

describe('types', () => {
  it.each<[string, unknown]>([
    ['const x: number = 1; x as unknown as number', 1],
    ['let x!: string; x = "a"; x!', 'a'],
    ['const f = (x?: number): x is number => x !== undefined; f(1)', true],
    ['const o = { a: 1 } satisfies object; o', { a: 1 }],
    ['class A<T> { x!: T; constructor(public_: T) { this.x = public_ } } new A<number>(1).x', 1],
    ['abstract class B { abstract m(): void } typeof B', 'function'],
    ['import type { T } from "./t.ts"; 1', 1],
    ['declare const gone: number; 2', 2],
    ['const a = <const T,>(x: T) => x; a(3)', 3],
    ['const big = 1 < 2; const small = 2 > 1; [big, small]', [true, true]],
    ['const m = new Map<string, number>(); m.size', 0],
  ])('%s', async (source, value) => {
    expect((await run(source)).value).toEqual(value);
  });
});

describe('imports', () => {
  it('become declarations, before the text runs', async () => {
    const { names, value } = await run(
      "const c = a;\nimport d, { a, b as e } from './x.ts';\nimport * as all from './y.ts';\n[c, d, e, all.b]",
    );
    expect(value).toEqual(['a', 'default of ./x.ts', 'b', 'b']);
    expect(Object.keys(names).sort()).toEqual(['a', 'all', 'c', 'd', 'e']);
  });

  it('may be made on the way', async () => {
    expect((await run("(await import('./x.ts')).a")).value).toBe('a');
  });
});

describe('a module', () => {
  it('gives out what it exports', async () => {
    const { names } = await run(
      compileModule(`
        import { a as imported } from './x.ts';
        export const one: number = 1;
        export let two = 2;
        export function three() { return 3 }
        export class Four {}
        const five = 5, six = 6;
        export { five, six as seven, imported };
        export { b as eight } from './y.ts';
        export * as nine from './z.ts';
        export default [one, two];
        export type Gone = string;
        two = 20;
      `),
    );
    expect(Object.keys(names).sort()).toEqual(
      ['Four', 'default', 'eight', 'five', 'imported', 'nine', 'one', 'seven', 'three', 'two'].sort(),
    );
    expect([names.one, names.two, names.seven, names.eight, names.imported, names.default]).toEqual([
      1,
      20,
      6,
      'b',
      'a',
      [1, 2],
    ]);
  });

  it.each<[string, string]>([
    ['export default function hello() { return 1 }', 'hello'],
    ['export default function () { return 1 }\n(0)', ''],
    ['export default (() => 1);', ''],
    ['export default class A {}', 'A'],
  ])('%s', async (source) => {
    const { names } = await run(compileModule(source));
    expect(typeof names.default).toBe('function');
  });
});
