/** The program of `shell`, over its bare descriptors. */
import { join } from 'node:path';
import type { DriveOptions } from '../harness.ts';

export const shellProgram: DriveOptions = {
  command: process.execPath,
  args: [join(import.meta.dirname, '../../../interpreters/shell/main.ts')],
};
