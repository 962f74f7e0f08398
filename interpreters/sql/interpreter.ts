/** SQL as an interpreter: the session database of one notebook. */
import { Failed, failure } from '../errors.ts';
import type { RunRequest } from '../protocol.ts';
import type { Interpreter } from '../runner.ts';
import type { Inputs, Uses, UsesAsked } from '../uses.ts';
import type { Asks } from './asks/asks.ts';
import type { Checker } from './check.ts';
import { createColumns } from './columns.ts';
import { openEngine } from './database.ts';
import { createGuard } from './guard.ts';
import type { Look } from './inputs.ts';
import { createNamedTables } from './named.ts';
import { createRagged } from './ragged.ts';
import { runParagraph } from './run.ts';
import type { Session } from './session.ts';
import { createSheets } from './sheets.ts';
import type { SqlUses } from './uses/uses.ts';

/** Texts of runs, the newest: a notebook's. */
const REMEMBERED = 100;

export function createSql(): Interpreter {
  let session: Session | undefined;
  /** Loaded when the first other program asks: a notebook of SQL alone needs none of it. */
  let asks: Asks | undefined;
  let uses: SqlUses | undefined;
  let checker: Checker | undefined;
  let look: Look | undefined;
  /** What runs read by their words: a text that runs again is not taken apart again. */
  const texts = new Map<string, readonly Uses[]>();
  const ready = (): Session => {
    if (!session) throw new Failed(failure('internal', 'The session was not started.'));
    return session;
  };
  async function asking(): Promise<Asks> {
    const current = ready();
    const { openAsks } = await import('./asks/asks.ts');
    asks ??= openAsks(current);
    return asks;
  }
  async function usesOf(asked: UsesAsked): Promise<readonly Uses[]> {
    const { createUses } = await import('./uses/uses.ts');
    uses ??= createUses(ready().engine);
    return uses.of(asked);
  }
  async function inputsOf(asked: UsesAsked, found: readonly Uses[]): Promise<readonly (Inputs | undefined)[]> {
    const { createLook } = await import('./inputs.ts');
    look ??= createLook(ready());
    return look.at(asked.asks, asked.forms, found);
  }
  async function reads({ source, forms }: Pick<RunRequest, 'source' | 'forms'>): Promise<Inputs | undefined> {
    const asked = { asks: [{ interpreter: 'sql', source }], forms };
    const key = JSON.stringify([source, forms]);
    const known = texts.get(key) ?? (await usesOf(asked));
    texts.delete(key);
    // A password is remembered nowhere.
    if (!Object.values(forms).some(({ type }) => type === 'password')) texts.set(key, known);
    const [oldest] = texts.keys();
    if (texts.size > REMEMBERED && oldest !== undefined) texts.delete(oldest);
    const [inputs] = await inputsOf(asked, known);
    return inputs;
  }
  return {
    language: 'sql',
    async start(request) {
      process.chdir(request.session);
      try {
        const engine = await openEngine(request);
        session = {
          start: request,
          engine,
          named: createNamedTables(engine.meta),
          guard: createGuard(request),
          columns: createColumns(),
          sheets: createSheets(engine.meta, request.session),
          ragged: createRagged(engine.meta, request.session),
          temporary: { made: false },
          altered: { unseen: false, tables: 0 },
        };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new Failed(failure('session-damaged', 'The session database can’t be opened.', { detail }));
      }
    },
    async run(request, context) {
      if (request.interpreter !== 'vega-lite') return runParagraph(ready(), request, context, reads);
      const { runVegaLite } = await import('./vega-lite.ts');
      return runVegaLite(await asking(), request, context);
    },
    /** The first statement of a process takes three times as long as the next. */
    async warm(context) {
      const nothing = { options: {}, forms: {}, tables: [] };
      const request = { type: 'run', run: '', source: 'select 1 as n', reads: true, ...nothing } as const;
      await runParagraph(ready(), request, context, reads);
    },
    async ask(request, context) {
      try {
        return await (await asking()).ask(request, context);
      } finally {
        ready().altered.tables += 1;
      }
    },
    async release(run) {
      await asks?.release(run);
    },
    async complete(text, offset, tables) {
      const { complete } = await import('./complete.ts');
      await ready().named.update(tables);
      return complete(ready(), text, offset);
    },
    async tables(tables) {
      const { listTables } = await import('./tables.ts');
      await ready().named.update(tables);
      return listTables(ready());
    },
    async check(text, forms, tables) {
      const { createChecker } = await import('./check.ts');
      await ready().named.update(tables);
      checker ??= createChecker(ready());
      return checker.check(text, forms);
    },
    async uses(asked) {
      const found = await usesOf(asked);
      if (!asked.inputs) return found;
      const inputs = await inputsOf(asked, found);
      return found.map((one, index) => {
        const now = inputs[index];
        return now ? { ...one, inputs: now } : one;
      });
    },
    async close() {
      await asks?.close();
      session?.engine.close();
    },
  };
}
