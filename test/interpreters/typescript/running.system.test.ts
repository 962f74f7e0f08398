/** What a run does beyond the acceptance suite: places of errors, what lives on, globals, order, ends. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Driven, discard, drive, type Finished, makeFolder } from '../harness.ts';
import { typescriptProgram } from './program.ts';

let driven: Driven;
const modules = join(makeFolder(), 'modules');
beforeAll(async () => {
  mkdirSync(modules, { recursive: true });
  driven = await drive({ ...typescriptProgram, start: { modules, timeZone: 'Asia/Seoul' } });
});
afterAll(() => discard(driven));

const shownBy = async (source: string): Promise<string> => {
  const { outcome, values } = await driven.run(source);
  expect(outcome).toEqual({ state: 'done' });
  return values.trimEnd();
};
const failureOf = async (source: string) => {
  const { outcome } = await driven.run(source);
  if (outcome.state !== 'failed') throw new Error(`it is ${outcome.state}`);
  return outcome.failure;
};
const texts = ({ events }: Finished): string =>
  events
    .map((event) =>
      event.type === 'output' && event.output.kind === 'text' ? `${event.output.stream}:${event.output.text}` : '',
    )
    .join('');

/** Far below what any of these would take by itself; a busy machine takes seconds where a quiet one takes 0.1. */
const CANCELLED_MS = 15_000;

describe('a property that a DataFrame does not have', () => {
  it('is told where it is the last expression, at its name', async () => {
    expect(await failureOf("const fl = table('fl');\n  fl.filter(f => f.delay > 1).delay;")).toMatchObject({
      code: 'unknown-name',
      message: 'A DataFrame has no “delay”.',
      hint: "A column is named in a verb: .select('delay'), .filter(row => row.delay > 0).",
      line: 2,
      column: 31,
      length: 5,
    });
    expect((await failureOf('fl.length')).hint).toContain('await frame.count()');
    expect((await failureOf("fl.groupBy('origin').n")).message).toBe('A grouped frame has no “n”.');
  });

  it('is undefined to all who only look, and verbs are there', async () => {
    expect(await shownBy("[fl.then, fl['delay'], fl?.delay, typeof fl.filter]")).toBe(
      "[ undefined, undefined, undefined, 'function' ]",
    );
    expect(await shownBy('fl.count')).toContain('Function: count');
    expect(await shownBy('fl.constructor.name')).toBe('DataFrame');
    expect(await shownBy('({ delay: 5 }).delay')).toBe('5');
  });
});

describe('WebAssembly', () => {
  const wasm = 'new Uint8Array([0,97,115,109,1,0,0,0,1,5,1,96,0,1,127,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,65,42,11])';

  it('is compiled and called, from bytes and from a module', async () => {
    expect(await shownBy(`const { instance } = await WebAssembly.instantiate(${wasm}); instance.exports.f()`)).toBe(
      '42',
    );
    const source = `const compiled = await WebAssembly.compile(${wasm});
      console.log('compiled');
      await new Promise((resolve) => setTimeout(resolve, 1));
      const again = await WebAssembly.instantiate(compiled);
      for (const until = Date.now() + 1_500; Date.now() < until; );
      again.exports.f() + (await WebAssembly.instantiate(${wasm})).instance.exports.f()`;
    expect(await shownBy(source)).toBe('compiled\n84');
  });

  it('is checked before it is called, and a fault in it is a failure', async () => {
    await driven.run('const typed: number = 1');
    expect((await failureOf(`await WebAssembly.instantiate(${wasm.replace('65,42', '106,42')})`)).message).toContain(
      'CompileError',
    );
  });
});

describe('what lives on', () => {
  it('is what was declared, and may be declared again, also as another kind', async () => {
    await driven.run('let n = 1; const bump = () => { n += 1; return n }; class K { static k = 1 }');
    expect(await shownBy('bump(); n')).toBe('2');
    expect(await shownBy('n = 10; bump()')).toBe('11');
    expect(await shownBy('const n = "other"; [n, bump()]')).toBe("[ 'other', 12 ]");
    expect(await shownBy('function n() { return "fn" } n()')).toBe('fn');
    expect(await shownBy('class bump {} typeof bump')).toBe('function');
  });

  it('of a failed run is what it had made; the rest stays as it was', async () => {
    await driven.run('const first = 1; const second = 1;');
    expect((await failureOf('const first = 2; throw new Error("stop"); const second = 2;')).line).toBe(1);
    expect(await shownBy('[first, second]')).toBe('[ 2, 1 ]');
  });

  it('is kept over a cancel of a loop, of promises without end, and of one that never settles', async () => {
    await driven.run('let survivor = 1');
    for (const source of [
      'survivor = 2; for (;;) {}',
      'survivor = 3; for (;;) await 0',
      'survivor = 4; (function again(): Promise<void> { return Promise.resolve().then(again) })(); await new Promise(() => {})',
      'survivor = 5; await new Promise(() => {})',
      'survivor = 6; for (;;) await new Promise((done) => setTimeout(done, 1))',
      'survivor = 7; setInterval(() => {}, 1)',
      "survivor = 8; /(a+)+b/.test('a'.repeat(50))",
      'survivor = 9; for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }',
      'survivor = 10; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
      'survivor = 11; for (;;) console.log("x")',
    ]) {
      const run = driven.run(source);
      await new Promise((resolve) => setTimeout(resolve, 150));
      const asked = performance.now();
      driven.cancel(run.id);
      expect((await run).outcome).toEqual({ state: 'cancelled' });
      expect(performance.now() - asked, source).toBeLessThan(CANCELLED_MS);
      expect(await shownBy('survivor')).toBe(/survivor = (\d+)/.exec(source)![1]);
    }
  });
});

describe('what nothing can reach any more', () => {
  it('is let go, however often a paragraph runs again', async () => {
    const small = await drive({ ...typescriptProgram, start: { memory: 64 * 2 ** 20 } });
    try {
      for (let time = 0; time < 12; time += 1) {
        const { outcome } = await small.run('const many = Array.from({ length: 1e6 }, (_, index) => index + 0.5);');
        expect(outcome).toEqual({ state: 'done' });
      }
      expect((await small.run('many.length')).values.trim()).toBe('1000000');
    } finally {
      await discard(small);
    }
  });
});

describe('errors', () => {
  it.each<[string, { line: number; column?: number }]>([
    ['const a = 1;\n\n  null!.x', { line: 3, column: 9 }],
    ["await 1;\nthrow new TypeError('x')", { line: 2, column: 7 }],
    ["const rejecting = async () => { throw new Error('x') };\nawait rejecting()", { line: 1 }],
    ["setTimeout(() => {\n  throw new Error('late')\n}, 1)", { line: 2, column: 9 }],
    ["Promise.reject(new Error('nobody waits'));\n1", { line: 1 }],
    ['throw { a: 1 }', { line: 1 }],
    ['[1].map((x) => {\n  return nope(x)\n})', { line: 2 }],
    ["JSON.parse('{')", { line: 1 }],
  ])('%s: is told at its place', async (source, place) => {
    const found = await failureOf(source);
    if (source.startsWith('throw {')) expect(found.message).toBe('It threw { a: 1 }');
    else expect(found).toMatchObject(place);
  });

  it('in a function of an earlier paragraph point at the call, and tell of the function', async () => {
    await driven.run('\nfunction clean(x: number): number {\n  throw new RangeError(`bad ${x}`);\n}');
    const found = await failureOf('const x = 1;\nclean(x)');
    expect(found).toMatchObject({ code: 'thrown', line: 2, column: 1, message: 'RangeError: bad 1' });
    expect(found.detail).toContain('at clean, line 3 of an earlier paragraph: throw new RangeError');
    expect(found.detail).not.toContain('gondola:');
  });

  it('with causes tell them', async () => {
    expect((await failureOf("throw new Error('outer', { cause: new TypeError('inner') })")).message).toBe(
      'Error: outer\nCaused by: TypeError: inner',
    );
  });

  it('of names that are not there have their code', async () => {
    expect(await failureOf('nowhere')).toMatchObject({ code: 'unknown-name', line: 1, column: 1 });
  });

  it('of values that make telling hard are told all the same', async () => {
    for (const source of [
      'throw null',
      'throw undefined',
      "throw Symbol('s')",
      'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })',
      "throw Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })",
      "throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })",
      "const e = new Error('x'); e.cause = e; throw e",
    ]) {
      expect((await failureOf(source)).code).toBe('thrown');
    }
    expect(await shownBy('1')).toBe('1');
  });

  it('of a promise that nothing can settle are told at the await', async () => {
    expect(await failureOf('const a = 1;\nconst b = await new Promise(() => {});')).toMatchObject({
      code: 'never-settles',
      line: 2,
      column: 11,
    });
  });
});

describe('order and amount', () => {
  it('what is printed stands in the order it was printed', async () => {
    const finished = await driven.run(
      "console.log('a'); console.error('b'); console.log('c'); setTimeout(() => console.log('e'), 5); 'd'",
    );
    expect(texts(finished)).toBe('stdout:a\nstderr:b\nstdout:c\nvalue:d\nstdout:e\n');
  });

  it('a run goes on until its timers are done', async () => {
    expect(
      await shownBy(
        "let ticks = 0; const timer = setInterval(() => { ticks += 1; if (ticks === 3) clearInterval(timer) }, 2); 'begun'",
      ),
    ).toBe('begun');
    expect(await shownBy('ticks')).toBe('3');
  });

  it('timers run in the order of their times, promises between them', async () => {
    expect(
      (
        await driven.run(
          "setTimeout(() => console.log('c'), 8); setTimeout(() => { console.log('a'); Promise.resolve().then(() => console.log('b')) }, 1); setTimeout((x: string) => console.log(x), 1, 'b2')",
        )
      ).values
        .split('\n')
        .slice(1),
    ).toEqual(['a', 'b', 'b2', 'c', '']);
  });

  it('a text of 100 MB is cut, and says so', async () => {
    const { values, outcome } = await driven.run("console.log('x'.repeat(100_000_000))");
    expect(outcome).toEqual({ state: 'done' });
    expect(values.length).toBeLessThan(1_100_000);
    expect(values).toContain('… 99000000 more characters of this text were left out.');
  });

  it('shows any value, bounded', async () => {
    expect(
      await shownBy(
        'const o: any = { a: [1, { b: new Map([["k", new Set([1])]]) }], d: new Date(0), n: null, u: undefined, f() {}, g: 1n, s: Symbol("x") }; o.self = o; o',
      ),
    ).toMatchInlineSnapshot(`
      "{
        a: [ 1, { b: Map(1) { 'k' => Set(1) { 1 } } } ],
        d: 1970-01-01T00:00:00.000Z,
        n: null,
        u: undefined,
        f: [Function: f],
        g: 1n,
        s: Symbol(x),
        self: [Circular]
      }"
    `);
    expect(
      await shownBy(
        'class Point { x = 1; #y = 2; get z() { return 3 } } [new Point(), Point, new Float64Array(3), new Error("no"), [ , 1], -0]',
      ),
    ).toMatchInlineSnapshot(`
      "[
        Point { x: 1 },
        [class Point],
        Float64Array(3) [ 0, 0, 0 ],
        Error: no,
        [ <1 empty>, 1 ],
        -0
      ]"
    `);
    expect(
      (await shownBy('new Map(Array.from({ length: 1e5 }, (_, i) => [i, "x".repeat(1000)]))')).length,
    ).toBeLessThan(200_000);
    expect(await shownBy('let deep: any = {}; for (let i = 0; i < 1e4; i++) deep = { deep }; deep')).toContain(
      '[Object]',
    );
  });
});

describe('globals', () => {
  it.each<[string, string]>([
    ["new TextDecoder().decode(new TextEncoder().encode('héllo €😀\\ud800'))", 'héllo €😀\ufffd'],
    ["[...new TextEncoder().encode('é')]", '[ 195, 169 ]'],
    ["new TextDecoder('latin1').decode(new Uint8Array([233]))", 'é'],
    ['new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65, 0xf0, 0x9f, 66]))', 'A\ufffdB'],
    [
      'const d = new TextDecoder(); d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + d.decode(new Uint8Array([0xac]))',
      '€',
    ],
    [
      "(() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])) } catch (e) { return (e as Error).name } })()",
      'TypeError',
    ],
    ["atob(btoa('hi\\u00ff')).length", '3'],
    ["new URL('../x?a=1&b=%20c#h', 'https://u:p@h.de:8080/d/e').href", 'https://u:p@h.de:8080/x?a=1&b=%20c#h'],
    [
      "const u = new URL('https://h.de/'); u.searchParams.append('q', 'ä b&'); u.pathname = '/p'; u.href",
      'https://h.de/p?q=%C3%A4+b%26',
    ],
    ["[...new URLSearchParams('?a=1&a=2&b=%C3%A4+x')]", "[ [ 'a', '1' ], [ 'a', '2' ], [ 'b', 'ä x' ] ]"],
    ["URL.canParse('nope')", 'false'],
    ['const c = structuredClone({ d: new Date(0), m: new Map([[1, { x: [1n] }]]) }); c.m.get(1)!.x[0]', '1n'],
    ['const cyc: any = {}; cyc.me = cyc; const copy = structuredClone(cyc); copy !== cyc && copy.me === copy', 'true'],
    ['/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())', 'true'],
    ['crypto.getRandomValues(new Uint8Array(1000)).some((byte) => byte > 0)', 'true'],
    ['Intl.DateTimeFormat().resolvedOptions().timeZone', 'Asia/Seoul'],
    ['new Date(0).getHours()', '9'],
    ["new Intl.NumberFormat('de').format(1234.5)", '1.234,5'],
    [
      'const began = performance.now(); await new Promise((done) => setTimeout(done, 20)); performance.now() - began >= 19',
      'true',
    ],
    ["await new Promise((done) => queueMicrotask(() => done('micro')))", 'micro'],
    ['typeof forms', 'object'],
  ])('%s', async (source, shown) => {
    expect(await shownBy(source)).toBe(shown);
  });

  it('form values are read-only data', async () => {
    const { values } = await driven.run(
      'try { (forms as any).day = 1 } catch (e) { console.log((e as Error).name) } forms.day.setTime(0); forms.day.toISOString()',
      { forms: { day: { type: 'date', value: '2015-01-01' } } },
    );
    expect(values).toBe('TypeError\n2015-01-01T00:00:00.000Z\n');
  });

  it('what is not there says what to do', async () => {
    expect(await failureOf("\nfetch('https://example.org')")).toMatchObject({
      code: 'unsupported',
      line: 2,
      hint: expect.stringContaining('data/'),
    });
    expect(await failureOf("require('fs')")).toMatchObject({ code: 'unsupported' });
  });
});

describe('imports', () => {
  const write = (name: string, text: string): void => {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    writeFileSync(join(modules, name), text);
  };

  it('bring names of files beside the notebook, which import each other, and are read again when changed', async () => {
    write(
      'helpers.ts',
      "import { factor } from './lib/factor.ts';\nexport const times = (x: number): number => x * factor;\nexport let calls = 0;\nexport function note(): number { return ++calls }",
    );
    write('lib/factor.ts', 'export const factor = 2;');
    expect(await shownBy("import { times, note } from './helpers.ts';\nnote(); times(4)")).toBe('8');
    expect(await shownBy('note()')).toBe('2');
    expect(await shownBy("import { note as again } from './helpers.ts';\nagain()")).toBe('3');
    write('lib/factor.ts', 'export const factor = 3;');
    expect(await shownBy("import { times } from './helpers.ts';\ntimes(4)")).toBe('12');
    expect(await shownBy("import * as all from './helpers.ts';\nObject.keys(all)")).toBe(
      "[ 'times', 'calls', 'note' ]",
    );
  });

  it('in a circle go on', async () => {
    write(
      'one.ts',
      "import { two } from './two.ts';\nexport function one(): string { return 'one' }\nexport const both = (): string => one() + two();",
    );
    write('two.ts', "import { one } from './one.ts';\nexport function two(): string { return 'two after ' + one() }");
    expect(await shownBy("import { both } from './one.ts';\nboth()")).toBe('onetwo after one');
  });

  it('that were cancelled are run again', async () => {
    write('slow.ts', 'await new Promise((done) => setTimeout(done, globalThis.soon ?? 60_000)); export const x = 1;');
    const run = driven.run("import { x } from './slow.ts'; x");
    await new Promise((resolve) => setTimeout(resolve, 150));
    driven.cancel(run.id);
    expect((await run).outcome).toEqual({ state: 'cancelled' });
    await driven.run('globalThis.soon = 1; undefined');
    expect(await shownBy("import { x } from './slow.ts'; x")).toBe('1');
  });

  it('that fail are told at the import', async () => {
    write('broken.ts', 'export const a = ;');
    write('throws.ts', "\nthrow new Error('at load')");
    expect(await failureOf("1;\nimport { a } from './broken.ts'")).toMatchObject({
      code: 'syntax',
      line: 2,
      column: 1,
      message: expect.stringContaining('broken.ts, line 1, column 18'),
    });
    const thrown = await failureOf("import './throws.ts'");
    expect(thrown).toMatchObject({ code: 'thrown', line: 1, detail: expect.stringContaining('throws.ts, line 2') });
    write('throws.ts', "export const fine = 'mended'");
    expect(await shownBy("import { fine } from './throws.ts'; fine")).toBe('mended');
  });

  it.each<[string, string]>([
    ["import _ from 'lodash'", '.ts file beside the notebook'],
    ["import fs from 'node:fs'", 'data/'],
    ["import fs from 'fs'", 'data/'],
    ["import x from 'https://esm.sh/x'", ''],
    ["import x from './data.csv'", "from 'data.csv'"],
    ["import x from './other'", 'whole name'],
    ["import x from '../../secret.ts'", 'beside the notebook'],
    ["import x from '/etc/passwd.ts'", ''],
    ["import x from './missing.ts'", 'folder'],
    ["import { nothing } from './helpers.ts'", 'It exports'],
    ["await import('lodash')", '.ts file'],
  ])('%s is refused, with what to do', async (source, hint) => {
    expect(await failureOf(source)).toMatchObject({ code: 'import', line: 1, hint: expect.stringContaining(hint) });
  });
});

it('a named paragraph without a table says so', async () => {
  const { outcome } = await driven.run('const x = 1', { name: 'rows' });
  expect(outcome).toMatchObject({ state: 'failed', failure: { code: 'no-result' } });
});
