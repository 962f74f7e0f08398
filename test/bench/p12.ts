/**
 * P12: eight operations of a DataFrame over ten million rows, as TypeScript paragraphs of a running server, against the
 * same in hand-written SQL on a bare engine, against Arquero and against nodejs-polars, all in turn. A value is the
 * geometric mean of a round's operations. Answers are compared before anything is measured.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeWorkspace, startServer } from '../support/server.ts';
import { type Measured, ROUNDS } from './figure.ts';
import {
  airportsSql,
  flightsSql,
  GROUPS_AND_JOINS,
  type Operation,
  operations,
  type Peer,
  startPeer,
} from './frames.ts';

/** Fewer for a rough look: `P12_ROWS=1000000 P12_ROUNDS=2 npm run bench p12`. */
const ROWS = Number(process.env.P12_ROWS ?? 10_000_000);
const TIMES = Number(process.env.P12_ROUNDS ?? ROUNDS);
const OPERATIONS = Object.keys(operations) as Operation[];

const notebook = (): string =>
  [
    '# Frames',
    "```sql id=setup\ncreate or replace table flights as from 'data/flights.parquet';\ncreate or replace table airports as from 'data/airports.parquet';\n```",
    ...OPERATIONS.map((name) => `\`\`\`ts id=${idOf(name)}\n${operations[name].ours}\n\`\`\``),
  ].join('\n\n');

const idOf = (name: Operation): string => name.replace(' ', '-');

type Times = Readonly<Record<Operation, number>>;
const geometric = (times: Times, among: readonly Operation[] = OPERATIONS): number =>
  Math.exp(among.reduce((sum, name) => sum + Math.log(times[name]), 0) / among.length);

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'frames.nb.md': notebook() });
  const data = join(workspace.path, 'data');
  mkdirSync(data, { recursive: true });
  const files = {
    flights: join(data, 'flights.parquet'),
    airports: join(data, 'airports.parquet'),
    folder: workspace.path,
  };
  await write(files);
  const server = await startServer(workspace.path);
  const peers: Peer[] = [];
  try {
    const ours = await openOurs(server);
    for (const name of ['duckdb', 'arquero', 'nodejs-polars'] as const) {
      const peer = await startPeer(name, files);
      if (peer) peers.push(peer);
    }
    const all = [ours, ...peers];
    await compareAnswers(ours, peers[0]!);
    const rounds = new Map<Peer, Times[]>(all.map((peer) => [peer, []]));
    for (let round = 0; round <= TIMES; round += 1) {
      const times = await inTurn(all, round);
      if (round > 0) for (const peer of all) rounds.get(peer)?.push(times.get(peer)!);
    }
    for (const [peer, times] of rounds) tell(peer, times);
    return figures(ours, peers, rounds);
  } finally {
    for (const peer of peers) await peer.close();
    await server.stop();
    workspace.remove();
  }
}

async function write(files: { readonly flights: string; readonly airports: string }): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`copy (${flightsSql(ROWS)}) to '${files.flights}'`);
  await connection.run(`copy (${airportsSql}) to '${files.airports}'`);
  connection.closeSync();
  instance.closeSync();
}

type Server = Awaited<ReturnType<typeof startServer>>;

async function openOurs(server: Server): Promise<Peer> {
  const { body } = await server.call('GET', 'notebooks');
  const notebook = (body as { items: { id: string }[] }).items[0]!.id;
  const runParagraph = async (paragraph: string): Promise<string> => {
    const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=120`, { paragraphs: [paragraph] });
    const [run] = (body as { runs: { id: string; state: string }[] }).runs;
    if (run?.state !== 'done') throw new Error(`${paragraph}: ${JSON.stringify(body)}`);
    return run.id;
  };
  await runParagraph('setup');
  return {
    name: 'ours',
    async run(operation) {
      const started = performance.now();
      const run = await runParagraph(idOf(operation));
      const ms = performance.now() - started;
      const shown = await server.call('GET', `runs/${run}`);
      const { outputs } = shown.body as { outputs: { result?: string }[] };
      const rows = await server.call('GET', `results/${outputs[0]?.result}/rows?limit=100`);
      return { ms, rows: rows.body };
    },
    close: async () => undefined,
  };
}

/** What ours gives is what the SQL gives; numbers to nine digits, for sums of DOUBLE come in any order. */
async function compareAnswers(ours: Peer, sql: Peer): Promise<void> {
  for (const name of OPERATIONS) {
    const [a, b] = [await ours.run(name), await sql.run(name)];
    const [left, right] = [plain(a.rows), plain(b.rows)];
    if (left !== right) throw new Error(`${name} differs:\n${left.slice(0, 500)}\n${right.slice(0, 500)}`);
  }
}

const plain = (rows: unknown): string =>
  JSON.stringify(
    (rows as Record<string, unknown>[]).map((row) =>
      Object.values(row).map((value) => (Number.isNaN(Number(value)) ? value : Number(Number(value).toPrecision(9)))),
    ),
  );

/** Each operation by all, another one first each round: whoever comes behind a hungry peer finds the machine's caches cold. */
async function inTurn(peers: readonly Peer[], round: number): Promise<ReadonlyMap<Peer, Times>> {
  const order = peers.map((_, index) => peers[(index + round) % peers.length]!);
  const times = new Map<Peer, Partial<Record<Operation, number>>>(peers.map((peer) => [peer, {}]));
  for (const name of OPERATIONS) {
    for (const peer of order) times.get(peer)![name] = (await peer.run(name)).ms;
  }
  return times as Map<Peer, Times>;
}

function tell(peer: Peer, rounds: readonly Times[]): void {
  const median = (name: Operation): number =>
    rounds.map((times) => times[name]).sort((a, b) => a - b)[rounds.length >> 1]!;
  process.stderr.write(
    `${peer.name}: ${OPERATIONS.map((name) => `${name} ${median(name).toFixed(0)}`).join(', ')} ms\n`,
  );
}

function figures(ours: Peer, peers: readonly Peer[], rounds: ReadonlyMap<Peer, readonly Times[]>): readonly Measured[] {
  const samples = (peer: Peer, among?: readonly Operation[]) => ({
    unit: 'ms' as const,
    values: (rounds.get(peer) ?? []).map((times) => geometric(times, among)),
  });
  const figure = (
    suffix: string,
    what: string,
    peer: Peer | undefined,
    most: number,
    among?: readonly Operation[],
  ): Measured[] =>
    peer
      ? [
          {
            figure: `P12${suffix}`,
            what,
            ours: samples(ours, among),
            reference: { name: peer.name === 'duckdb' ? 'hand-written SQL' : peer.name, ...samples(peer, among) },
            goal: { at: 'most', value: most, of: 'ratio' },
          },
        ]
      : [];
  const named = (name: string): Peer | undefined => peers.find((peer) => peer.name === name);
  const rows = `${ROWS / 1e6}M rows`;
  return [
    ...figure('', `eight DataFrame operations over ${rows}, geometric mean`, named('duckdb'), 1.3),
    ...figure(' arquero', 'the same', named('arquero'), 1 / 20),
    ...figure(' polars', 'its groups and joins', named('nodejs-polars'), 1 / 2, GROUPS_AND_JOINS),
  ];
}
