/**
 * `npm run check`: types, lint and format, layers, unit tests. All of them run even if one fails, so that one look shows all.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', 'tsc', ['--noEmit']],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  ['layers and unit tests', 'vitest', ['run', '--project', 'unit', '--project', 'page']],
];

let failed = 0;
for (const [title, program, args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(join(bin, program), args, { stdio: 'inherit', cwd: join(bin, '..', '..') });
  if (status !== 0) failed += 1;
  process.stdout.write(
    `${status === 0 ? '✓' : '✗'} ${title}, ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
  );
}
process.exit(failed === 0 ? 0 : 1);
