/** Results of one notebook that follow what is selected in a chart, over a server that the test plays by hand. */
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Result, type ResultProps } from '../../../../client/outputs/chart/Result.tsx';
import { createLinked, LinkedContext } from '../../../../client/outputs/linked/linked.ts';
import { linked as words } from '../../../../client/words/linked.ts';
import type { ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import type { ResultId } from '../../../../server/protocol/ids.ts';
import type { Column, TableOutput } from '../../../../server/protocol/outputs.ts';

const patient = { timeout: 20_000 };
const columns: readonly Column[] = [
  { name: 'origin', type: 'VARCHAR' },
  { name: 'delay', type: 'DOUBLE' },
];
const outputOf = (result: string, more: Partial<TableOutput> = {}): TableOutput => ({
  kind: 'table',
  result: result as ResultId,
  columns,
  rows: 900,
  bytes: 1,
  ...more,
});
const answer: ChartAnswer = {
  mark: 'bar',
  rows: 900,
  x: { scale: 'category', keys: ['ORD', 'SEA'], at: [0, 1] },
  y: { aggregate: 'mean', values: [8, 4] },
  counts: [600, 300],
  notes: [],
};
const BARS = { show: 'chart', mark: 'bar', x: { column: 'origin' }, y: { column: 'delay', aggregate: 'mean' } };

let asked: URL[] = [];
beforeEach(() => {
  asked = [];
  localStorage.clear();
  vi.stubGlobal('IntersectionObserver', undefined);
  vi.stubGlobal('fetch', async (address: string) => {
    const url = new URL(address, 'http://localhost');
    asked.push(url);
    if (url.pathname.endsWith('/chart')) return Response.json(answer);
    if (url.pathname.endsWith('/progress')) return Response.json({ fraction: 1, rows: 300 });
    return new Response(null, { status: 404 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
const filtersOf = (result: string, what: string): unknown =>
  asked
    .filter(({ pathname }) => pathname.endsWith(`/${result}/${what}`))
    .map(({ searchParams }) => JSON.parse(searchParams.get('filter') ?? 'null'))
    .at(-1);

type One = Partial<ResultProps> & { readonly id: string };

function show(...results: readonly One[]) {
  const linked = createLinked();
  const view = render(() => (
    <LinkedContext.Provider value={linked}>
      {results.map(({ id, ...rest }) => (
        <div data-testid={id}>
          <Result
            output={outputOf(id)}
            index={0}
            took={1}
            option={undefined}
            place={{ viewer: 'ada', paragraph: id }}
            {...rest}
          />
        </div>
      ))}
    </LinkedContext.Provider>
  ));
  const at = (id: string) => screen.getByTestId(id);
  const button = (id: string, name: string) =>
    [...at(id).querySelectorAll<HTMLButtonElement>('button')].find(
      (one) => one.textContent === name || one.getAttribute('aria-label') === name,
    );
  return {
    ...view,
    at,
    button,
    async drawn(id: string) {
      await vi.waitFor(() => expect(at(id).querySelector('.chart-picture svg')).toBeTruthy(), patient);
    },
    selectFirst(id: string) {
      const plot = at(id).querySelector<HTMLElement>('.chart-plot')!;
      fireEvent.keyDown(plot, { key: 'ArrowRight' });
      fireEvent.keyDown(plot, { key: ' ' });
    },
  };
}

describe('a result', () => {
  it('offers to follow where there is a chart to be followed, and then the chart offers to be selected in', async () => {
    const { button, drawn, at } = show({ id: 'chart', option: BARS }, { id: 'rows' });
    await drawn('chart');
    expect([button('chart', words.follow), at('chart').querySelector('.chart-modes')]).toEqual([undefined, null]);
    const toggle = await toggleIn(at('rows'));
    expect(toggle.getAttribute('aria-pressed')).toBe('false');
    fireEvent.click(toggle);
    expect(toggle.getAttribute('aria-pressed')).toBe('true');
    expect(button('chart', words.select)?.getAttribute('aria-pressed')).toBe('true');
  });
  it('that follows is asked for what is selected, says so, and lets go by × or Escape', async () => {
    const { button, drawn, at, selectFirst } = show(
      { id: 'chart', option: BARS },
      { id: 'rows', option: { follow: true } },
    );
    await drawn('chart');
    selectFirst('chart');
    const filter = [{ column: 'origin', is: 'among', values: ['ORD'] }];
    await vi.waitFor(() => expect(filtersOf('rows', 'progress')).toEqual(filter), patient);
    await vi.waitFor(() => expect(at('rows').textContent).toContain('origin ORD in Mean delay by origin'), patient);
    await vi.waitFor(() => expect(at('rows').textContent).toContain('300 of 900 rows'), patient);
    // The chart itself stays whole.
    expect(at('chart').textContent).toContain('Selected origin ORD · 1 result follows');
    expect(filtersOf('chart', 'chart')).toBeNull();
    fireEvent.click(button('rows', words.clear('origin ORD'))!);
    await vi.waitFor(() => expect(at('rows').textContent).toContain('900 rows'), patient);
    expect(at('rows').textContent).not.toContain('origin ORD');
    // One place further.
    selectFirst('chart');
    await vi.waitFor(() => expect(at('rows').textContent).toContain('origin SEA'), patient);
    fireEvent.keyDown(at('chart').querySelector('.chart-plot')!, { key: 'Escape' });
    await vi.waitFor(() => expect(at('rows').textContent).not.toContain('origin SEA'), patient);
  });
  it('as a chart is aggregated of what is selected; one without such a column says that it can’t follow', async () => {
    const { drawn, at, selectFirst } = show(
      { id: 'chart', option: BARS },
      { id: 'other', option: { ...BARS, follow: true } },
      {
        id: 'apart',
        option: { follow: true },
        output: outputOf('apart', { columns: [{ name: 'n', type: 'INTEGER' }] }),
      },
    );
    await drawn('chart');
    await drawn('other');
    expect(filtersOf('other', 'chart')).toBeNull();
    selectFirst('chart');
    const filter = [{ column: 'origin', is: 'among', values: ['ORD'] }];
    await vi.waitFor(() => expect(filtersOf('other', 'chart')).toEqual(filter), patient);
    await vi.waitFor(() => expect(at('apart').textContent).toContain(words.apart('origin')), patient);
    expect(at('apart').textContent).not.toContain(words.filtered);
    expect(asked.some(({ pathname, search }) => pathname.includes('/apart/') && search.includes('origin'))).toBe(false);
  });
  it('lets go of a selection in a chart that is not shown any more', async () => {
    const { drawn, at, selectFirst, button } = show(
      { id: 'chart', option: BARS },
      { id: 'rows', option: { follow: true } },
    );
    await drawn('chart');
    selectFirst('chart');
    await vi.waitFor(() => expect(at('rows').textContent).toContain('origin ORD'), patient);
    fireEvent.click(button('chart', 'Table')!);
    await vi.waitFor(() => expect(at('rows').textContent).not.toContain('origin ORD'), patient);
  });
  it('never follows where it shows no more than what is published', async () => {
    const { drawn, button, selectFirst } = show(
      { id: 'chart', option: BARS, fixed: true },
      { id: 'closed', option: { ...BARS, follow: true }, fixed: true },
      { id: 'rows', option: { follow: true }, fixed: true },
    );
    await drawn('chart');
    await drawn('closed');
    expect(button('closed', words.follow)).toBeUndefined();
    selectFirst('chart');
    // Rows that may be read follow, so that what is published has had its time.
    await vi.waitFor(() => expect(filtersOf('rows', 'progress')).toBeTruthy(), patient);
    expect(filtersOf('closed', 'chart')).toBeNull();
  });
});

describe('who follows', () => {
  it('is written by a writer, beside all else that is', async () => {
    const [option, setOption] = createSignal<unknown>({ ...BARS, theirs: 1 });
    const written: unknown[] = [];
    const onOption = (next: unknown) => {
      written.push(next);
      setOption(next);
    };
    const linked = createLinked();
    linked.offer('else/0');
    const { container } = render(() => (
      <LinkedContext.Provider value={linked}>
        <Result output={outputOf('r')} index={0} took={1} option={option()} onOption={onOption} place={PLACE} />
      </LinkedContext.Provider>
    ));
    const toggle = await toggleIn(container);
    fireEvent.click(toggle);
    fireEvent.click(toggle);
    expect(written).toEqual([
      { ...BARS, theirs: 1, follow: true },
      { ...BARS, theirs: 1 },
    ]);
  });
  it('is each viewer’s own else, and kept for them', async () => {
    const look = async (viewer: string) => {
      const linked = createLinked();
      linked.offer('else/0');
      const { container, unmount } = render(() => (
        <LinkedContext.Provider value={linked}>
          <Result output={outputOf('r')} index={0} took={1} option={undefined} place={{ ...PLACE, viewer }} />
        </LinkedContext.Provider>
      ));
      return { toggle: await toggleIn(container), unmount };
    };
    const first = await look('ada');
    fireEvent.click(first.toggle);
    first.unmount();
    const again = await look('ada');
    expect(again.toggle.getAttribute('aria-pressed')).toBe('true');
    again.unmount();
    expect((await look('bob')).toggle.getAttribute('aria-pressed')).toBe('false');
  });
});

const toggleIn = (container: HTMLElement): Promise<HTMLButtonElement> =>
  vi.waitFor(() => {
    const found = container.querySelector<HTMLButtonElement>('.result-follow');
    if (!found) throw new Error('nothing to follow yet');
    return found;
  }, patient);

const PLACE = { viewer: 'ada', paragraph: 'p' };
