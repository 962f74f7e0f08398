/**
 * The three lanes: `npm test`, `npm run test:services`, `npm run test:nightly`. Each test file is in exactly one of them, and the
 * end of each run tells what the others hold. A test that this machine can't run says so through `missing()`; those are
 * counted at the end, and with `CI=true` there may be none.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../server/build.js';
import { MAY_LACK } from './support/missing.ts';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');

const lanes = {
  test: ['unit', 'page', 'system', 'alone'],
  services: ['services'],
  nightly: ['nightly'],
} as const;
type Lane = keyof typeof lanes;

const [named, ...rest] = process.argv.slice(2);
const lane: Lane = named === 'services' || named === 'nightly' ? named : 'test';
const filters = lane === 'test' ? process.argv.slice(2) : rest;

function laneOf(file: string): Lane | undefined {
  if (!/\.test\.tsx?$/.test(file)) return undefined;
  if (/\.services\.test\.ts$/.test(file)) return 'services';
  if (/\.nightly\.test\.ts$/.test(file)) return 'nightly';
  return 'test';
}

function countFiles(): Record<Lane, number> {
  const counts: Record<Lane, number> = { test: 0, services: 0, nightly: 0 };
  for (const entry of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
    const found = laneOf(entry);
    if (found) counts[found] += 1;
  }
  return counts;
}

await ensureBuilt(root);
const notes = mkdtempSync(join(tmpdir(), 'gondola-test-'));
const missing = join(notes, 'missing');
const projects = lanes[lane].flatMap((project) => ['--project', project]);
// By night other cases than by day.
const seed = lane === 'nightly' ? (process.env.SEED ?? String(randomInt(2 ** 31))) : undefined;
const { status } = spawnSync(join(bin, 'vitest'), ['run', '--passWithNoTests', ...projects, ...filters], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    GONDOLA_TEST_MISSING: missing,
    NODE_OPTIONS: '',
    ...(seed === undefined ? {} : { SEED: seed }),
  },
});

if (seed !== undefined) process.stdout.write(`\nThe seed was ${seed}: SEED=${seed} tries the same cases again.\n`);
const left = existsSync(missing) ? readFileSync(missing, 'utf8').trim().split('\n') : [];
rmSync(notes, { recursive: true, force: true });
const counts = countFiles();
const others = (Object.keys(lanes) as Lane[]).filter((other) => other !== lane);
process.stdout.write(
  `\nNot in this lane: ${others.map((other) => `${counts[other]} files in ${other}`).join(', ')}.\n`,
);
process.stdout.write(`Left out because this machine lacks something: ${left.length}.\n`);
for (const line of left) process.stdout.write(`  - ${line}\n`);
if (left.some((line) => !line.startsWith(MAY_LACK)) && process.env.CI === 'true') {
  process.stdout.write('With CI=true nothing may be left out.\n');
  process.exit(1);
}
process.exit(status ?? 1);
