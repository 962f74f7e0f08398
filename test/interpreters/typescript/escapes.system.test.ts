/** What a paragraph's own code can't reach: the process, the host's objects, other paragraphs' insides. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Driven, discard, drive } from '../harness.ts';
import { typescriptProgram } from './program.ts';

let driven: Driven;
beforeAll(async () => {
  driven = await drive(typescriptProgram);
});
afterAll(() => discard(driven));

/** Each gives the type of something of the host, which must be `undefined`, or throws. */
const ESCAPES: readonly string[] = [
  'typeof process',
  "typeof globalThis.constructor.constructor('return this')().process",
  "this === undefined ? 'undefined' : typeof (this as any).process",
  "new Function('return typeof process')()",
  "(0, eval)('typeof process')",
  "(async () => {}).constructor('return typeof process')()",
  "Object.getPrototypeOf(function* () {}).constructor('return typeof process')().next().value",
  "console.log.constructor('return typeof process')()",
  "(setTimeout as any).constructor.constructor('return typeof process')()",
  "new URL('http://a').constructor.constructor('return typeof process')()",
  "(crypto.randomUUID as any).constructor('return typeof process')()",
  "(structuredClone({ a: 1 }) as any).constructor.constructor('return typeof process')()",
  "(forms as any).constructor.constructor('return typeof process')()",
  "(() => { try { null!.x } catch (error) { return (error as any).constructor.constructor('return typeof process')() } })()",
  "(() => { try { new URL('') } catch (error) { return (error as any).constructor.constructor('return typeof process')() } })()",
  "(() => { try { structuredClone({ f() {} }) } catch (error) { return (error as any).constructor.constructor('return typeof process')() } })()",
  "await import('./x.ts').catch((error) => error.constructor.constructor('return typeof process')())",
  "(() => { try { table('') } catch (error) { return (error as any).constructor.constructor('return typeof process')() } })()",
  "(() => { (Error as any).prepareStackTrace = (_: unknown, sites: any[]) => sites.map((site) => site.getFunction() ?? site.getThis()).filter((one) => one !== undefined && one !== globalThis); const found = (new Error() as any).stack; delete (Error as any).prepareStackTrace; return found.length === 0 ? 'undefined' : 'seen' })()",
  "(() => { const seen: unknown[] = []; const get = Map.prototype.get; Map.prototype.get = function (key) { seen.push(this); return get.call(this, key) }; setTimeout(() => {}, 1); Map.prototype.get = get; return seen.some((one) => (one as any)?.constructor?.constructor?.('return typeof process')() !== 'undefined') ? 'seen' : 'undefined' })()",
  "['ivm', '__host', '$0', '$1', 'send', 'outer', 'openRealm', 'isolate', 'require.main', 'module', 'global', 'Deno', 'Buffer'].map((name) => typeof (globalThis as any)[name]).filter((one) => one !== 'undefined')[0] ?? 'undefined'",
  "Reflect.ownKeys(globalThis).map((key) => (globalThis as any)[key]).some((one) => typeof one === 'object' && one !== null && ['applySync', 'derefInto', 'copyInto'].some((name) => name in one)) ? 'seen' : 'undefined'",
  'typeof (globalThis as any).WebAssembly?.host',
  'typeof (await (async () => (globalThis as any).process)())',
];

it.each(ESCAPES)('%s', async (source) => {
  const { outcome, values } = await driven.run(source);
  if (outcome.state === 'done') expect(values).toBe('undefined\n');
  else
    expect(outcome).toMatchObject({ state: 'failed', failure: { code: expect.stringMatching(/thrown|unknown-name/) } });
});

it('what the library relies on can’t be overwritten, and can be declared anew', async () => {
  for (const name of ['table', 'sql', 'DataFrame', 'count', 'console', 'setTimeout', 'URL', 'TextEncoder', 'crypto']) {
    const { outcome } = await driven.run(`(globalThis as any).${name} = 1`);
    expect(outcome).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('read only') } });
  }
  expect((await driven.run('const count = 5; count')).values).toBe('5\n');
  expect((await driven.run('count + 1')).values).toBe('6\n');
  expect((await driven.run("const console = { log: () => 'mine' }; console.log()")).values).toBe('mine\n');
});

it('prototypes that a paragraph breaks break its session only', async () => {
  const own = await drive(typescriptProgram);
  await own.run('Array.prototype.map = () => { throw new Error("broken") }; Promise.prototype.then = null as any;');
  await discard(own);
  expect((await driven.run('[1].map((x) => x + 1)')).values).toBe('[ 2 ]\n');
});
