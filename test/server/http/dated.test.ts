/** Dates of a notebook that go with a chart to whoever came by a link. */
import { describe, expect, it } from 'vitest';
import type { View } from '../../../server/access/view.ts';
import { dated, isDated } from '../../../server/http/dated.ts';
import type { Annotation } from '../../../server/protocol/annotations.ts';
import type { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import { coveredBy } from '../../../server/protocol/chart/covered.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';

const DAY = 86_400_000;
const ALL: readonly Annotation[] = [
  { key: 'a', from: -DAY, text: 'before' },
  { key: 'b', from: -DAY, to: DAY, text: 'into' },
  { key: 'c', from: 5 * DAY, text: 'within' },
  { key: 'd', from: 10 * DAY, text: 'at its end' },
  { key: 'e', from: 11 * DAY, text: 'after' },
];
const line: AnyAnswer = {
  mark: 'line',
  rows: 2,
  x: { scale: 'time', values: [0, 10 * DAY], domain: [0, 10 * DAY] },
  y: { aggregate: 'mean', values: [1, 2] },
  notes: [],
};
const bars: AnyAnswer = { ...line, mark: 'bar', x: { scale: 'category', keys: ['a'], at: [0, 0] } };
const number: AnyAnswer = { mark: 'number', rows: 2, notes: [], aggregate: 'count', value: 2 };
const visitor: View = {
  role: 'reader',
  whole: false,
  paragraphs: 'all',
  sources: 'all',
  runs: 'all',
  titled: true,
  tables: 'none',
};

async function through(answer: unknown, view: View): Promise<unknown> {
  let released = 0;
  const live = { open: async () => ({ annotations: () => ALL, release: () => (released += 1) }) as never };
  const body = Buffer.from(JSON.stringify(answer));
  const told = await dated({ contentType: 'application/json', body }, 'nb' as NotebookId, view, live);
  expect(released).toBeLessThanOrEqual(1);
  return JSON.parse(Buffer.from(told.body as Uint8Array).toString());
}

describe('dates on a page of a link', () => {
  it('are those that an axis of time covers, without their keys', () => {
    expect(coveredBy(line, ALL)).toEqual([
      { from: -DAY, to: DAY, text: 'into' },
      { from: 5 * DAY, text: 'within' },
      { from: 10 * DAY, text: 'at its end' },
    ]);
    expect([coveredBy(bars, ALL), coveredBy(number, ALL)]).toEqual([[], []]);
  });
  it('come with the chart to whoever has no document; a frame shows its paragraph alone', async () => {
    expect(await through(line, visitor)).toMatchObject({ ...line, annotations: [{ text: 'into' }, {}, {}] });
    expect(await through(bars, visitor)).toEqual(bars);
    expect(await through(line, { ...visitor, whole: true })).toEqual(line);
    expect(await through(line, { ...visitor, titled: false })).toEqual(line);
    expect([isDated(visitor), isDated({ ...visitor, titled: false }), isDated({ ...visitor, whole: true })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
