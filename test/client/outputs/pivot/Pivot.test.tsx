/** A pivot on the page: what is asked, what the grid shows and does by pointer and keys, and what stands where there is none. */
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pivot } from '../../../../client/outputs/pivot/Pivot.tsx';
import type { Keeping } from '../../../../client/outputs/table/keeping.ts';
import type { ResultId } from '../../../../server/protocol/ids.ts';
import type { TableOutput } from '../../../../server/protocol/outputs.ts';
import type { PivotAnswer } from '../../../../server/protocol/pivot/answer.ts';
import type { PivotSettings, PivotSpec } from '../../../../server/protocol/pivot.ts';

const output: TableOutput = {
  kind: 'table',
  result: 'r1' as ResultId,
  name: 'flights',
  columns: [
    { name: 'carrier', type: 'VARCHAR' },
    { name: 'day', type: 'DATE' },
    { name: 'seats', type: 'INTEGER' },
  ],
  rows: 3,
  bytes: 1,
};
const spec: PivotSpec = {
  rows: [{ column: 'carrier' }],
  columns: [{ column: 'day', unit: 'month' }],
  values: [{ column: 'seats', aggregate: 'sum' }],
};
const answer: PivotAnswer = {
  rows: {
    fields: [{ column: 'carrier', type: 'VARCHAR' }],
    keys: [{ texts: ['AA'] }, { texts: ['DL'] }],
    of: 2,
  },
  columns: {
    fields: [{ column: 'day', unit: 'month', type: 'DATE' }],
    keys: [{ texts: ['2015-01-01'] }, { texts: ['2015-02-01'] }],
    of: 2,
  },
  values: [{ column: 'seats', aggregate: 'sum', type: 'HUGEINT' }],
  cells: [
    ['10', null],
    ['20', '1200'],
  ],
  rowTotals: [['10'], ['1220']],
  columnTotals: ['30', '1200'],
  grand: ['1230'],
  matching: 3,
};

let asked: string[] = [];
let respond: (url: URL) => Response | Promise<Response>;
beforeEach(() => {
  asked = [];
  respond = () => Response.json(answer);
  localStorage.clear();
  // Nothing is laid out here, so nothing would ever be near.
  vi.stubGlobal('IntersectionObserver', undefined);
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const url = new URL(address, 'http://localhost');
    asked.push(url.searchParams.get('spec') ?? '');
    init?.signal?.throwIfAborted();
    return await respond(url);
  });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function show(given: { reader?: boolean; part?: Record<string, unknown>; onRunAgain?: () => void } = {}) {
  const actions = document.body.appendChild(document.createElement('div'));
  const saved: (PivotSettings | undefined)[] = [];
  const drilled: Keeping[] = [];
  const [now, setNow] = createSignal(output);
  const view = render(() => (
    <Pivot
      output={now()}
      index={0}
      part={given.part ?? { show: 'pivot', pivot: spec }}
      actions={actions}
      fixed={false}
      table={undefined}
      onSave={given.reader ? undefined : (settings) => saved.push(settings)}
      rows={(keeping) => {
        drilled.push(keeping);
        return <p>rows</p>;
      }}
      onRunAgain={given.onRunAgain}
    />
  ));
  const cell = (row: number, leaf: number): HTMLElement => {
    const found = view.container.querySelector<HTMLElement>(`[data-row="${row}"][data-leaf="${leaf}"]`);
    if (!found) throw new Error(`no cell ${row}, ${leaf}`);
    return found;
  };
  return {
    ...view,
    actions,
    saved,
    drilled,
    cell,
    set: (next: Partial<TableOutput>) => setNow({ ...output, ...next }),
    state: () => view.container.querySelector<HTMLElement>('.pivot-frame')?.dataset.state,
    came: () => vi.waitFor(() => expect(view.container.querySelector('[role="grid"]')).toBeTruthy()),
  };
}
const press = (key: string, ctrlKey = false) => fireEvent.keyDown(document.activeElement!, { key, ctrlKey });

describe('a pivot on the page', () => {
  it('has heads of rows and of columns, totals, and full values to hover', async () => {
    const view = show();
    await view.came();
    expect(JSON.parse(asked[0] ?? '')).toEqual(spec);
    const lines = [...view.container.querySelectorAll('tr')].map((row) =>
      [...row.children].map((one) => one.textContent),
    );
    expect(lines).toEqual([
      ['carrier↑', '2015-01', '2015-02', 'Total'],
      ['AA', '10', '', '10'],
      ['DL', '20', '1,200', '1,220'],
      ['Total', '30', '1,200', '1,230'],
    ]);
    expect(view.cell(1, 1).title).toBe('1200');
    expect(view.container.querySelectorAll('[tabindex="0"][data-leaf]')).toHaveLength(1);
  });

  it('is walked through by arrows, and opens the rows of a cell by Enter', async () => {
    const view = show();
    await view.came();
    view.cell(-1, -1).focus();
    press('ArrowDown');
    press('ArrowRight');
    expect(document.activeElement).toBe(view.cell(0, 0));
    press('End', true);
    expect(document.activeElement).toBe(view.cell(2, 2));
    press('ArrowUp');
    press('ArrowLeft');
    press('Enter');
    expect(view.getByText('Rows of DL · 2015-02')).toBeTruthy();
    expect(view.drilled[0]?.load()?.filters).toEqual([
      { column: 'carrier', is: 'among', values: ['DL'] },
      { column: 'day', is: 'range', from: '2015-02-01', to: '2015-03-01', below: true },
    ]);
    fireEvent.click(view.getByText('← Back to the pivot'));
    expect(view.queryByText('rows')).toBeNull();
  });

  it('sorts by a head, for oneself until it is saved', async () => {
    const view = show();
    await view.came();
    fireEvent.click(view.getByTitle('Sort by 2015-02'));
    const sorted = { ...spec, sort: { value: 0, at: ['2015-02-01'], descending: true } };
    await vi.waitFor(() => expect(JSON.parse(asked.at(-1) ?? '')).toEqual(sorted));
    await vi.waitFor(() =>
      expect(view.getByTitle('Sort by 2015-02').closest('th')?.getAttribute('aria-sort')).toBe('descending'),
    );
    expect(view.getByText('Only you see the pivot like this')).toBeTruthy();
    fireEvent.click(view.getByText('Save for everyone'));
    expect(view.saved).toEqual([sorted]);
  });

  it('is changed by the menu of a field', async () => {
    const view = show({ reader: true });
    await view.came();
    expect(view.queryByText('Save for everyone')).toBeNull();
    fireEvent.click(view.getByLabelText('day, month, in Columns'));
    fireEvent.click(await screen.findByText('quarter'));
    await vi.waitFor(() =>
      expect(JSON.parse(asked.at(-1) ?? '').columns).toEqual([{ column: 'day', unit: 'quarter' }]),
    );
  });

  it('says why there is none, and tries again', async () => {
    respond = () => Promise.reject(new TypeError('fetch failed'));
    const view = show();
    await vi.waitFor(() => expect(view.state()).toBe('failed'));
    expect(view.getByRole('alert').textContent).toContain('The server does not answer.');
    respond = () => Response.json(answer);
    fireEvent.click(view.getByText('Try again'));
    await view.came();
    expect(view.queryByRole('alert')).toBeNull();
  });

  it('runs again where its rows are gone', async () => {
    respond = () => Response.json({ error: { code: 'result-gone', message: 'gone' } }, { status: 410 });
    const onRunAgain = vi.fn();
    const view = show({ onRunAgain });
    fireEvent.click(await view.findByText('Run again'));
    expect(onRunAgain).toHaveBeenCalledTimes(1);
  });

  it('can be cancelled once it takes long, and waits for nothing where rows went away meanwhile', async () => {
    vi.useFakeTimers();
    respond = () => new Promise(() => {});
    const view = show();
    expect(view.state()).toBe('waiting');
    vi.advanceTimersByTime(1000);
    fireEvent.click(view.getByText('Cancel'));
    expect(view.state()).toBe('empty');
    fireEvent.click(view.getByText('Try again'));
    expect(view.state()).toBe('waiting');
    view.set({ dropped: true });
    expect(view.state()).toBe('empty');
  });

  it('is locked to what everyone sees where the answer is another pivot', async () => {
    const view = show({ part: { show: 'pivot', pivot: { ...spec, rows: [{ column: 'day', unit: 'year' }] } } });
    await vi.waitFor(() => expect(view.queryByLabelText('Pivot settings')).toBeNull());
    expect(view.queryByText('Save for everyone')).toBeNull();
  });
});
