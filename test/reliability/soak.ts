/**
 * The soak: people who type, run every language, cancel, restart, download, look at charts, come and go, for as long as one
 * likes. After each round, with nothing under way and the garbage collected, memory, descriptors and processes of the
 * server are counted. What they rise by after the first third is the median of all slopes between two rounds (Theil–Sen),
 * which one odd round does not move. `node test/reliability/soak.ts [--minutes 1] [--record]`.
 */
import { readdirSync } from 'node:fs';
import { ensureBuilt } from '../../server/build.js';
import { sourceOf } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { median } from '../bench/figure.ts';
import { collectGarbage } from '../bench/load/heap.ts';
import { memoryMB } from '../bench/load/usage.ts';
import { openTyped, until } from '../server/rooms/typists.ts';
import { processesOf } from '../support/gondola.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';
import { type Count, keep, wantsRecord } from './record.ts';

/** A port of the soak alone. */
const INSPECT = 26_131;
const NOTEBOOKS = 3;
const RUN_S = 60;
/** A round of typing: so many letters, then as many taken out, so that the text stays as long as it was. */
const LETTERS = 400;
const PAGES = 5;
/**
 * What may come and go: collected heaps differ by some MB from round to round, and the store keeps a bounded number of its
 * descriptors open, that of the log before a compaction among them.
 */
const SLACK = { memoryMB: 12, descriptors: 2 * NOTEBOOKS, processes: 1 };

const TEXT = `# Soak

\`\`\`sql id=table
select range as n, range % 7 as kind, random() as value from range(20000)
\`\`\`

\`\`\`ts id=typescript
const sum = Array.from({ length: 1000 }, (_, i) => i).reduce((a, b) => a + b)
console.log(sum)
\`\`\`

\`\`\`sh id=shell
echo $RANDOM; seq 1 200
\`\`\`

\`\`\`sh id=endless
sleep 600
\`\`\`

\`\`\`sql id=wrong
select * from nowhere
\`\`\`

\`\`\`sql id=typed
select 1
\`\`\`
`;

type Did = Map<string, { cases: number; failed: number }>;
export type Sample = {
  readonly at: number;
  readonly memoryMB: number;
  readonly descriptors: number;
  readonly processes: number;
};
export type Soaked = {
  readonly minutes: number;
  readonly samples: readonly Sample[];
  readonly counts: readonly Count[];
  /** From the first third on to the end. */
  readonly rise: Omit<Sample, 'at'>;
  readonly flat: boolean;
};

export async function soak(minutes: number): Promise<Soaked> {
  const names = Array.from({ length: NOTEBOOKS }, (_, index) => `soak-${index}.nb.md`);
  const workspace = makeWorkspace(Object.fromEntries(names.map((name) => [name, TEXT])));
  const server = await startServer(workspace.path, { execArgv: [`--inspect=127.0.0.1:${INSPECT}`] });
  const did: Did = new Map();
  const samples: Sample[] = [];
  const started = performance.now();
  try {
    const notebooks: NotebookId[] = [];
    for (const name of names) notebooks.push((await notebookAt(server, name)) as NotebookId);
    for (let round = 0; performance.now() - started < minutes * 60_000; round += 1) {
      await Promise.all(notebooks.map((notebook, index) => live(server, notebook, round + index, did)));
      samples.push(await look(server, started));
      process.stderr.write(`${JSON.stringify(samples.at(-1))}\n`);
    }
    note(did, 'stops in order', (await server.stop()) === 0);
  } finally {
    await server.kill();
    workspace.remove();
  }
  const rise = riseOf(samples);
  const counts = [...did].map(([name, count]) => ({ class: name, ...count }));
  const flat =
    rise.memoryMB <= SLACK.memoryMB && rise.descriptors <= SLACK.descriptors && rise.processes <= SLACK.processes;
  return { minutes, samples, counts, rise, flat };
}

function note(did: Did, what: string, held: boolean): void {
  const count = did.get(what) ?? { cases: 0, failed: 0 };
  did.set(what, { cases: count.cases + 1, failed: count.failed + (held ? 0 : 1) });
}

/** A round in one notebook. */
async function live(server: ServerProcess, notebook: NotebookId, round: number, did: Did): Promise<void> {
  const door = { address: () => server.origin.replace('http', 'ws'), token: server.token };
  const run = async (paragraph: string): Promise<Shown> => {
    const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=${RUN_S}`, { paragraphs: [paragraph] });
    const { id } = (body as { runs: readonly { id: string }[] }).runs[0]!;
    return (await server.call('GET', `runs/${id}`)).body as Shown;
  };
  const page = openTyped(door, notebook, 'ada');
  await until(page, () => page.save.state === 'saved');

  const typing = async (): Promise<void> => {
    const text = sourceOf(page.doc, 'typed');
    if (!text) throw new Error('the paragraph is gone');
    const type = (work: () => void): Promise<void> => {
      page.doc.transact(work, page.origin);
      return until(page, () => page.save.state === 'saved');
    };
    // As one types: letters put before one another would each stay in the history by itself.
    for (let index = 0; index < LETTERS; index += 1) await type(() => text.insert(text.length, 'x'));
    for (let index = 0; index < LETTERS; index += 1) await type(() => text.delete(text.length - 1, 1));
    note(did, `${2 * LETTERS} edits, each acknowledged`, text.toString() === 'select 1');
  };
  const running = async (): Promise<void> => {
    // Everything ends with new processes of all kinds, so that rounds end alike.
    if (round % 4 === 0) {
      const { status } = await server.call('DELETE', `notebooks/${notebook}/session?clear=true`);
      note(did, 'sessions restarted', status < 300);
    }
    for (const paragraph of ['typescript', 'shell'])
      note(did, `runs of ${paragraph}`, (await run(paragraph)).state === 'done');
    const table = await run('table');
    note(did, 'runs of sql', table.state === 'done');
    note(did, 'runs that fail', (await run('wrong')).state === 'failed');
    const result = resultIn(table);
    note(did, 'downloads', (await server.call('GET', `results/${result}/rows?format=csv`)).status === 200);
    note(did, 'charts', (await server.call('GET', `results/${result}/chart`)).status === 200);
    note(
      did,
      'windows of rows',
      (await server.call('GET', `results/${result}/rows?offset=100&limit=100`)).status === 200,
    );
    const { body } = await server.call('POST', `notebooks/${notebook}/runs`, { paragraphs: ['endless'] });
    const { id } = (body as { runs: readonly { id: string }[] }).runs[0]!;
    await server.call('DELETE', `runs/${id}`);
    let state = '';
    for (const end = performance.now() + RUN_S * 1000; performance.now() < end && !/cancelled|failed/.test(state); )
      state = ((await server.call('GET', `runs/${id}`)).body as Shown).state;
    note(did, 'runs cancelled', state === 'cancelled');
  };
  const comingAndGoing = async (): Promise<void> => {
    for (let index = 0; index < PAGES; index += 1) {
      const other = openTyped(door, notebook, 'ben');
      await until(other, () => other.save.state === 'saved');
      other.close();
      note(did, 'pages opened and closed', true);
    }
  };
  try {
    await Promise.all([typing(), running(), comingAndGoing()]);
  } finally {
    page.close();
  }
}

type Shown = { readonly state: string; readonly outputs: unknown };

/** Of the first output that has one. */
const resultIn = ({ outputs }: Shown): string => /"result":"([^"]+)"/.exec(JSON.stringify(outputs))?.[1] ?? 'none';

async function look(server: ServerProcess, started: number): Promise<Sample> {
  const pid = server.process.pid!;
  await collectGarbage(INSPECT);
  return {
    at: Math.round((performance.now() - started) / 1000),
    memoryMB: Math.round(memoryMB(pid).now * 10) / 10,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: processesOf(pid).length,
  };
}

/** The first third warms up. */
function riseOf(samples: readonly Sample[]): Omit<Sample, 'at'> {
  const rest = samples.slice(Math.floor(samples.length / 3));
  const span = (rest.at(-1)?.at ?? 0) - (rest[0]?.at ?? 0);
  const of = (key: keyof Omit<Sample, 'at'>): number => {
    const slopes = rest.flatMap((one, index) =>
      rest.slice(index + 1).map((other) => (other[key] - one[key]) / Math.max(1, other.at - one.at)),
    );
    return slopes.length === 0 ? 0 : Math.round(median(slopes) * span * 10) / 10;
  };
  return { memoryMB: of('memoryMB'), descriptors: of('descriptors'), processes: of('processes') };
}

if (process.argv[1] === import.meta.filename) {
  const at = process.argv.indexOf('--minutes');
  const minutes = at < 0 ? 1 : Number(process.argv[at + 1]);
  await ensureBuilt(root);
  const { samples, counts, rise, flat } = await soak(minutes);
  process.stdout.write(`${JSON.stringify({ figure: 'Soak', minutes, rounds: samples.length, rise, flat, counts })}\n`);
  if (wantsRecord())
    keep(root, {
      figure: 'Soak',
      part: `${minutes} min`,
      counts,
      readings: [
        { what: 'memory after the last round', value: samples.at(-1)?.memoryMB ?? 0, unit: 'MB' },
        {
          what: `memory, risen in the last two thirds of ${samples.length} rounds`,
          value: rise.memoryMB,
          unit: 'MB',
          most: SLACK.memoryMB,
        },
        { what: 'descriptors, the same', value: rise.descriptors, unit: '', most: SLACK.descriptors },
        { what: 'processes, the same', value: rise.processes, unit: '', most: SLACK.processes },
      ],
    });
  process.exitCode = flat && counts.every(({ failed }) => failed === 0) ? 0 : 1;
}
