/** Spreadsheets into lines of values, as a program of the session: it answers `sheet` (`SessionMethods` of the protocol). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failed, failure } from '../errors.ts';
import { EXCHANGE_FOLDER, type SessionMethods } from '../protocol.ts';
import type { Interpreter } from '../runner.ts';
import { convertSheet } from './convert.ts';

/** Unused for so long it ends: the next conversion starts it again in a tenth of a second. */
const IDLE_MS = 60_000;

/** `end` is called when nobody asked for a while. */
export function createXlsx(end: () => void): Interpreter {
  let session = '';
  let made = 0;
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    idle = setTimeout(end, IDLE_MS).unref();
  };
  return {
    language: 'xlsx',
    async start(request) {
      session = request.session;
      rest();
    },
    async run() {
      return { state: 'failed', failure: failure('unsupported', 'Spreadsheets are read by SQL.') };
    },
    async ask({ run, method, params }, { signal }): Promise<SessionMethods['sheet']['result']> {
      const { path, sheet } = parse(method, params);
      clearTimeout(idle);
      try {
        await mkdir(join(session, EXCHANGE_FOLDER), { recursive: true });
        made += 1;
        const file = join(EXCHANGE_FOLDER, `${run.replaceAll(/[^\w-]/g, '_')}-sheet-${made}.csv`);
        return { ...(await convertSheet(join(session, path), sheet, join(session, file), signal)), file };
      } finally {
        rest();
      }
    },
  };
}

function parse(method: string, params: unknown): SessionMethods['sheet']['params'] {
  if (method === 'sheet' && typeof params === 'object' && params !== null) {
    const { path, sheet } = params as Record<string, unknown>;
    if (typeof path === 'string' && (sheet === undefined || typeof sheet === 'string'))
      return { path, ...(sheet === undefined ? {} : { sheet }) };
  }
  throw new Failed(failure('unsupported', `The converter has no call ${method.slice(0, 100)}.`));
}
