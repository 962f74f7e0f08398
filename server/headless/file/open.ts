/**
 * `gondola FILE`: the file's copy in the scratch workspace, a notebook that shows it, and a server for both. A server that
 * already has the scratch workspace is told instead of starting a second one. The notebook runs once, so that its table is
 * there when the page opens.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortTaken, type RunningServer, startServer } from '../../app.ts';
import { type CommandLine, readConfig, UsageError } from '../../config.ts';
import { addressOf } from '../../workspace/address.ts';
import { type Api, apiOf } from './api.ts';
import { keep, makeScratch, type Shown, scratchFolder, takeIn } from './scratch.ts';
import { notebookText } from './text.ts';

export type OpenedFile = {
  /** Opens the notebook directly. */
  readonly address: string;
  /** Absent where a server was there already. */
  readonly server?: RunningServer;
};

export type OpenFileOptions = {
  readonly options: CommandLine;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  readonly progress: (fraction: number) => void;
  readonly signal: AbortSignal;
};

/** Rejects with UsageError. */
export async function openFile(file: string, given: OpenFileOptions): Promise<OpenedFile> {
  const { env, progress, signal } = given;
  const scratch = makeScratch(scratchFolder(env, process.platform));
  const { shown, fresh } = await takeIn(scratch, file, progress, signal);
  const records = join(scratch, '.gondola');
  const there = await addressOf(records);
  if (there !== undefined) {
    const token = env.GONDOLA_TOKEN || readFileSync(join(records, 'token'), 'utf8').trim();
    return { address: await show(apiOf(there, token, signal), there.origin, token, scratch, shown, fresh) };
  }
  const server = await start(scratch, given);
  try {
    const { origin, token } = server;
    const address = await show(apiOf(server, token, signal), origin, token, scratch, shown, fresh);
    return { address, server };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** On the usual port, or where that is taken and nobody asked for it, on any. */
async function start(scratch: string, { options, env, root }: OpenFileOptions): Promise<RunningServer> {
  const config = readConfig(scratch, options, env);
  try {
    return await startServer(config, root);
  } catch (error) {
    if (!(error instanceof PortTaken) || options.port !== undefined || env.GONDOLA_PORT) throw error;
    return startServer({ ...config, port: 0 }, root);
  }
}

/** The address of the file's notebook, which was made and run if need be. */
async function show(
  api: Api,
  origin: string,
  token: string,
  scratch: string,
  shown: Shown,
  fresh: boolean,
): Promise<string> {
  const known = shown.notebook === undefined ? undefined : await api('GET', `/notebooks/${shown.notebook}`);
  if (known?.status === 401) throw new UsageError('the server of the scratch workspace has another token.');
  const isThere = known?.status === 200;
  const id = isThere && shown.notebook !== undefined ? shown.notebook : await make(api, scratch, shown);
  if (!isThere || fresh) await expect(202, await api('POST', `/notebooks/${id}/runs`, {}));
  return `${origin}/?token=${encodeURIComponent(token)}&to=/n/${id}`;
}

async function make(api: Api, scratch: string, shown: Shown): Promise<string> {
  const text = notebookText(shown.name, shown.source);
  const body = await expect(201, await api('POST', '/notebooks', { text, title: shown.name }));
  const notebook = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
  keep(scratch, { ...shown, notebook });
  return notebook;
}

async function expect(status: number, answer: Awaited<ReturnType<Api>>): Promise<unknown> {
  if (answer.status === status) return answer.body;
  const { body } = answer;
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const said = typeof error === 'object' && error !== null && 'message' in error ? error.message : answer.status;
  throw new UsageError(`the file could not be shown: ${said}`);
}
