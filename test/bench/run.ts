/**
 * `npm run bench [P3 …] [-- --record]`: runs the named figures (all without names), prints one line a machine can read for
 * each, and with `--record` keeps them under `recorded/` and writes `docs/performance.md` anew.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../server/build.js';
import { type Benchmark, judge, type Measured } from './figure.ts';
import { type Recorded, writeReport } from './report.ts';

const root = join(import.meta.dirname, '..', '..');
const args = process.argv.slice(2);
const record = args.includes('--record');
const wanted = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.toLowerCase());

const files = readdirSync(import.meta.dirname)
  .filter((name) => /^p\d+\.ts$/.test(name))
  .sort((a, b) => Number(a.slice(1, -3)) - Number(b.slice(1, -3)));
const chosen = files.filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -3)));
if (chosen.length === 0) {
  process.stderr.write(`There are ${files.map((name) => name.slice(0, -3).toUpperCase()).join(', ')}.\n`);
  process.exit(2);
}

await ensureBuilt(root);
for (const file of chosen) {
  const load = loadavg()[0]!;
  process.stderr.write(`${file.slice(0, -3).toUpperCase()} (load ${load.toFixed(2)}) …\n`);
  const benchmark = (await import(join(import.meta.dirname, file))) as Benchmark;
  const measured = await benchmark.measure();
  for (const one of measured) print(one);
  if (record) keep(file.slice(0, -3), load, measured);
}
if (record) writeReport(root);

function print(one: Measured): void {
  const { ours, reference, ratio, reached } = judge(one);
  const line = { figure: one.figure, ratio, goal: one.goal, ours, reference, unit: one.ours.unit, reached };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function keep(name: string, load: number, measured: readonly Measured[]): void {
  const recorded: Recorded = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    load,
    measured,
  };
  writeFileSync(join(import.meta.dirname, 'recorded', `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
}
