/** Writes `docs/performance.md` from the recorded runs; nothing in it is typed by hand. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Measured } from './figure.ts';

export type Recorded = {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  /** Load average of the last minute when it began. */
  readonly load: number;
  readonly measured: readonly Measured[];
};

/** What is known, and what is only supposed, of a missed figure; shown while it is missed. */
const WHY: Readonly<Record<string, string>> = {
  'P1 jsonl':
    'supposed: reading lines keeps both cores busy, so that writing the kept results and the server have none of their own; from packed files and Parquet, which leave time on one, nothing is lost. Bare rounds of one run lay 40% apart',
  P3: 'traced on a busy machine: waking server and engine, 0.9–1.4 ms in the engine for one statement, and the browser’s own frames; not profiled on a quiet one',
  'P3 socket': 'the same path, against a socket without page, editor or table',
  'P4 loop':
    'supposed, not measured: each run waits for a whole round trip to its engine, and handing the next one over early would overlap the two',
  'P5 cold typescript':
    'measured: Node without its snapshot, which isolated-vm asks for, takes 55–60 ms of processor time, the stripper of types 26',
  'P9 two':
    'traced on a busy machine, first quarter: 0.2 ms from the frame to the log, 0.1 to apply it, 0.1 to write the answer; supposed: the rest wakes the client, the server and twice a thread for the disk',
  P10: 'counted: 4.2 KB of heap for each, 2.7 of them `ws`’s and Node’s, where Hocuspocus has 9.9; what a process has beside its heap, 1–3 KB for each, comes of 2,000 who join at one time',
  'P10 own':
    'counted: 1.5 KB of heap; the rest is what the allocator keeps after 2,000 joined at one time, 0.3 to 6.5 KB from run to run',
  'P15 range': 'not profiled; beside finding the rows it keeps their numbers, and tells of them as they come',
  P7: 'measured: the bare engine takes 0.96 s of it to write the same rows to a file; the reference took 15.9 s a day before',
  P8: 'one window took 9 ms over HTTP on a smaller result; the rest is supposed to be the frames before and after it',
};

/** What the table does not show of how a figure was come by. */
const CAVEATS = [
  'P5, P8, P11 (but its last line) and P14 are absolute times or sizes; what they name beside them was recorded elsewhere.',
  'P7’s reference takes 13 to 16 s here, where 8.6 s had been recorded on another machine and data: against that ours would be 0.16×.',
  'P6’s memory is read when a stranger asked for `/`; with the home page of a signed-in owner open the server takes about 80 MB, 1.66× of bare.',
  'P11 after many edits was measured behind the rounds before them, not in turn with them.',
  'No idle value of a reference is kept yet, so no run is marked as noisy by itself.',
];

export function readRecorded(root: string): readonly (readonly [string, Recorded])[] {
  const folder = join(root, 'test', 'bench', 'recorded');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort((a, b) => Number(a.slice(1, -5)) - Number(b.slice(1, -5)))
    .map((name) => [name.slice(0, -5).toUpperCase(), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded]);
}

const number = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export function renderReport(all: readonly (readonly [string, Recorded])[]): string {
  const lines = [
    '# Performance',
    '',
    'Written by `npm run bench -- --record` from `test/bench/recorded/`; do not edit. Ours and the reference are measured in one run,',
    'in turn, unless the reference is marked as recorded; the table shows the statistic that the goal speaks of (the median unless said), and the range of all values.',
    '',
    '| figure | what | ours | reference | ratio | goal | |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const [, recorded] of all) for (const one of recorded.measured) lines.push(row(one));
  const missed = all.flatMap(([, { measured }]) => measured).filter((one) => !judge(one).reached);
  if (missed.length > 0) lines.push('', '## Missed, and why', '');
  for (const { figure } of missed) lines.push(`- **${figure}**: ${WHY[figure] ?? 'not known yet'}.`);
  lines.push('', '## What to know when reading it', '', ...CAVEATS.map((line) => `- ${line}`));
  lines.push('', '## Runs', '', '| figure | commit | date | machine | load | rounds |', '|---|---|---|---|---|---|');
  for (const [name, { commit, date, machine, load, measured }] of all) {
    lines.push(
      `| ${name} | ${commit} | ${date} | ${machine} | ${load.toFixed(2)} | ${measured[0]?.ours.values.length ?? 0} |`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function row(one: Measured): string {
  const { ours, reference, ratio, reached } = judge(one);
  const range = (values: readonly number[]): string =>
    values.length < 2 ? '' : ` (${number(Math.min(...values))}–${number(Math.max(...values))})`;
  const unit = one.ours.unit;
  const goal = `${one.statistic ? `${one.statistic} ` : ''}${one.goal.at === 'most' ? '≤' : '≥'} ${number(one.goal.value)}${one.goal.of === 'ratio' ? '×' : ` ${unit}`}`;
  const cells = [
    one.figure,
    one.what + (one.note ? ` (${one.note})` : ''),
    `${number(ours)} ${unit}${range(one.ours.values)}`,
    one.reference && reference !== undefined
      ? `${one.reference.name}: ${number(reference)} ${one.reference.unit}${range(one.reference.values)}${one.reference.recorded ? ', recorded' : ''}`
      : '–',
    ratio === undefined ? '–' : `${number(ratio)}×`,
    goal,
    reached ? 'reached' : '**missed**',
  ];
  return `| ${cells.join(' | ')} |`;
}

export function writeReport(root: string): void {
  writeFileSync(join(root, 'docs', 'performance.md'), renderReport(readRecorded(root)));
}
