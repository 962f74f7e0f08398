/** SQL as an interpreter: the session database of one notebook. */
import { Failed, failure } from '../errors.ts';
import type { Interpreter } from '../runner.ts';
import { createColumns } from './columns.ts';
import { openEngine } from './database.ts';
import { createGuard } from './guard.ts';
import { createNamedTables } from './named.ts';
import { runParagraph } from './run.ts';
import type { Session } from './session.ts';

export function createSql(): Interpreter {
  let session: Session | undefined;
  const ready = (): Session => {
    if (!session) throw new Failed(failure('internal', 'The session was not started.'));
    return session;
  };
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
        };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new Failed(failure('session-damaged', 'The session database can’t be opened.', { detail }));
      }
    },
    run: (request, context) => runParagraph(ready(), request, context),
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
    async close() {
      session?.engine.close();
    },
  };
}
