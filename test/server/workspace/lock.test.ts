import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStale, lockWorkspace, type Machine } from '../../../server/workspace/lock.ts';

let folder: string;
let records: string;
let made = 0;

/** A machine on which the given processes live, with their start times. */
function machine(pid: number, alive: Record<number, string>, boot = 'b1', host = 'h1'): Machine {
  made += 1;
  const self = { pid, boot, start: alive[pid] ?? '', host, key: `key${made}` };
  return { self: () => self, startOf: (asked) => alive[asked] };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gondola-lock-'));
  records = join(folder, '.gondola');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a lock', () => {
  it('refuses another living server and names it', async () => {
    await lockWorkspace(records, machine(1, { 1: '10' }));
    await expect(lockWorkspace(records, machine(2, { 1: '10', 2: '20' }))).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('process 1'),
    });
  });

  it('is taken over from a process that is gone, whose number another has, or of another boot', async () => {
    await lockWorkspace(records, machine(1, { 1: '10' }));
    await lockWorkspace(records, machine(2, { 2: '20' }));
    await lockWorkspace(records, machine(3, { 2: '99', 3: '30' }));
    await lockWorkspace(records, machine(4, { 3: '30', 4: '40' }, 'b2'));
  });

  it('made on another machine is never stale', () => {
    const holder = { pid: 1, boot: 'b1', start: '1', host: 'other', key: 'k' };
    expect(isStale(holder, { ...holder, host: 'here' }, machine(2, {}))).toBe(false);
  });

  it('goes to exactly one of many that start over a stale one', async () => {
    await lockWorkspace(records, machine(1, { 1: '10' }));
    const alive = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [index + 2, String(index)]));
    const tries = await Promise.allSettled(
      Object.keys(alive).map((pid) => lockWorkspace(records, machine(Number(pid), alive))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is freed by its holder only, and leaves nothing behind', async () => {
    const release = await lockWorkspace(records, machine(1, { 1: '10' }));
    const second = await lockWorkspace(records, machine(2, { 2: '20' }));
    await release();
    await expect(lockWorkspace(records, machine(3, { 2: '20', 3: '30' }))).rejects.toMatchObject({ code: 'in-use' });
    await second();
    expect(await readdir(records)).toEqual([]);
  });
});
