import { availableParallelism } from 'node:os';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';
import { landPlugin } from './client/land/build.ts';

/** With a project of their own each, by the end of the file's name. */
const named = ['**/*.system.test.ts', '**/*.alone.test.ts', '**/*.services.test.ts', '**/*.nightly.test.ts'];
const setupFiles = ['./test/support/seed.ts'];
/** Vitest leaves one processor free; of two it would use one. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const node = { environment: 'node' as const, pool: 'forks' as const, setupFiles };

/** Of tests on real processes; where they race on a strange machine a test may try twice. Which ones did is told at the end. */
const real = {
  retry: process.env.CI === 'true' ? 1 : 0,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  ...node,
};

/**
 * `unit`: pure code, fast. `page`: components in a DOM. `system`: the real server, real processes, a real browser, two files at
 * a time. `alone`: the same for what takes all of the machine (kills by the dozen, floods, bombs, hundreds of clients), or
 * asserts a time that a busy neighbour could break: one file at a time, after the others. `services`, `nightly`: the other
 * two lanes.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/second-try.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: named,
          testTimeout: 30_000,
          maxWorkers,
          ...node,
        },
      },
      {
        plugins: [landPlugin(), solid()],
        test: {
          name: 'page',
          include: ['test/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: 30_000,
          maxWorkers,
          setupFiles,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...real,
        },
      },
      ...['alone', 'services', 'nightly'].map((name) => ({
        test: { name, include: [`test/**/*.${name}.test.ts`], fileParallelism: false, ...real },
      })),
    ],
  },
});
