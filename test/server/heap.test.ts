import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const MB = 1024 * 1024;
/** As V8 has it on a machine with memory to spare. */
const LARGE = '--max-semi-space-size=64';
const heap = join(import.meta.dirname, '..', '..', 'server', 'heap.ts');

/** The most that the young generation took, in bytes, of a program that makes much and keeps little. */
async function youngOf(bounded: boolean): Promise<number> {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    ${bounded ? `await (await import(${JSON.stringify(heap)})).boundHeap();` : ''}
    const kept = [];
    let most = 0;
    for (let at = 0; at < 40_000; at += 1) {
      kept[at % 400] = Array.from({ length: 100 }, (_, index) => ({ index, list: [index] }));
      if (at % 400 !== 0) continue;
      most = Math.max(most, getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
      await new Promise(setImmediate);
    }
    console.log(most);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [LARGE, '--input-type=module', '--eval', program]);
  return Number(stdout);
}

describe('the young generation of a busy server', () => {
  it('is bounded, and would not be by itself', async () => {
    expect(await youngOf(false)).toBeGreaterThan(100 * MB);
    expect(await youngOf(true)).toBeLessThanOrEqual(64 * MB);
  });
});
