/** The borders of columns, moved by keys; and that what stands in them stays as it is. */
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createSignal, onCleanup } from 'solid-js';
import { afterEach, expect, it } from 'vitest';
import { Arranged } from '../../../client/report/Arranged.tsx';
import { arrange } from '../../../server/protocol/report/layout.ts';

afterEach(cleanup);

const placed = [
  { id: 'a', place: 'across' },
  { id: 'b', place: 'beside' },
  { id: 'c', place: 'beside' },
  { id: 'd', place: 'across' },
] as const;

function show(writes: boolean) {
  const [spans, setSpans] = createSignal<ReadonlyMap<string, number>>(new Map([['b', 2]]));
  let drawn = 0;
  let gone = 0;
  const { container } = render(() => (
    <Arranged
      arranged={arrange(placed, {})}
      level={undefined}
      span={(id) => spans().get(id) ?? 1}
      onSpans={writes ? setSpans : undefined}
      item={({ id }) => {
        drawn += 1;
        onCleanup(() => (gone += 1));
        return <p>{id}</p>;
      }}
    />
  ));
  const columns = (): string =>
    container.querySelector<HTMLElement>('.report-row')?.style.getPropertyValue('--columns') ?? '';
  return { spans, columns, counts: () => [drawn, gone] };
}

it('are as wide as their writer says, and have no borders to move for anybody else', () => {
  const { columns } = show(false);
  expect(columns()).toBe('minmax(0, 1fr) minmax(0, 2fr) minmax(0, 1fr)');
  expect(screen.queryAllByRole('separator')).toEqual([]);
});

it('are moved by arrow keys, a twelfth a step, and made alike by a double click; nothing is drawn anew', () => {
  const { spans, columns, counts } = show(true);
  const [first, second] = screen.getAllByRole('separator');
  expect([first?.getAttribute('aria-label'), first?.getAttribute('aria-valuenow'), second?.tabIndex]).toEqual([
    'Border of columns 1 and 2 of 3',
    '3',
    0,
  ]);
  fireEvent.keyDown(first!, { key: 'ArrowRight' });
  expect([...spans()]).toEqual([
    ['a', 4],
    ['b', 5],
    ['c', 3],
  ]);
  expect([columns(), first?.getAttribute('aria-valuetext')]).toEqual([
    'minmax(0, 4fr) minmax(0, 5fr) minmax(0, 3fr)',
    '4 : 5 : 3',
  ]);
  fireEvent.keyDown(second!, { key: 'End' });
  expect([...spans().values()]).toEqual([2, 3, 1]);
  fireEvent.keyDown(second!, { key: 'x' });
  fireEvent.dblClick(second!);
  expect([...spans().values()]).toEqual([1, 1, 1]);
  expect(counts()).toEqual([4, 0]);
});
