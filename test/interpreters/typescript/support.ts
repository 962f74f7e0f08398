/**
 * The library over a real engine, in this process instead of an isolate. `paragraph` runs a text as the compiler would
 * have it: every function marked, its free names captured, the last expression given back.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Node, parse, parseExpressionAt } from 'acorn';
import { Failed } from '../../../interpreters/errors.ts';
import { type EngineMethods, type Event, EXCHANGE_FOLDER, type OutputEvent } from '../../../interpreters/protocol.ts';
import type { Host, Library, Paragraph } from '../../../interpreters/typescript/bridge.ts';
import {
  declared,
  isFunction,
  nodeOf,
  type Node as Tree,
  walk,
} from '../../../interpreters/typescript/lambda/syntax.ts';
import { createLibrary } from '../../../interpreters/typescript/library/main.ts';
import { type Driven, discard, drive, sqlProgram, type TableEvent } from '../harness.ts';
import { blockRows } from '../sql/reading.ts';

const RUN = 'asker';
type Answer = Extract<Event, { type: 'answer' }>;

export type Bench = {
  readonly sql: Driven;
  readonly host: Host;
  readonly library: Library;
  readonly outputs: OutputEvent[];
  /** Calls of the engine so far, by name. */
  readonly calls: string[];
  /** What the paragraph's last expression gives, not shown. */
  value(source: string): Promise<unknown>;
  /** Runs and shows it; rows of the table with that number. */
  shown(source: string, named?: boolean): Promise<readonly Record<string, unknown>[]>;
  /** The failure and where it points: the marked text. */
  failure(source: string): Promise<{ code: string; message: string; at?: string; hint?: string; fix?: string }>;
  close(): Promise<void>;
};

export async function startBench(setup = ''): Promise<Bench> {
  const sql = await drive(sqlProgram);
  const outputs: OutputEvent[] = [];
  const calls: string[] = [];
  let table = 0;
  let call = 0;
  let file = 0;
  mkdirSync(join(sql.session, EXCHANGE_FOLDER), { recursive: true });
  if (setup !== '') {
    const { outcome } = await sql.run(setup);
    if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  }
  const host: Host = {
    call: async (method, params) => {
      calls.push(method);
      call += 1;
      const number = call;
      sql.send({ type: 'ask', call: number, run: RUN, method, params, tables: [] });
      const { result, error } = await sql.event(
        (event): event is Answer => event.type === 'answer' && event.call === number,
      );
      if (error) throw new Failed(error);
      return result as EngineMethods[typeof method]['result'];
    },
    show: (output) => outputs.push(output),
    nextTable: () => table++,
    take: async (path) => {
      const bytes = readFileSync(join(sql.session, path));
      rmSync(join(sql.session, path));
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      return shared;
    },
    give: async (bytes) => {
      file += 1;
      const path = join(EXCHANGE_FOLDER, `given-${file}.arrow`);
      writeFileSync(join(sql.session, path), new Uint8Array(bytes));
      return path;
    },
    readFile: async (path) => new Uint8Array(readFileSync(join(sql.session, path))).buffer,
    parse: (expression) => parseExpressionAt(expression, 0, { ecmaVersion: 'latest' }),
    inspect: (value) => inspect(value),
  };
  const library = createLibrary(host);
  const scope: Record<string, unknown> = { ...library.globals };

  const value = async (source: string): Promise<unknown> => {
    const paragraph: Paragraph = { source };
    const { code, names } = compile(source);
    const run = new Function('__lambda', '__scope', '__paragraph', code) as (...all: unknown[]) => Promise<unknown>;
    const result = await run(library.lambda, scope, paragraph);
    for (const name of names) if (!(name in scope)) scope[name] = undefined;
    return result;
  };

  return {
    sql,
    host,
    library,
    outputs,
    calls,
    value,
    async shown(source, named = false) {
      const number = table;
      await library.show(await value(source), named);
      const event = await sql.event(
        (one): one is TableEvent => one.type === 'table' && one.run === RUN && one.table === number && !one.open,
      );
      const names = event.columns.map((column) => column.name);
      return blockRows(event).map((row) => Object.fromEntries(row.map((cell, index) => [names[index], cell])));
    },
    async failure(source) {
      try {
        const given = await value(source);
        await library.show(given, false);
      } catch (error) {
        const located = library.failureOf(error);
        if (!located) throw error;
        const { code, message, hint, fix } = located.failure;
        const { place, mark } = located;
        const marked = mark?.find.map((text) => source.indexOf(text)).find((at) => at !== -1);
        const length = mark?.length ?? mark?.find.find((text) => source.includes(text))?.length ?? 0;
        const start = (marked ?? 0) + (mark?.start ?? 0);
        const at = place
          ? source.slice(place.start, place.end)
          : marked === undefined
            ? undefined
            : source.slice(start, start + length);
        return {
          code,
          message,
          ...(at === undefined ? {} : { at }),
          ...(hint === undefined ? {} : { hint }),
          ...(fix ? { fix: fix.replacement } : {}),
        };
      }
      throw new Error('It did not fail.');
    },
    async close() {
      await discard(sql);
      if (existsSync(sql.folder)) rmSync(sql.folder, { recursive: true, force: true });
    },
  };
}

/** As the compiler does it, in small: one async function over a scope, functions marked, the last expression returned. */
function compile(source: string): { code: string; names: string[] } {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true });
  const names = program.body.flatMap((node) =>
    node.type === 'VariableDeclaration' ? node.declarations.flatMap(({ id }) => declared(id as unknown as Tree)) : [],
  );
  const all = new Set(
    [...walk(program as unknown as Tree)].flatMap((node) =>
      node.type === 'VariableDeclarator' ? declared(nodeOf(node.id)) : [],
    ),
  );
  const inserts: { at: number; text: string }[] = [];
  // At one place, what is inserted later comes first: closing ones from the outside in, opening ones from the inside out.
  const last = program.body.at(-1) as (Node & { readonly expression?: Node }) | undefined;
  const result = last?.type === 'ExpressionStatement' ? last.expression : undefined;
  if (result) inserts.push({ at: result.end, text: ')' });
  for (const node of walk(program as unknown as Tree)) {
    if (!isFunction(node) || node.type === 'FunctionDeclaration') continue;
    const used = new Set([...walk(node)].flatMap((part) => (part.type === 'Identifier' ? [String(part.name)] : [])));
    const captured = [...used]
      .filter((name) => all.has(name))
      .map((name) => `...(typeof ${name} === 'undefined' ? {} : { ${name} })`);
    inserts.push({ at: node.start, text: '__lambda(' });
    inserts.push({
      at: node.end,
      text: `, ${node.start}, ${node.end}, () => ({ ${captured.join(', ')} }), __paragraph)`,
    });
  }
  if (last && result) inserts.push({ at: last.start, text: 'return (' });
  let code = source;
  for (const { at, text } of inserts.sort((a, b) => b.at - a.at)) code = code.slice(0, at) + text + code.slice(at);
  return { code: `with (__scope) { return (async () => {\n${code}\n})(); }`, names };
}
