/**
 * What a TypeScript paragraph may try to get hold of: the process and objects around its isolate. Each attack gives
 * `undefined` where there was nothing to get, or fails; its control gives `ok` by the same means.
 */
export type Escape = {
  readonly class:
    | 'constructors'
    | 'errors'
    | 'overwritten parts'
    | 'objects that act'
    | 'modules'
    | 'memory'
    | 'names'
    | 'pollution'
    | 'network';
  readonly what: string;
  readonly attack: string;
  readonly control: string;
};

/** What a thing's constructor's constructor makes is a function of the realm that the thing came from. */
const realmOf = (thing: string): string => `(${thing} as any).constructor.constructor('return typeof process')()`;
const realmWorks = (thing: string): string => `(${thing} as any).constructor.constructor('return "ok"')()`;
const made = (what: string, thing: string): Escape => ({
  class: 'constructors',
  what,
  attack: realmOf(thing),
  control: realmWorks(thing),
});
const thrown = (what: string, work: string): Escape => ({
  class: 'errors',
  what,
  attack: `await (async () => { try { ${work} } catch (error) { return ${realmOf('error')} } return 'undefined' })()`,
  control: `await (async () => { try { ${work} } catch (error) { return error instanceof Error ? 'ok' : 'no error' } return 'no throw' })()`,
});
const imported = (what: string, name: string): Escape => ({
  class: 'modules',
  what,
  attack: `import * as found from '${name}'; typeof found`,
  control: "import { mine } from './helpers.ts'; mine",
});
const missing = (what: string, of: Escape['class'], ...names: string[]): Escape => ({
  class: of,
  what,
  attack: `${JSON.stringify(names)}.map((name) => typeof (globalThis as any)[name]).find((one) => one !== 'undefined') ?? 'undefined'`,
  control:
    "['table', 'sql', 'console'].every((name) => typeof (globalThis as any)[name] !== 'undefined') ? 'ok' : 'gone'",
});
/** Overwrites a part while something of the host's runs, and puts it back. */
const overwritten = (
  what: string,
  owner: string,
  member: string,
  work = 'setTimeout(() => {}, 1); console.log(1)',
): Escape => {
  const during = (body: string, end: string): string =>
    `(() => { const seen: any[] = []; const kept = (${owner} as any).${member}; try { (${owner} as any).${member} = function (...args: any[]) { seen.push(this, ...args); return Reflect.apply(kept, this, args) }; ${body} } catch {} finally { (${owner} as any).${member} = kept } ${end} })()`;
  return {
    class: 'overwritten parts',
    what,
    attack: during(
      work,
      "const other = (one: any) => { try { return one?.constructor?.constructor?.('return typeof process')() } catch { return undefined } }; return seen.map(other).find((one) => one === 'object') ?? 'undefined'",
    ),
    control: during('', "return 'ok'"),
  };
};

export const ESCAPES: readonly Escape[] = [
  made('the global object’s constructors', 'globalThis'),
  {
    class: 'constructors',
    what: 'a function made of text',
    attack: "new Function('return typeof process')()",
    control: `new Function('return "ok"')()`,
  },
  {
    class: 'constructors',
    what: 'indirect evaluation',
    attack: "(0, eval)('typeof process')",
    control: `(0, eval)('"ok"')`,
  },
  {
    class: 'constructors',
    what: 'an async function made of text',
    attack: "await (async () => {}).constructor('return typeof process')()",
    control: `await (async () => {}).constructor('return "ok"')()`,
  },
  {
    class: 'constructors',
    what: 'a generator made of text',
    attack: "Object.getPrototypeOf(function* () {}).constructor('return typeof process')().next().value",
    control: `Object.getPrototypeOf(function* () {}).constructor('return "ok"')().next().value`,
  },
  {
    class: 'constructors',
    what: 'a timer with text for a function',
    attack:
      "await new Promise((done) => { (globalThis as any).got = 'undefined'; try { (setTimeout as any)('got = typeof process', 0) } catch {} setTimeout(() => done((globalThis as any).got), 20) })",
    control: "await new Promise((done) => setTimeout(() => done('ok'), 0))",
  },
  made('what the console is', 'console.log'),
  made('what a timer is', 'setTimeout'),
  made('what an address is', "new URL('http://a')"),
  made('what a clone is', 'structuredClone({ a: 1 })'),
  made('what the values of forms are', 'forms'),
  made('what random bytes are', 'crypto.getRandomValues(new Uint8Array(4))'),
  made('what rows of the engine are', '(await sql`select 1 as x`.rows())[0]'),
  made('what columns of the engine are', '(await sql`select 1::bigint as x`.columns())'),
  made('what the promise of rows is', 'sql`select 1 as x`.rows()'),
  made('what a DataFrame is', 'sql`select 1 as x`'),
  thrown('an error of the language', 'null!.x'),
  thrown('an error of an address', "new URL('')"),
  thrown('an error of a clone', 'structuredClone({ f() {} })'),
  thrown('an error of a module', "await import('./nowhere.ts')"),
  thrown('an error of the library', "table('')"),
  thrown('an error of the engine', 'await sql`select nonsense`.rows()'),
  thrown('an error of the stack', 'const f = (): number => f() + 1; f()'),
  thrown('an error of memory', 'new ArrayBuffer(2 ** 52)'),
  {
    class: 'errors',
    what: 'the functions on the stack, by a formatter of its own',
    attack:
      "(() => { (Error as any).prepareStackTrace = (_: unknown, sites: any[]) => sites.map((site) => site.getFunction() ?? site.getThis()).filter((one) => one !== undefined && one !== globalThis); const found = (new Error() as any).stack; delete (Error as any).prepareStackTrace; return found.length === 0 ? 'undefined' : 'seen' })()",
    control:
      "(() => { (Error as any).prepareStackTrace = (_: unknown, sites: any[]) => sites.length > 0; const found = (new Error() as any).stack; delete (Error as any).prepareStackTrace; return found ? 'ok' : 'no' })()",
  },
  {
    class: 'errors',
    what: 'the host’s folders, in the text of a stack',
    attack:
      "/(file:|\\/(app|work|home|root|tmp|node_modules|dist)\\/)/.test(new Error('x').stack ?? '') ? new Error('x').stack : 'undefined'",
    control: "(new Error('x').stack ?? '').includes('Error: x') ? 'ok' : 'no'",
  },
  {
    class: 'errors',
    what: 'who called, by the caller of old functions',
    attack:
      "(() => { try { return typeof (Function as any)('return (function f() { return f.caller && f.caller.caller })()')() } catch { return 'undefined' } })().replace('object', 'undefined')",
    control: `Function('return "ok"')()`,
  },
  overwritten('what maps are asked by', 'Map.prototype', 'get'),
  overwritten('what functions are called by', 'Function.prototype', 'call'),
  overwritten('what arrays grow by', 'Array.prototype', 'push', "console.log(1); try { table('a') } catch {}"),
  overwritten('what promises go on by', 'Promise.prototype', 'then', 'void sql`select 1 as x`.rows().catch(() => 0)'),
  overwritten(
    'what texts are made by',
    'JSON',
    'stringify',
    'console.log({ a: 1 }); void sql`select ${{ a: 1 } as any}`',
  ),
  overwritten('what properties are defined by', 'Object', 'defineProperty', 'structuredClone({ a: 1 })'),
  {
    class: 'overwritten parts',
    what: 'what every object is said to continue with',
    attack:
      "await (async () => { const seen: any[] = []; Object.defineProperty(Object.prototype, 'then', { configurable: true, get() { seen.push(this); return undefined } }); try { await sql`select 1 as x`.rows() } catch {} finally { delete (Object.prototype as any).then } return seen.map((one) => { try { return one.constructor.constructor('return typeof process')() } catch { return undefined } }).find((one) => one === 'object') ?? 'undefined' })()",
    control: "await ({ then: (done: (value: string) => void) => done('ok') } as any)",
  },
  {
    class: 'objects that act',
    what: 'a display of its own, handed the inspector of the host',
    attack:
      "(() => { (globalThis as any).got = undefined; console.log({ [Symbol.for('nodejs.util.inspect.custom')](_: unknown, __: unknown, inspect: any) { (globalThis as any).got = inspect; return 'x' } }); const got = (globalThis as any).got; return got === undefined ? 'undefined' : got.constructor('return typeof process')() })()",
    control: "(console.log({ a: 1 }), 'ok')",
  },
  {
    class: 'objects that act',
    what: 'a proxy that is shown',
    attack:
      "(() => { const seen: any[] = []; const trap = new Proxy({}, { get: (_, name) => (_: unknown, ...args: any[]) => { seen.push(...args); return Reflect.get(Reflect, name) && (Reflect as any)[name](...[_, ...args]) } }); console.log(new Proxy({ a: 1 }, trap as any)); return seen.map((one) => { try { return one.constructor.constructor('return typeof process')() } catch { return undefined } }).find((one) => one === 'object') ?? 'undefined' })()",
    control: "(console.log(new Proxy({ a: 1 }, {})), 'ok')",
  },
  {
    class: 'objects that act',
    what: 'a proxy as a value of a statement',
    attack:
      "await (async () => { const seen: any[] = []; const value = new Proxy({}, { get(_, name, self) { seen.push(self); return undefined } }); try { await sql`select ${value as any} as x`.rows() } catch (error) { seen.push(error) } return seen.map((one) => { try { return (one as any).constructor.constructor('return typeof process')() } catch { return undefined } }).find((one) => one === 'object') ?? 'undefined' })()",
    control: "(await sql`select ${'ok'} as x`.rows())[0]!.x as string",
  },
  {
    class: 'objects that act',
    what: 'a name that is text only when asked twice',
    attack:
      "(() => { let asked = 0; const name = { toString() { asked += 1; return asked > 1 ? '__proto__' : 'kept' } }; try { return typeof (table(name as any) as any).process } catch { return 'undefined' } })()",
    control: "(await table('kept').rows()).length === 1 ? 'ok' : 'no'",
  },
  {
    class: 'objects that act',
    what: 'an array whose kind makes other arrays',
    attack:
      "(() => { let got: any; class Odd extends Array { static get [Symbol.species]() { return function (this: any, ...args: any[]) { got = this; return [...args] } } } try { console.log(Odd.from([1, 2]).map((x) => x)) } catch {} try { return got.constructor.constructor('return typeof process')() } catch { return 'undefined' } })()",
    control: "(class extends Array {}).from(['ok'])[0] as string",
  },
  {
    class: 'objects that act',
    what: 'a getter that the last expression shows',
    attack: "({ get a() { try { return typeof (globalThis as any).process } catch { return 'undefined' } } }).a",
    control: "({ get a() { return 'ok' } }).a",
  },
  imported('a module of Node by its scheme', 'node:fs'),
  imported('a module of Node by its name', 'child_process'),
  imported('a package of the program', 'isolated-vm'),
  imported('a module in an address', 'data:text/javascript,export default process'),
  imported('a module by a path of the host', 'file:///etc/hostname'),
  imported('a file that is no module', './notes.nb.md'),
  imported('a module above its folder', '../private.ts'),
  {
    class: 'modules',
    what: 'a module by a name made at run time',
    attack: "const name = 'no' + 'de:fs'; await import(name).then((found) => typeof found, () => 'undefined')",
    control: "import { mine } from './helpers.ts'; mine",
  },
  missing('the ways of Node to load', 'modules', 'module', 'process', 'Buffer', 'global', 'Deno', 'Bun', '__filename'),
  {
    class: 'memory',
    what: 'a program of WebAssembly that asks for what is around it',
    attack:
      "(() => { try { const bytes = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,16,1,7,112,114,111,99,101,115,115,4,101,120,105,116,0,0]); new WebAssembly.Instance(new WebAssembly.Module(bytes), globalThis as any); return 'seen' } catch { return 'undefined' } })()",
    control:
      "(() => { if (typeof WebAssembly === 'undefined') return 'ok'; const bytes = new Uint8Array([0,97,115,109,1,0,0,0]); new WebAssembly.Instance(new WebAssembly.Module(bytes)); return 'ok' })()",
  },
  {
    class: 'memory',
    what: 'memory that other threads write',
    attack:
      "(() => { const all = Reflect.ownKeys(globalThis).map((key) => { try { return (globalThis as any)[key] } catch { return undefined } }); return all.some((one) => typeof SharedArrayBuffer !== 'undefined' && (one instanceof SharedArrayBuffer || one?.buffer instanceof SharedArrayBuffer)) ? 'seen' : 'undefined' })()",
    control: "new Uint8Array(new ArrayBuffer(2)).length === 2 ? 'ok' : 'no'",
  },
  {
    class: 'memory',
    what: 'bytes of others in memory that is new',
    attack: "new Uint8Array(new ArrayBuffer(1 << 20)).some((byte) => byte !== 0) ? 'seen' : 'undefined'",
    control: "new Uint8Array([1]).some((byte) => byte !== 0) ? 'ok' : 'no'",
  },
  missing(
    'the parts that the isolate was made with',
    'names',
    'ivm',
    '__host',
    '$0',
    '$1',
    'send',
    'outer',
    'openRealm',
    'isolate',
  ),
  {
    class: 'names',
    what: 'references to the host that were left lying',
    attack:
      "Reflect.ownKeys(globalThis).map((key) => (globalThis as any)[key]).some((one) => typeof one === 'object' && one !== null && ['applySync', 'derefInto', 'copyInto'].some((name) => name in one)) ? 'seen' : 'undefined'",
    control: "Reflect.ownKeys(globalThis).includes('Object') ? 'ok' : 'no'",
  },
  {
    class: 'names',
    what: 'the functions of the engine’s own language',
    attack: '%DebugPrint(globalThis)',
    control: "5 % 3 === 2 ? 'ok' : 'no'",
  },
  missing('another realm', 'names', 'ShadowRealm', 'Worker', 'SharedWorker', 'vm', 'gc', 'd8', 'inspector'),
  {
    class: 'pollution',
    what: 'every object, by a key of rows that it shows',
    attack: `(console.log(JSON.parse('{"__proto__": {"polluted": 1}}')), sql\`select 1 as "__proto__", 2 as "constructor"\`.rows().then(() => typeof ({} as any).polluted))`,
    control: "(await sql`select 'ok' as \"odd name\"`.rows())[0]!['odd name'] as string",
  },
  {
    class: 'pollution',
    what: 'every object, by what is called for',
    attack:
      "await (async () => { const all: any = Object.prototype; all.method = 'attach'; all.path = '/etc/passwd'; all.error = undefined; try { const [row] = await sql`select 1 as x`.rows(); return row!.x === 1 ? 'undefined' : 'changed' } finally { delete all.method; delete all.path; delete all.error } })()",
    control: "(() => { const own: any = Object.create({ method: 'ok' }); return own.method })()",
  },
  {
    class: 'network',
    what: 'an address of the web',
    attack: "await fetch('http://127.0.0.1:1/').then((found) => typeof found)",
    control: "new URL('http://127.0.0.1:1/').port === '1' ? 'ok' : 'no'",
  },
  {
    class: 'modules',
    what: 'a module of Node by the older way',
    attack: "typeof (globalThis as any).require('node:fs')",
    control: "import { mine } from './helpers.ts'; mine",
  },
  missing(
    'a way out to the network',
    'network',
    'XMLHttpRequest',
    'WebSocket',
    'EventSource',
    'navigator',
    'WebTransport',
  ),
];
