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
    'Written by `npm run bench -- --record` from `test/bench/recorded/`; do not edit. Each figure is measured in one run, ours and',
    'the reference in turn; the table shows the statistic that the goal speaks of (the median unless said), and the range of all values.',
    '',
    '| figure | what | ours | reference | ratio | goal | |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const [, recorded] of all) for (const one of recorded.measured) lines.push(row(one));
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
