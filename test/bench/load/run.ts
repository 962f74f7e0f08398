/**
 * A load by hand: `node test/bench/load/run.ts --clients 500 --notebooks 50 --edits 2000 --seconds 60`, against a built server that
 * it starts itself, or with `--at http://127.0.0.1:PORT/?token=TOKEN` against one that runs, over its first notebooks: their text
 * is written into. `--peer`: Hocuspocus instead. `--profile DIR`: the server writes a CPU profile there. Prints one line of JSON; exits with 1 where an edit is missing or doubled. Ends by itself.
 */
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../../../server/build.js';
import { root } from '../../support/server.ts';
import { faultsOf, fullLoad, runLoad, type Target } from './load.ts';
import { HOW_TO_INSTALL, type Served, serveGondola, servePeer } from './servers.ts';
import { isLoopback } from './wire.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '100' },
    notebooks: { type: 'string', default: '1' },
    edits: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    typing: { type: 'string' },
    presence: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string' },
    peer: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

/** A machine is not to be loaded for longer by a slip of the hand. */
const MOST = { clients: 10_000, notebooks: 1_000, edits: 20_000, seconds: 20 * 60, typing: 10_000, presence: 3_600 };

function numberOf(name: keyof typeof MOST): number {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= 0 && number <= MOST[name]) return number;
  process.stderr.write(`--${name} is a number up to ${MOST[name]}.\n`);
  process.exit(2);
}

const load = fullLoad({
  clients: numberOf('clients'),
  notebooks: numberOf('notebooks'),
  edits: numberOf('edits'),
  seconds: numberOf('seconds'),
  presence: numberOf('presence'),
  seed: Number(values.seed),
  ...(values.typing === undefined ? {} : { typing: numberOf('typing') }),
});

const served = values.at === undefined ? await serve() : { target: await targetAt(values.at), stop: async () => 0 };
try {
  const loaded = await runLoad(served.target, load);
  process.stdout.write(`${JSON.stringify({ load, ...loaded })}\n`);
  process.exitCode = faultsOf(loaded).length > 0 ? 1 : 0;
} finally {
  await served.stop();
}

async function serve(): Promise<Served> {
  const execArgv = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  if (!values.peer) {
    await ensureBuilt(root);
    return serveGondola(load.notebooks, { execArgv });
  }
  const peer = await servePeer('hocuspocus', load.notebooks, { execArgv });
  if (peer) return peer;
  process.stderr.write(`Hocuspocus is not here: ${HOW_TO_INSTALL}\n`);
  process.exit(2);
}

async function targetAt(address: string): Promise<Target> {
  const url = new URL(address);
  if (!isLoopback(url.hostname)) {
    process.stderr.write(`${url.hostname} is not this machine: only a server on it is loaded.\n`);
    process.exit(2);
  }
  const token = url.searchParams.get('token') ?? '';
  const answer = await fetch(`${url.origin}/api/v1/notebooks?limit=${load.notebooks}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items = [] } = (await answer.json()) as { items?: { id: string }[] };
  if (items.length < load.notebooks) {
    process.stderr.write(
      `It gives ${items.length} notebooks (${answer.status}); ${load.notebooks} are to be loaded.\n`,
    );
    process.exit(2);
  }
  return {
    dialect: 'gondola',
    host: url.hostname,
    port: Number(url.port || 80),
    token,
    notebooks: items.map(({ id }) => id),
  };
}
