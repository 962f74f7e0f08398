import { render } from '@solidjs/testing-library';
import { columnFromArray, int32, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette';
import { createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outputs } from '../../../client/outputs/Outputs.tsx';
import { cutText } from '../../../client/outputs/Text.tsx';
import type {
  NotebookId,
  ParagraphId,
  PersonId,
  RequestId,
  ResultId,
  RunId,
  SessionId,
} from '../../../server/protocol/ids.ts';
import type { Output, TableOutput } from '../../../server/protocol/outputs.ts';
import type { Run } from '../../../server/protocol/runs.ts';

const COLUMNS = [
  { name: 'n', type: 'INTEGER' },
  { name: 'city', type: 'VARCHAR' },
];
const bytesOf = (offset: number, rows: number): Uint8Array => {
  const numbers = Array.from({ length: rows }, (_, row) => offset + row);
  return tableToIPC(
    tableFromColumns({
      n: columnFromArray(numbers, int32()),
      city: columnFromArray(
        numbers.map((n) => (n % 5 === 0 ? null : n % 5 === 1 ? '' : `<b>서울</b> ${n}`)),
        utf8(),
      ),
    }),
    { format: 'stream' },
  )!;
};
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const table = (rows: number, more: Partial<TableOutput> = {}): TableOutput => ({
  kind: 'table',
  result: 'r1' as ResultId,
  columns: COLUMNS,
  rows,
  bytes: 13_500_000,
  ...more,
});
const run = (outputs: readonly Output[]): Run => ({
  id: 'run' as RunId,
  notebook: 'n' as NotebookId,
  paragraph: 'p' as ParagraphId,
  request: 'q' as RequestId,
  session: 's' as SessionId,
  by: { id: 'me' as PersonId, name: 'Me' },
  asked: 0,
  interpreter: 'sql',
  source: '',
  options: {},
  forms: {},
  phase: { state: 'done', started: 1000, ended: 1412 },
  outputs,
});

function show(outputs: readonly Output[], handlers: { onFix?: () => void; onRunAgain?: () => void } = {}) {
  const [shown, setShown] = createSignal(run(outputs));
  const view = render(() => <Outputs run={shown()} dimmed={false} {...handlers} />);
  const text = (selector: string) =>
    [...view.container.querySelectorAll<HTMLElement>(selector)]
      .filter((each) => !each.closest('[hidden]'))
      .map((each) => each.textContent);
  return { ...view, text, set: (next: readonly Output[]) => setShown(run(next)) };
}
const press = (target: Element, key: string, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));

let requests: URL[] = [];
let answer: (url: URL) => Response | Promise<Response>;
beforeEach(() => {
  requests = [];
  answer = (url) =>
    new Response(
      new Uint8Array(
        bytesOf(Number(url.searchParams.get('offset')), Number(url.searchParams.get('limit'))),
      ) as Uint8Array<ArrayBuffer>,
    );
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const url = new URL(address, 'http://localhost');
    requests.push(url);
    init?.signal?.throwIfAborted();
    return answer(url);
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('a table', () => {
  it('is there at once, without a request, when its rows came with the run', () => {
    const { text, container } = show([table(3, { block: base64(bytesOf(0, 3)) })]);
    expect(text('.grid-row .grid-cell')).toEqual(['0', 'null', '1', '', '2', '<b>서울</b> 2']);
    expect(requests).toEqual([]);
    expect(container.querySelector('.grid-cell b')).toBeNull();
  });

  it('tells null from empty', () => {
    const { container } = show([table(2, { block: base64(bytesOf(0, 2)) })]);
    expect(
      [...container.querySelectorAll<HTMLElement>('[aria-colindex="3"].grid-cell')].map((cell) => cell.dataset.is),
    ).toEqual(['null', 'empty']);
  });

  it('says how many rows, how long, how large', () => {
    const { text } = show([table(3_000_000, { block: base64(bytesOf(0, 100)) })]);
    expect(text('.table-foot')[0]).toMatch(/^3,000,000 rows × 20\.41 s14 MB/);
  });

  it('fetches what is looked at when nothing came with the run', async () => {
    const { text } = show([table(100_000)]);
    await vi.waitFor(() => expect(text('.grid-number').slice(1, 4)).toEqual(['1', '2', '3']));
    await vi.waitFor(() => expect(text('.grid-cell').slice(0, 3)).toEqual(['0', 'null', '1']));
    expect(requests[0]!.pathname).toBe('/api/v1/results/r1/rows');
    expect(requests[0]!.search).toBe('?offset=0&limit=128&format=arrow');
  });

  it('is a grid to assistive technology, of all its rows', () => {
    const { container } = show([table(10_000_000, { block: base64(bytesOf(0, 100)) })]);
    const grid = container.querySelector('[role=grid]')!;
    expect(grid.getAttribute('aria-rowcount')).toBe('10000001');
    expect(grid.getAttribute('aria-colcount')).toBe('3');
    expect(container.querySelectorAll('.grid-row').length).toBeLessThan(20);
    const row = container.querySelector('.grid-row')!;
    expect(row.getAttribute('aria-rowindex')).toBe('2');
    expect(row.querySelectorAll('[role=gridcell]')[1]!.getAttribute('aria-colindex')).toBe('3');
  });

  it('goes to the last row and back by keyboard', async () => {
    const { container, text } = show([table(10_000_000, { block: base64(bytesOf(0, 100)) })]);
    const grid = container.querySelector('.grid')!;
    grid.dispatchEvent(new FocusEvent('focus'));
    press(grid, 'ArrowDown');
    press(grid, 'End', { ctrlKey: true });
    await vi.waitFor(() => expect(container.querySelector('.active')?.parentElement?.textContent).toContain('9999999'));
    expect(text('.grid-number').at(-1)).toBe('10000000');
    expect(grid.getAttribute('aria-activedescendant')).toBe(container.querySelector('.active')!.id);
    press(grid, 'Home', { ctrlKey: true });
    expect(container.querySelector('.active')?.parentElement?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('sorts by its header: up, down, not', async () => {
    const { container } = show([table(50, { block: base64(bytesOf(0, 50)) })]);
    const head = () => container.querySelectorAll<HTMLElement>('.grid-title')[1]!;
    head().click();
    expect(head().getAttribute('aria-sort')).toBe('ascending');
    await vi.waitFor(() => expect(requests.at(-1)?.searchParams.get('sort')).toBe('city'));
    head().click();
    expect(head().getAttribute('aria-sort')).toBe('descending');
    await vi.waitFor(() => expect(requests.at(-1)?.searchParams.get('sort')).toBe('-city'));
    expect(container.querySelector<HTMLAnchorElement>('.table-download a')!.getAttribute('href')).toContain(
      'sort=-city',
    );
    const before = requests.length;
    head().click();
    expect(head().getAttribute('aria-sort')).toBe('none');
    expect(requests).toHaveLength(before);
    expect(container.querySelector('.grid-cell')?.textContent).toBe('0');
  });

  it('copies the chosen cells as tab-separated text', () => {
    const { container, text } = show([table(10, { block: base64(bytesOf(0, 10)) })]);
    const grid = container.querySelector('.grid')!;
    grid.dispatchEvent(new FocusEvent('focus'));
    press(grid, 'ArrowDown');
    press(grid, 'ArrowDown', { shiftKey: true });
    press(grid, 'ArrowRight', { shiftKey: true });
    const copy = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
    grid.dispatchEvent(copy);
    expect(copy.clipboardData?.getData('text/plain')).toBe('1\t\n2\t<b>서울</b> 2');
    expect(text('[role=status]')[0]).toBe('Copied 2 × 2');
    press(grid, 'a', { ctrlKey: true });
    const all = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
    grid.dispatchEvent(all);
    expect(all.clipboardData?.getData('text/plain').split('\n')[0]).toBe('n\tcity');
  });

  it('refuses to copy more than a clipboard can hold, and says what to do', () => {
    const { container, text } = show([table(10_000_000, { block: base64(bytesOf(0, 10)) })]);
    const grid = container.querySelector('.grid')!;
    grid.dispatchEvent(new FocusEvent('focus'));
    press(grid, 'a', { ctrlKey: true });
    const copy = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
    grid.dispatchEvent(copy);
    expect(copy.clipboardData?.getData('text/plain')).toBe('');
    expect(text('[role=status]')[0]).toContain('download instead');
  });

  it('keeps its elements when a run answers with the same columns', () => {
    const { container, set, text } = show([table(3, { block: base64(bytesOf(0, 3)) })]);
    const grid = container.querySelector('.grid');
    set([table(2, { result: 'r2' as ResultId, block: base64(bytesOf(7, 2)) })]);
    expect(container.querySelector('.grid')).toBe(grid);
    expect(text('.grid-row .grid-cell')).toEqual(['7', '<b>서울</b> 7', '8', '<b>서울</b> 8']);
  });

  it('grows while rows come, and says so', () => {
    const { set, text } = show([table(4, { open: true, block: base64(bytesOf(0, 4)) })]);
    expect(text('.table-foot')[0]).toContain('4 rows × 2 so far');
    set([table(9_000, { open: true, block: base64(bytesOf(0, 4)) })]);
    expect(text('.table-foot')[0]).toContain('9,000 rows × 2 so far');
    expect(text('.grid-row .grid-number')).toEqual(['1', '2', '3', '4']);
    set([table(20_000, { block: base64(bytesOf(0, 4)) })]);
    expect(text('.table-foot')[0]).toContain('20,000 rows × 2');
    expect(text('.grid-row .grid-number')).toHaveLength(10);
  });

  it('keeps its columns where they are as a long result becomes whole', () => {
    const { set, container } = show([table(2_048, { open: true, block: base64(bytesOf(0, 2_048)) })]);
    const places = () =>
      [container.querySelector<HTMLElement>('.grid')!.style.getPropertyValue('--number')].concat(
        [...container.querySelectorAll<HTMLElement>('.grid-title')].map(({ style }) => `${style.left} ${style.width}`),
      );
    const before = places();
    set([table(300_000, { open: true, block: base64(bytesOf(0, 2_048)) })]);
    expect(places()).toEqual(before);
    set([table(3_000_000, { block: base64(bytesOf(0, 100)) })]);
    expect(places()).toEqual(before);
    set([table(3, { block: base64(bytesOf(0, 3)) })]);
    expect(places()[0]).toBe(before[0]);
  });

  it('fills its frame: the last column’s cells go on to the edge, its texts do not', () => {
    const { container } = show([table(3, { block: base64(bytesOf(0, 3)) })]);
    const grid = container.querySelector<HTMLElement>('.grid')!;
    const pixels = (text: string) => Number.parseFloat(text);
    const last = [...container.querySelectorAll<HTMLElement>('.grid-row:first-child [data-last]')];
    expect(last.map((cell) => cell.getAttribute('aria-colindex'))).toEqual(['3']);
    const [, left, width] = /\+ ([\d.]+)px\) calc\(([\d.]+)px/.exec(`${last[0]!.style.left} ${last[0]!.style.width}`)!;
    const { style } = grid;
    const right = pixels(style.getPropertyValue('--number')) + pixels(left!) + pixels(width!);
    expect(right + pixels(style.getPropertyValue('--spare'))).toBe(
      pixels(container.querySelector<HTMLElement>('.grid-pane')!.style.width),
    );
  });

  it('that is short has narrow row numbers', () => {
    const { container } = show([table(3, { block: base64(bytesOf(0, 3)) })]);
    expect(container.querySelector<HTMLElement>('.grid')!.style.getPropertyValue('--number')).toBe('44px');
  });

  it('that was dropped offers to run again', () => {
    const onRunAgain = vi.fn();
    const { container } = show([table(5000, { dropped: true })], { onRunAgain });
    container.querySelector<HTMLButtonElement>('.table-note button')!.click();
    expect(onRunAgain).toHaveBeenCalledTimes(1);
    expect(requests).toEqual([]);
  });

  it('says why rows cannot be had, and tries again', async () => {
    answer = () => Response.json({ error: { code: 'internal', message: 'Reference 3f.' } }, { status: 500 });
    const { container, text } = show([table(5000)]);
    await vi.waitFor(() => expect(text('[role=alert]')[0]).toContain('Reference 3f.'));
    answer = (url) =>
      new Response(new Uint8Array(bytesOf(Number(url.searchParams.get('offset')), 10)) as Uint8Array<ArrayBuffer>);
    container.querySelector<HTMLButtonElement>('[role=alert] button')!.click();
    await vi.waitFor(() => expect(text('.grid-cell')[0]).toBe('0'));
    expect(container.querySelector('[role=alert]')).toBeNull();
  });

  it('stays usable without rows, without columns, and with five thousand columns', () => {
    const wide = Array.from({ length: 5000 }, (_, index) => ({ name: `c${index}`, type: 'INTEGER' }));
    const { container } = show([table(0), table(3, { columns: [] }), table(100_000, { columns: wide })]);
    expect(container.querySelectorAll('.grid')).toHaveLength(2);
    expect(container.textContent).toContain('The result has no columns');
    expect(container.querySelectorAll('.grid-cell').length).toBeLessThan(500);
  });
});

describe('an error', () => {
  it('says what failed, where and what to try, and mends it with one click', () => {
    const onFix = vi.fn();
    const { container } = show(
      [
        {
          kind: 'error',
          code: 'unknown-column',
          message: 'No column “dely” in flights',
          line: 1,
          column: 20,
          length: 4,
          hint: 'Did you mean delay?',
          fix: { replacement: 'delay' },
          detail: 'Binder Error',
        },
      ],
      { onFix },
    );
    expect(container.textContent).toContain('line 1, column 20');
    expect(container.querySelector('details')!.open).toBe(false);
    const button = container.querySelector<HTMLButtonElement>('.output-fix')!;
    expect(button.textContent).toBe('Change to delay');
    button.click();
    expect(onFix).toHaveBeenCalledTimes(1);
  });
});

describe('text', () => {
  it('shows markup as text and tells stderr apart', () => {
    const { container } = show([
      { kind: 'text', stream: 'stdout', text: '<img src=x onerror=alert(1)>\n' },
      { kind: 'text', stream: 'stderr', text: '\u001b[31mbad\u001b[0m' },
    ]);
    expect(container.querySelector('img')).toBeNull();
    expect(container.querySelector('[data-stream=stderr] span')?.textContent).toBe('bad');
  });

  it('is cut until one wants all of it', () => {
    const lines = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
    const { container } = show([{ kind: 'text', stream: 'stdout', text: lines, omitted: 7 }]);
    expect(container.querySelector('pre')!.textContent).not.toContain('line 499');
    const button = container.querySelector<HTMLButtonElement>('button')!;
    expect(button.textContent).toBe('Show all 500 lines');
    expect(container.textContent).toContain('7 more characters were not kept');
    button.click();
    expect(container.querySelector('pre')!.textContent).toContain('line 499');
  });

  it('of which the page was sent the beginning is fetched when one wants all of it', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (path: string) => {
      asked.push(path);
      return new Response('beginning and end');
    });
    const { container } = show([{ kind: 'text', stream: 'stdout', text: 'beginning', cut: 8 }]);
    container.querySelector<HTMLButtonElement>('button')!.click();
    await vi.waitFor(() => expect(container.querySelector('pre')!.textContent).toBe('beginning and end'));
    expect(asked).toEqual([expect.stringMatching(/^\/api\/v1\/runs\/[^/]+\/outputs\/0\/text$/)]);
    vi.unstubAllGlobals();
  });

  it('streams: what comes is added to what is there', () => {
    const { container, set } = show([{ kind: 'text', stream: 'stdout', text: 'one\n' }]);
    set([{ kind: 'text', stream: 'stdout', text: 'one\ntwo\n' }]);
    expect(container.querySelector('pre')!.textContent).toBe('one\ntwo');
  });

  it('of one huge line is cut too, and of many never fills the page', () => {
    expect(cutText('x'.repeat(1_000_000), false).text.length).toBeLessThan(10_000);
    expect(cutText('y\n'.repeat(1_000_000), true).text.length).toBeLessThan(500_000);
    expect(cutText('short\n', false)).toEqual({ text: 'short', lines: 1, more: 0 });
  });
});

describe('a table that is narrowed', () => {
  const profile = {
    rows: 3000,
    nulls: 10,
    distinct: { count: 2, about: false },
    ends: ['a', 'b'],
    frequent: {
      about: false,
      values: [
        { text: 'Seoul', count: 1000 },
        { text: 'Busan', count: 500 },
      ],
    },
  };
  const json = (body: unknown) =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  let progress: { fraction: number; rows: number };
  beforeEach(() => {
    progress = { fraction: 1, rows: 40 };
    const rows = answer;
    answer = (url) => {
      if (url.pathname.endsWith('/progress')) return json(progress);
      if (url.pathname.endsWith('/profile')) return json(profile);
      if (url.pathname.endsWith('/sums')) return json({ values: 2, numbers: 2, sum: '1234', mean: 617 });
      return rows(url);
    };
    localStorage.clear();
    // This document has no top layer.
    HTMLElement.prototype.showPopover ??= () => {};
    HTMLElement.prototype.hidePopover ??= function (this: HTMLElement) {
      this.dispatchEvent(Object.assign(new Event('toggle'), { newState: 'closed' }));
    };
  });
  const place = { viewer: 'me', paragraph: 'p' };
  const showIn = (more: { onTable?: (option: unknown) => void; table?: unknown } = {}) => {
    const shown = render(() => (
      <Outputs run={run([table(3000, { block: base64(bytesOf(0, 100)) })])} dimmed={false} place={place} {...more} />
    ));
    const foot = () => shown.container.querySelector('.table-foot')!.textContent ?? '';
    const titles = () => [...shown.container.querySelectorAll('.grid-title .grid-name')].map((one) => one.textContent);
    const button = (name: string) =>
      [...shown.container.querySelectorAll('button')].find((one) => one.textContent?.includes(name))!;
    const openMenu = async (column: number): Promise<HTMLElement> => {
      shown.container.querySelectorAll<HTMLElement>('.grid-more')[column]!.click();
      await vi.waitFor(() => expect(shown.container.querySelector('.column-menu')).not.toBeNull(), 20_000);
      return shown.container.querySelector<HTMLElement>('.column-menu')!;
    };
    return { ...shown, foot, titles, button, openMenu };
  };

  it('by values of a column shows its rows and how many they are, and goes back by a click', async () => {
    const { foot, openMenu, container, button } = showIn();
    const menu = await openMenu(1);
    await vi.waitFor(() => expect(menu.querySelectorAll('.column-values label')).toHaveLength(3), 20_000);
    expect(menu.querySelector('.column-values')!.textContent).toContain('Seoul1,000');
    menu.querySelector<HTMLInputElement>('.column-values input')!.click();
    await vi.waitFor(() => expect(foot()).toContain('40 of 3,000 rows'), 20_000);
    const filter = '[{"column":"city","is":"among","values":["Seoul"]}]';
    expect(requests.find(({ pathname }) => pathname.endsWith('/progress'))!.searchParams.get('filter')).toBe(filter);
    await vi.waitFor(() =>
      expect(
        requests
          .filter(({ pathname }) => pathname.endsWith('/rows'))
          .at(-1)!
          .searchParams.get('filter'),
      ).toBe(filter),
    );
    expect(container.querySelector('[role=grid]')!.getAttribute('aria-rowcount')).toBe('41');
    expect(container.querySelector('.grid-title.filtered .grid-name')!.textContent).toBe('city');
    expect(container.querySelector<HTMLAnchorElement>('.table-download a')!.href).toContain(
      encodeURIComponent('Seoul'),
    );
    container.querySelector<HTMLElement>('.table-chip-off')!.click();
    await vi.waitFor(() => expect(foot()).toContain('3,000 rows × 2'));
    expect(button('As it was')).toBeUndefined();
  });

  it('says how far the search is, and that nothing matches', async () => {
    progress = { fraction: 0.12, rows: 0 };
    const { foot, button, container } = showIn();
    button('Filter').click();
    const field = container.querySelector<HTMLInputElement>('.table-search')!;
    field.value = 'nothing';
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await vi.waitFor(() => expect(foot()).toContain('12 % searched'), 20_000);
    progress = { fraction: 1, rows: 0 };
    await vi.waitFor(
      () => expect(container.querySelector('.table-none')?.textContent).toContain('No row matches'),
      20_000,
    );
    expect(foot()).toContain('0 of 3,000 rows');
    button('Show all rows').click();
    await vi.waitFor(() => expect(foot()).toContain('3,000 rows × 2'));
  });

  it('stays so when the page is loaded again, for this viewer and paragraph', async () => {
    const before = showIn();
    const menu = await before.openMenu(0);
    const inputs = menu.querySelectorAll<HTMLInputElement>('.column-ends input');
    inputs[0]!.value = '1,000';
    inputs[0]!.dispatchEvent(new Event('change', { bubbles: true }));
    await vi.waitFor(() => expect(before.foot()).toContain('40 of 3,000 rows'), 20_000);
    before.unmount();
    const after = showIn();
    await vi.waitFor(() => expect(after.foot()).toContain('40 of 3,000 rows'), 20_000);
    expect(after.container.querySelector('.table-chip')!.textContent).toContain('n ≥ 1,000');
  });

  it('hides, pins and moves columns, and a writer saves that for all', async () => {
    const saved: unknown[] = [];
    const { titles, openMenu, button, foot, container } = showIn({ onTable: (option) => saved.push(option) });
    const press = (menu: HTMLElement, name: string) =>
      [...menu.querySelectorAll('button')].find((one) => one.textContent === name)!.click();
    press(await openMenu(1), '←');
    await vi.waitFor(() => expect(titles()).toEqual(['city', 'n']));
    press(await openMenu(0), 'Pin');
    await vi.waitFor(() =>
      expect(container.querySelector('.grid-title[data-pinned] .grid-name')?.textContent).toBe('city'),
    );
    press(await openMenu(1), 'Hide');
    await vi.waitFor(() => expect(titles()).toEqual(['city']));
    expect(foot()).toContain('1 column hidden: show');
    button('Save for everyone').click();
    expect(saved).toEqual([{ order: ['city', 'n'], pinned: ['city'], hidden: ['n'] }]);
    button('1 column hidden')?.click();
    await vi.waitFor(() => expect(titles()).toEqual(['n', 'city']));
  });

  it('is laid out as a writer saved it, until a viewer does otherwise', async () => {
    const { titles, foot } = showIn({ table: { hidden: ['n'], formats: { city: 'link' } } });
    expect(titles()).toEqual(['city']);
    expect(foot()).not.toContain('As it was');
  });

  it('opens a column’s menu by keyboard, and comes back to the grid', async () => {
    const { container } = showIn();
    const grid = container.querySelector<HTMLElement>('.grid')!;
    grid.dispatchEvent(new FocusEvent('focus'));
    press(grid, 'ArrowRight');
    press(grid, 'ArrowUp');
    press(grid, 'ArrowUp');
    press(grid, 'ArrowDown', { altKey: true });
    await vi.waitFor(
      () => expect(container.querySelector('.column-menu')?.getAttribute('aria-label')).toBe('Column city'),
      20_000,
    );
    press(container.querySelector('.column-menu')!, 'Escape');
    await vi.waitFor(() => expect(container.querySelector('.column-menu')).toBeNull());
    expect(document.activeElement).toBe(grid);
  });

  it('sums what is picked, all of it, by the server', async () => {
    const { container, foot } = showIn();
    const grid = container.querySelector<HTMLElement>('.grid')!;
    grid.dispatchEvent(new FocusEvent('focus'));
    press(grid, 'ArrowDown');
    press(grid, 'End', { ctrlKey: true, shiftKey: true });
    await vi.waitFor(() => expect(foot()).toContain('2 numbers · sum 1,234 · mean 617'), 20_000);
    const asked = requests.find(({ pathname }) => pathname.endsWith('/sums'))!.searchParams;
    expect([asked.get('columns'), asked.get('to')]).toEqual(['["n","city"]', '3000']);
  });
});
