import { expect, it } from 'vitest';
import { AppError } from '../../../server/errors.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { type Bin, openBin } from '../../../server/trash/bin.ts';
import { settle, TestClock } from '../rooms/house.ts';

const ONE = 'one' as NotebookId;
const TWO = 'two' as NotebookId;
const SIX_HOURS = 6 * 60 * 60 * 1000;

function bin({ fails = '', expired = [] as NotebookId[] } = {}): { bin: Bin; time: TestClock; did: string[] } {
  const did: string[] = [];
  const time = new TestClock();
  const step = (name: string) => async (notebook: NotebookId) => {
    if (name === fails) throw new AppError('internal', name);
    did.push(`${name} ${notebook}`);
  };
  const opened = openBin({
    workspace: { purge: step('file'), expired: () => expired.splice(0) },
    holders: [step('runs'), step('room')],
    removed: (notebook) => {
      did.push(`grants ${notebook}`);
      if (fails === 'grants') throw new Error('the disk is full');
    },
    clock: time.clock,
    warn: (what) => did.push(what),
  });
  return { bin: opened, time, did };
}

it('removes a notebook once nobody holds it, and last what names it', async () => {
  const { bin: opened, did } = bin();
  await opened.purge(ONE);
  expect(did).toEqual(['runs one', 'room one', 'file one', 'grants one']);
});

it('keeps who may ask again where it could not be removed', async () => {
  for (const fails of ['room', 'file']) {
    const { bin: opened, did } = bin({ fails });
    await expect(opened.purge(ONE)).rejects.toMatchObject({ code: 'internal' });
    expect(did).not.toContain('grants one');
  }
});

it('has removed a notebook also where what names it stays', async () => {
  const { bin: opened, did } = bin({ fails: 'grants' });
  await opened.purge(ONE);
  expect(did.at(-1)).toBe('what named a removed notebook is still there');
});

it('looks at its start and four times a day for what has had its time', async () => {
  const expired = [ONE];
  const { bin: opened, time, did } = bin({ expired });
  await settle();
  expect(did).toContain('file one');
  expired.push(TWO);
  await time.pass(SIX_HOURS - 1);
  expect(did).not.toContain('file two');
  await time.pass(1);
  await settle();
  expect(did).toContain('file two');
  await opened.close();
  expired.push(ONE);
  await time.pass(10 * SIX_HOURS);
  expect(expired).toEqual([ONE]);
});
