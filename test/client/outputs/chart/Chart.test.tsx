import { cleanup, fireEvent, render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Result } from '../../../../client/outputs/chart/Result.tsx';
import type { ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import type { ChartSpec } from '../../../../server/protocol/chart.ts';
import type { ResultId } from '../../../../server/protocol/ids.ts';
import type { TableOutput } from '../../../../server/protocol/outputs.ts';

const output: TableOutput = {
  kind: 'table',
  result: 'r1' as ResultId,
  name: 'by_origin',
  columns: [
    { name: 'origin', type: 'VARCHAR' },
    { name: 'delay', type: 'DOUBLE' },
    { name: 'year', type: 'VARCHAR' },
    { name: 'n', type: 'INTEGER' },
  ],
  rows: 3_000_000,
  bytes: 1,
};
const answer: ChartAnswer = {
  mark: 'bar',
  rows: 3_000_000,
  x: { scale: 'category', keys: ['ORD', null], at: [0, 1, 0] },
  y: { aggregate: 'mean', values: [8, 4, 2] },
  colour: { scale: 'category', keys: ['2000', '2001'], at: [0, 0, 1] },
  counts: [1_999_999, 1_000_000, 1],
  notes: [{ kind: 'top', channel: 'x', shown: 2, of: 9, together: false }],
};
const shown = { show: 'chart' };

let specs: ChartSpec[] = [];
let respond: () => Response | Promise<Response>;
beforeEach(() => {
  specs = [];
  respond = () => Response.json(answer);
  // Nothing is laid out here, so nothing would ever be near.
  vi.stubGlobal('IntersectionObserver', undefined);
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const url = new URL(address, 'http://localhost');
    if (!url.pathname.endsWith('/chart')) return new Response(null, { status: 404 });
    specs.push(JSON.parse(url.searchParams.get('spec') ?? '') as ChartSpec);
    init?.signal?.throwIfAborted();
    return respond();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(first: unknown, more: { reader?: boolean; output?: Partial<TableOutput>; onRunAgain?: () => void } = {}) {
  const [option, setOption] = createSignal(first);
  const [now, setNow] = createSignal<TableOutput>({ ...output, ...more.output });
  const written: unknown[] = [];
  const onOption = (next: unknown) => {
    written.push(next);
    setOption(next);
  };
  const view = render(() => (
    <Result
      output={now()}
      index={0}
      took={410}
      option={option()}
      onOption={more.reader ? undefined : onOption}
      onRunAgain={more.onRunAgain}
    />
  ));
  const find = <T extends HTMLElement>(selector: string) => view.container.querySelector<T>(selector);
  return {
    ...view,
    written,
    find,
    setOption,
    set: (next: Partial<TableOutput>) => setNow({ ...output, ...next }),
    drawn: () => vi.waitFor(() => expect(find('.chart-picture svg, .chart-picture canvas')).toBeTruthy(), 10_000),
    said: (text: string | RegExp) => vi.waitFor(() => expect(find('.chart-frame')?.textContent).toMatch(text), 10_000),
  };
}

describe('a result', () => {
  it('is a table until its chart is asked for; that is one edit for all', async () => {
    const { container, written, find, drawn } = show(undefined);
    const tabs = [...container.querySelectorAll<HTMLElement>('[role=tab]')];
    expect(tabs.map((tab) => [tab.textContent, tab.getAttribute('aria-selected')])).toEqual([
      ['Table', 'true'],
      ['Chart', 'false'],
      ['Pivot', 'false'],
    ]);
    expect(find('.grid')).toBeTruthy();
    fireEvent.click(tabs[1]!);
    await drawn();
    expect(written).toEqual([{ show: 'chart' }]);
    expect(specs).toEqual([{ mark: 'bar', x: { column: 'origin' }, y: { column: 'delay', aggregate: 'mean' } }]);
    fireEvent.click(tabs[0]!);
    expect(written).toEqual([{ show: 'chart' }, undefined]);
    expect(find('.grid')).toBeTruthy();
  });
  it('asks for its chart once that is near', async () => {
    let come: (entries: readonly { isIntersecting: boolean }[]) => void = () => undefined;
    class Far {
      constructor(told: typeof come) {
        come = told;
      }
      observe(): void {
        come([{ isIntersecting: false }]);
      }
      disconnect(): void {}
    }
    vi.stubGlobal('IntersectionObserver', Far);
    const { find, drawn } = show(shown);
    await vi.waitFor(() => expect(find('.chart-frame')).toBeTruthy());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(specs).toEqual([]);
    come([{ isIntersecting: true }]);
    await drawn();
    come([{ isIntersecting: false }]);
    come([{ isIntersecting: true }]);
    expect(specs).toHaveLength(1);
  });
  it('goes from tab to tab by arrows', async () => {
    const { container, drawn } = show(undefined);
    const [first] = container.querySelectorAll<HTMLElement>('[role=tab]');
    fireEvent.keyDown(first!, { key: 'ArrowRight' });
    await drawn();
    expect(container.querySelector('[aria-selected=true]')?.textContent).toBe('Chart');
  });
  it('is seen otherwise by a reader, and by nobody else', async () => {
    const { container, written, drawn, find } = show(undefined, { reader: true });
    fireEvent.click(container.querySelectorAll<HTMLElement>('[role=tab]')[1]!);
    await drawn();
    expect(written).toEqual([]);
    expect(find('.chart-panel')?.textContent).toContain('Only you see what you change here');
  });
  it('with damaged settings is a table, or the first chart', async () => {
    expect(show('[object Object]').find('.grid')).toBeTruthy();
    const { drawn } = show({ show: 'chart', mark: 'cake', x: 5, y: { aggregate: {} } });
    await drawn();
    expect(specs[0]?.mark).toBe('bar');
  });
});

describe('a chart', () => {
  it('says what it shows, to those too who do not see it', async () => {
    const { find, drawn, said } = show({
      ...shown,
      mark: 'bar',
      x: { column: 'origin' },
      y: { column: 'delay', aggregate: 'mean' },
      colour: { column: 'year' },
    });
    await drawn();
    expect(find('.chart-title')?.textContent).toBe('Mean delay by origin and year');
    expect(find('[role=img]')?.getAttribute('aria-label')).toBe(
      'Bar chart: Mean delay by origin and year. 3 bars. Lowest 2 at ORD (2001), highest 8 at ORD (2000).',
    );
    await said(/3,000,000 rows.*0\.41 s.*top 2 of 9 categories, the others left out/);
  });
  it('has its fields picked from the columns, each with its type', async () => {
    const { find, drawn, written } = show(shown);
    await drawn();
    fireEvent.click(find('[data-channel=colour]')!);
    const items = [...document.querySelectorAll<HTMLElement>('.menu-item')];
    expect(items.map((item) => item.querySelector('.menu-label')?.textContent)).toEqual([
      'none',
      'origin',
      'delay',
      'year',
      'n',
    ]);
    expect(items.map((item) => item.querySelector('.chart-type')?.textContent ?? '')).toEqual(['', 'T', '#', 'T', '#']);
    fireEvent.click(items[3]!);
    expect(written.at(-1)).toEqual({
      show: 'chart',
      mark: 'bar',
      x: { column: 'origin' },
      y: { column: 'delay', aggregate: 'mean' },
      colour: { column: 'year' },
    });
    await vi.waitFor(() => expect(specs.at(-1)?.colour).toEqual({ column: 'year' }));
  });
  it('changes its mark by a click, and its measure from a menu', async () => {
    const { find, drawn, written } = show(shown);
    await drawn();
    fireEvent.click(find('button[data-mark=line]')!);
    await vi.waitFor(() => expect(specs.at(-1)?.mark).toBe('line'));
    expect(find('button[data-mark=line]')?.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(find('[data-channel=y]')!);
    fireEvent.click(
      [...document.querySelectorAll<HTMLElement>('.menu-item')].find((item) => item.textContent?.includes('median'))!,
    );
    expect(written.at(-1)).toMatchObject({ mark: 'line', y: { column: 'delay', aggregate: 'median' } });
  });
  it('hides a colour by a click on the legend, shows one alone by two, and never none', async () => {
    const { container, find, drawn } = show({
      ...shown,
      mark: 'bar',
      x: { column: 'origin' },
      y: { column: 'delay' },
      colour: { column: 'year' },
    });
    await drawn();
    const keys = () => [...container.querySelectorAll<HTMLElement>('.chart-legend button')];
    const pressed = () => keys().map((key) => key.getAttribute('aria-pressed'));
    fireEvent.click(keys()[0]!);
    expect(pressed()).toEqual(['false', 'true']);
    await vi.waitFor(() => expect(find('[role=img]')?.getAttribute('aria-label')).toContain('1 bar.'));
    fireEvent.click(keys()[1]!);
    expect(pressed()).toEqual(['true', 'true']);
    fireEvent.dblClick(keys()[1]!);
    expect(pressed()).toEqual(['false', 'true']);
    expect(specs.length).toBe(1);
  });
  it('keeps its picture, dimmed, while another result is on its way', async () => {
    const { find, drawn, set } = show(shown);
    await drawn();
    set({ result: 'r2' as ResultId, open: true, rows: 10 });
    expect(find('.chart-main')?.classList.contains('stale')).toBe(true);
    expect(find('.chart-picture svg, .chart-picture canvas')).toBeTruthy();
    expect(specs.length).toBe(1);
    set({ result: 'r2' as ResultId, rows: 20 });
    await vi.waitFor(() => expect(specs.length).toBe(2));
    await vi.waitFor(() => expect(find('.chart-main')?.classList.contains('stale')).toBe(false));
  });
  it('says that rows are awaited, gone, or none', async () => {
    const open = show(shown, { output: { open: true } });
    await open.said('when all rows are there');
    expect(specs).toEqual([]);
    const again = vi.fn();
    const gone = show(shown, { output: { dropped: true }, onRunAgain: again });
    await gone.said('removed to stay within the budget');
    fireEvent.click(gone.find('.chart-note .link')!);
    expect(again).toHaveBeenCalledOnce();
    respond = () =>
      Response.json({
        ...answer,
        rows: 0,
        x: { scale: 'category', keys: [], at: [] },
        y: { aggregate: 'mean', values: [] },
        colour: undefined,
        counts: [],
      });
    await show(shown).said('There are no rows to draw');
  });
  it('says what is wrong with its fields, and begins anew by a click', async () => {
    const { said, find, written, drawn } = show({ ...shown, mark: 'bar', x: { column: 'dely' } });
    await said('There is no column “dely” for x any more');
    expect(specs).toEqual([]);
    fireEvent.click(find('.chart-note .link')!);
    expect(written).toEqual([{ show: 'chart' }]);
    await drawn();
  });
  it('says why the server gave none, and asks again by a click', async () => {
    respond = () =>
      Response.json(
        { error: { code: 'result-unreadable', message: 'The file is damaged.', hint: '' } },
        { status: 500 },
      );
    const { said, find, drawn } = show(shown);
    await said('The file is damaged.');
    respond = () => Promise.reject(new TypeError('network'));
    fireEvent.click(find('.chart-note .link')!);
    await said('The server does not answer.');
    respond = () => Response.json({ mark: 'bar' });
    fireEvent.click(find('.chart-note .link')!);
    await said('The answer could not be read.');
    respond = () => Response.json(answer);
    fireEvent.click(find('.chart-note .link')!);
    await drawn();
  });
  it('zooms by keys where x has an axis, asking anew, and back', async () => {
    respond = () =>
      Response.json({
        mark: 'histogram',
        rows: 100,
        x: { scale: 'number', values: [0, 50], bin: 50, domain: [0, 100] },
        y: { aggregate: 'count', values: [40, 60] },
        counts: [40, 60],
        notes: [],
      } satisfies ChartAnswer);
    const { find, drawn, said } = show({ ...shown, mark: 'histogram', x: { column: 'delay' } });
    await drawn();
    fireEvent.keyDown(find('.chart-plot')!, { key: '+' });
    await vi.waitFor(() => expect(specs.at(-1)?.range?.map(Math.round)).toEqual([17, 83]));
    await said('Reset zoom');
    fireEvent.keyDown(find('.chart-plot')!, { key: '0' });
    await vi.waitFor(() => expect(specs.at(-1)).not.toHaveProperty('range'));
  });
});
