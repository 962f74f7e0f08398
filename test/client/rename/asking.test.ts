/** How long a plan is asked for. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../../../client/api.ts';
import { askUntilRead } from '../../../client/rename/asking.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { RenamePlan } from '../../../server/protocol/rename.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const plan = (isRead: boolean): Answer<RenamePlan> => ({
  ok: true,
  value: { texts: [], forms: [], left: isRead ? [] : [{ paragraph: 'a' as ParagraphId, why: 'unread' }] },
});

function asking(readAfter: number) {
  const told: string[] = [];
  const stop = new AbortController();
  let asked = 0;
  void askUntilRead(
    async () => {
      asked += 1;
      return plan(asked > readAfter);
    },
    ({ answer, isOpen }) =>
      void told.push(`${answer.ok && answer.value.left.length > 0 ? 'unread' : 'read'}${isOpen ? ', open' : ''}`),
    stop.signal,
  );
  return { told, stop, asked: () => asked };
}

it('is told once where all was read', async () => {
  const { told, asked } = asking(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['read']);
  expect(asked()).toBe(1);
});

it('goes on while a program starts, and what is known stands there without it', async () => {
  const { told } = asking(60);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['unread, open']);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(told).toEqual(['unread, open', 'unread']);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual(['unread, open', 'unread', 'read']);
});

it('ends with a program that never starts, and with the question', async () => {
  const never = asking(10_000);
  await vi.advanceTimersByTimeAsync(1_000_000);
  const most = never.asked();
  expect(most).toBeLessThan(200);
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(never.asked()).toBe(most);
  const given = asking(10_000);
  given.stop.abort();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(given.told).toEqual([]);
  expect(given.asked()).toBe(1);
});
