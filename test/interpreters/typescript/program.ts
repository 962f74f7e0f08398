/** The TypeScript interpreter's program, from its sources. */
import { join } from 'node:path';
import type { DriveOptions } from '../harness.ts';

export const typescriptProgram: DriveOptions = {
  command: process.execPath,
  args: [
    '--no-node-snapshot',
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '../../../interpreters/typescript/main.ts'),
  ],
};
