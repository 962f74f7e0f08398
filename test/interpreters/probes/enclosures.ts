/**
 * The enclosures that the probes are tried in: those of real sessions and of the results reader, with the mounts and flags
 * of the interpreter's own program; what runs in them is the table of `enclosure.ts` instead of a language. The shell runs it
 * as a paragraph, as anyone may. Around them stands what a server's machine has: another session, secrets, services.
 */
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openGuard } from '../../../server/network/guard.ts';
import { openNetwork } from '../../../server/network/network.ts';
import { hostOf, resolveProgram } from '../../../server/programs.ts';
import { readerLine } from '../../../server/reader.ts';
import type { Sandbox } from '../../../server/sessions/isolation.ts';
import { launch } from '../../../server/sessions/launch.ts';
import type { Program } from '../../../server/sessions/program.ts';
import { findSystem } from '../../../server/sessions/system.ts';
import { type Bench, openBench, root } from '../../server/sessions/support.ts';
import type { Answers, Planted } from './enclosure.ts';

export const ENCLOSURES = ['sql', 'typescript', 'shell', 'spreadsheet reader', 'results reader'] as const;
export type Enclosure = (typeof ENCLOSURES)[number];

/** The interpreter whose program gives the enclosure. */
const PROGRAMS = { sql: 'sql', typescript: 'typescript', 'spreadsheet reader': 'xlsx' } as const;
const TABLE = '/app/test/interpreters/probes/enclosure.ts';
const FIXTURES = ['test/fixtures/interpreters', 'test/interpreters/probes'];
export const NOTEBOOK = 'sub/report.nb.md';

/** The interpreter's flags and mounts, under a program that does what it is told. */
function escaped(program: Program): Program {
  const folders = FIXTURES.map((folder) => ({ host: join(root, folder), inside: `/app/${folder}` }));
  const entry = join(root, 'test/fixtures/interpreters/scripted.js');
  return {
    command: program.command,
    args: [...program.args.slice(0, -1), entry],
    mounts: [...program.mounts, ...folders],
  };
}

export type Surroundings = {
  readonly bench: Bench;
  readonly planted: Omit<Planted, 'readable' | 'writable' | 'shown'>;
  /** What the services on the host saw of visitors. */
  readonly visits: () => number;
  /** Whether the other session's process lives. */
  readonly otherLives: () => boolean;
  tryAll(enclosure: Enclosure): Promise<Answers>;
  close(): Promise<void>;
};

/** `granted`: the notebook has hosts, so that a network is bound into its enclosures. */
export async function openSurroundings(sandbox: Sandbox = 'auto', granted = false): Promise<Surroundings> {
  const secret = `gondola-secret-${process.pid}-${Date.now()}`;
  process.env.GONDOLA_PROBE_SECRET = secret;
  const network = openNetwork({
    grants: granted ? [{ notebooks: NOTEBOOK, hosts: [{ host: 'api.test', port: 443, private: false }] }] : [],
    guard: openGuard({ lookup: async () => [] }),
    pathOf: () => NOTEBOOK,
    used: () => undefined,
    log: () => undefined,
  });
  const bench = openBench({
    engine: 'sql',
    sandbox,
    network: { ...network, reaches: () => true },
    hostOf,
    resolveProgram(interpreter) {
      const [, inner] = interpreter.split('escaped-');
      if (inner === undefined) return resolveProgram(root, interpreter);
      const program = resolveProgram(root, inner);
      return program && escaped(program);
    },
    files: {
      'private.nb.md': `${secret} prose`,
      [NOTEBOOK]: 'mine',
      'sub/data/mine.csv': 'x\n1\n',
      'data/shared.csv': 'x\n1\n',
      'sub/data/enclosure.ts': readFileSync(join(import.meta.dirname, 'enclosure.ts'), 'utf8'),
      'other/data/theirs.csv': `x\n${secret}\n`,
      '.gondola/token': secret,
      '.gondola/notebooks/sample/results/a.duckdb': 'no database',
    },
  });
  const { workspace } = bench;
  let visits = 0;
  const servers: Server[] = [];
  const listen = (where: object): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        visits += 1;
        socket.on('error', () => undefined).end(secret);
      });
      servers.push(server);
      server.on('error', reject).listen(where, () => resolve(server));
    });
  const portOf = (server: Server | Socket): number => (server.address() as { port: number }).port;
  const tcp = await listen({ host: '127.0.0.1', port: 0 });
  const tcp6 = await listen({ host: '::1', port: 0 }).catch(() => tcp);
  const socketPath = join(workspace, 'service.sock');
  await listen({ path: socketPath });
  chmodSync(socketPath, 0o777);
  const abstract = `gondola-probe-${process.pid}`;
  await listen({ path: `\0${abstract}` });
  const udp = createSocket('udp4');
  udp.on('message', (_, from) => {
    visits += 1;
    udp.send(secret, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const memoryKey = 0x60000000 + (process.pid & 0xffffff);
  execFileSync('/usr/bin/perl', ['-e', `shmget(${memoryKey}, 4096, 01666) // die $!`]);
  const memoryFile = `/dev/shm/gondola-probe-${process.pid}`;
  writeFileSync(memoryFile, secret, { mode: 0o666 });

  // Another session at work, whose processes run as the same user.
  const mark = `97${process.pid}`;
  const other = `eval (process.getBuiltinModule('fs').writeFileSync('secret', 'x'), process.getBuiltinModule('child_process').spawn('/usr/bin/sleep', ['${mark}'], { stdio: 'ignore' }).pid)`;
  const begun = await bench.run(other, { notebook: 'private.nb.md', interpreter: 'escaped-sql' });
  if (begun.outcome.state !== 'done') throw new Error(JSON.stringify(begun.outcome));
  const living = (): number | undefined =>
    readdirSync('/proc')
      .map(Number)
      .find((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `/usr/bin/sleep\0${mark}\0`;
        } catch {
          return false;
        }
      });
  const otherPid = living();
  if (otherPid === undefined) throw new Error('the other session does not run');

  const planted: Surroundings['planted'] = {
    workspace,
    secret,
    serverPid: process.pid,
    otherPid,
    otherFile: join(workspace, '.gondola/notebooks/private-nb-md/session/secret'),
    ports: { tcp: portOf(tcp), tcp6: portOf(tcp6), udp: portOf(udp) },
    socketPath,
    abstract,
    memoryKey,
    memoryFile,
  };
  const inSession: Planted = {
    ...planted,
    writable: '/session',
    readable: '/session/data/mine.csv',
    shown: [
      ...['/data/0', '/data/1', '/session/data', '/results', '/modules', '/app'],
      ...(granted ? ['/network'] : []),
    ],
  };

  return {
    bench,
    planted,
    visits: () => visits,
    otherLives: () => living() === otherPid,
    async tryAll(enclosure) {
      if (enclosure === 'results reader') return tryReader(bench, planted);
      const ran =
        enclosure === 'shell'
          ? await bench.run(
              `/app/bin/node --no-warnings --input-type=module -e '${printing('/session/data/enclosure.ts', inSession)}'`,
              { notebook: NOTEBOOK, interpreter: 'shell' },
            )
          : await bench.run(`eval (await load('${TABLE}')).tryAll(${JSON.stringify(inSession)})`, {
              notebook: NOTEBOOK,
              interpreter: `escaped-${PROGRAMS[enclosure]}`,
            });
      if (ran.outcome.state !== 'done') throw new Error(JSON.stringify([ran.outcome, ran.stderr]));
      return JSON.parse(ran.stdout) as Answers;
    },
    async close() {
      for (const server of servers) server.close();
      udp.close();
      execFileSync('/usr/bin/perl', ['-e', `shmctl(shmget(${memoryKey}, 0, 0), 0, 0)`]);
      rmSync(memoryFile, { force: true });
      delete process.env.GONDOLA_PROBE_SECRET;
      await bench.close();
      network.close();
    },
  };
}

/** A program for `node -e`; no quotes but double ones. It ends with its answer: an attack may leave a socket open. */
const printing = (table: string, planted: Planted): string =>
  `const answers = await (await import("${table}")).tryAll(${JSON.stringify(planted)}); process.stdout.write(JSON.stringify(answers), () => process.exit(0));`;

/** The line that the server starts its results reader with, and another program at its end. */
async function tryReader(bench: Bench, planted: Surroundings['planted']): Promise<Answers> {
  const isolation = await bench.sessions.isolation();
  const readable = join(bench.workspace, '.gondola/notebooks');
  const temporary = join(bench.workspace, '.gondola/cache/reader');
  mkdirSync(temporary, { recursive: true });
  chmodSync(temporary, 0o777);
  const settings = { readable, temporary, memory: 2 ** 28, threads: 1, timeZone: 'UTC' };
  const machine = { memory: 4 * 2 ** 30, cores: 2 };
  const line = readerLine(
    { root, settings, system: findSystem(), machine, isolation: async () => isolation },
    isolation,
  );
  const at = line.args.lastIndexOf('/app/bin/node');
  // It is shown every notebook's records, as it serves them: what is not its own are notebooks, tokens and data.
  const all: Planted = {
    ...planted,
    otherFile: join(bench.workspace, '.gondola/processes/forged'),
    writable: temporary,
    readable: join(readable, 'sample/results/a.duckdb'),
    shown: [readable, '/app'],
  };
  const show = ['--ro-bind', import.meta.dirname, '/probes'];
  const program = printing('/probes/enclosure.ts', all);
  const end = line.args.lastIndexOf('--chdir');
  const args = [
    ...line.args.slice(0, end),
    ...show,
    ...line.args.slice(end, at + 1),
    ...['--no-warnings', '--input-type=module', '-e', program],
  ];
  const child = await launch({ ...line, args }, temporary);
  if ('failed' in child) throw new Error(child.failed);
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (said === '') throw new Error(complaint);
  return JSON.parse(said) as Answers;
}
