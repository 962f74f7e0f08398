import { availableParallelism } from 'node:os';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';

const lanes = ['**/*.system.test.ts', '**/*.services.test.ts', '**/*.nightly.test.ts'];
const setupFiles = ['./test/support/seed.ts'];
/** Vitest leaves one processor free; of two it would use one. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const node = { environment: 'node' as const, pool: 'forks' as const, setupFiles };

/**
 * `unit`: pure code, fast. `page`: components in a DOM. `system`: the real server, real processes, a real browser, one
 * file at a time. `services`, `nightly`: the other two lanes. Where real processes race on a strange machine a test may try
 * twice; which ones did is told at the end.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/second-try.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: lanes,
          testTimeout: 30_000,
          maxWorkers,
          ...node,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'page',
          include: ['test/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: 30_000,
          maxWorkers,
          setupFiles,
        },
      },
      ...['system', 'services', 'nightly'].map((name) => ({
        test: {
          name,
          include: [`test/**/*.${name}.test.ts`],
          fileParallelism: false,
          retry: process.env.CI === 'true' ? 1 : 0,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...node,
        },
      })),
    ],
  },
});
