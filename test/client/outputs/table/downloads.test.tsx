import { render } from 'solid-js/web';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Downloads } from '../../../../client/outputs/table/Downloads.tsx';
import { prepare, type Step } from '../../../../client/outputs/table/downloading.ts';
import { downloads as words } from '../../../../client/words/downloads.ts';
import type { ResultId } from '../../../../server/protocol/ids.ts';
import type { TableOutput } from '../../../../server/protocol/outputs.ts';

const never = new AbortController().signal;
const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });

describe('a download', () => {
  it('is asked for until it is there, and says how far it is', async () => {
    const answers = [
      { ready: false, fraction: 0.2, bytes: 10 },
      { ready: false, fraction: 0.7, bytes: 40 },
      { ready: true, fraction: 1, bytes: 50 },
    ];
    const steps: Step[] = [];
    const fetcher = async () => json(answers.shift()!);
    expect(await prepare('/x', (step) => steps.push(step), never, { fetcher })).toEqual({ is: 'ready', bytes: 50 });
    expect(steps.map(({ fraction }) => fraction)).toEqual([0.2, 0.7]);
  });
  it('outlives a connection that is away for a moment', async () => {
    let calls = 0;
    const fetcher = async () => {
      calls += 1;
      if (calls < 4) throw new TypeError('no connection');
      return json({ ready: true, fraction: 1, bytes: 5 });
    };
    expect(await prepare('/x', () => {}, never, { fetcher, pauseMs: 0 })).toEqual({ is: 'ready', bytes: 5 });
  });
  it('is unreachable in the end', async () => {
    const fetcher = async () => {
      throw new TypeError('no connection');
    };
    expect(await prepare('/x', () => {}, never, { fetcher, pauseMs: 0 })).toEqual({ is: 'failed', message: undefined });
  });
  it('comes as it is made where there is no room to prepare it, and says what else is wrong', async () => {
    const failing = (code: string) => async () => json({ error: { code, message: 'no' } }, 507);
    expect(await prepare('/x', () => {}, never, { fetcher: failing('not-prepared') })).toEqual({ is: 'direct' });
    expect(await prepare('/x', () => {}, never, { fetcher: failing('result-gone') })).toEqual({
      is: 'failed',
      message: 'no',
    });
  });
  it('that is given up asks no more', async () => {
    const stop = new AbortController();
    let calls = 0;
    const fetcher = async () => {
      calls += 1;
      stop.abort();
      return json({ ready: false, fraction: 0, bytes: 0 });
    };
    expect(await prepare('/x', () => {}, stop.signal, { fetcher })).toEqual({ is: 'cancelled' });
    expect(calls).toBe(1);
  });
});

describe('on the page', () => {
  const output: TableOutput = {
    kind: 'table',
    result: 'notebook22-r1' as ResultId,
    name: 'flights',
    columns: [{ name: 'a', type: 'INTEGER' }],
    rows: 10,
    bytes: 100,
  };
  let asked: { url: URL; signal: AbortSignal | null | undefined; answer: (body: object, status?: number) => void }[] =
    [];
  let saved: string[] = [];
  let dispose = () => {};
  beforeEach(() => {
    asked = [];
    saved = [];
    HTMLElement.prototype.showPopover ??= () => {};
    HTMLElement.prototype.hidePopover ??= () => {};
    vi.stubGlobal('fetch', (address: string, init?: RequestInit) => {
      return new Promise<Response>((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
        asked.push({
          url: new URL(address, 'http://gondola.test'),
          signal: init?.signal,
          answer: (body, status = 200) => resolve(json(body, status)),
        });
      });
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      if (!this.isConnected) saved.push(`${this.download} ${this.getAttribute('href')}`);
      else this.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    });
  });
  afterEach(() => {
    dispose();
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  function show(view = {}): { host: HTMLElement; uses: () => number } {
    let uses = 0;
    const host = document.body.appendChild(document.createElement('div'));
    dispose = render(() => <Downloads output={output} view={view} onUse={() => (uses += 1)} />, host);
    return { host, uses: () => uses };
  }
  const come = async (count: number) => {
    await vi.waitFor(() => expect(asked).toHaveLength(count));
    return asked[count - 1]!;
  };

  it('what is there at once is saved without a word, as it is sorted and filtered', async () => {
    const { host, uses } = show({ sort: '-a' });
    host.querySelector<HTMLElement>('.table-download a')!.click();
    const { url, answer } = await come(1);
    expect([url.pathname, url.search]).toEqual(['/api/v1/results/notebook22-r1/download', '?format=csv&sort=-a']);
    answer({ ready: true, fraction: 1, bytes: 3 });
    await vi.waitFor(() =>
      expect(saved).toEqual(['flights.csv /api/v1/results/notebook22-r1/rows?format=csv&sort=-a']),
    );
    await vi.waitFor(() => expect(host.querySelector('.table-preparing')).toBeNull());
    expect(uses()).toBe(1);
  });

  it('a long one shows how far it is, can be given up, and otherwise is saved and said', async () => {
    const { host } = show();
    const link = host.querySelector<HTMLElement>('.table-download a')!;
    link.click();
    (await come(1)).answer({ ready: false, fraction: 0.34, bytes: 120_000_000 });
    await vi.waitFor(() => expect(host.querySelector('.table-preparing')!.textContent).toBe('CSV 34 %120 MB×'));
    expect(host.querySelector('progress')!.getAttribute('aria-label')).toBe(words.preparingLabel('CSV'));
    const { signal } = await come(2);
    host.querySelector<HTMLElement>(`[aria-label="${words.cancel('CSV')}"]`)!.click();
    expect(signal?.aborted).toBe(true);
    await vi.waitFor(() => expect(host.querySelector('.table-preparing')).toBeNull());
    link.click();
    (await come(3)).answer({ ready: false, fraction: 0.5, bytes: 0 });
    (await come(4)).answer({ ready: true, fraction: 1, bytes: 1_200_000_000 });
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    await vi.waitFor(() => expect(host.querySelector('.table-preparing a')!.textContent).toBe('CSV saved · 1.2 GB'));
  });

  it('one that failed says why, and offers it unprepared', async () => {
    const { host } = show();
    host.querySelector<HTMLElement>('.table-download a')!.click();
    (await come(1)).answer({ error: { code: 'result-gone', message: 'The rows were removed.' } }, 410);
    await vi.waitFor(() => expect(host.querySelector('[role=alert]')!.textContent).toContain('The rows were removed.'));
    expect(host.querySelector('.table-preparing a')!.getAttribute('href')).toContain('/rows?format=csv');
  });

  it('the menu has every form, and how a CSV may be written', async () => {
    const { host } = show();
    host.querySelector<HTMLElement>('.table-download button')!.click();
    await vi.waitFor(() => expect(host.querySelectorAll('[role=menuitem]')).toHaveLength(8));
    const hrefs = Array.from(
      host.querySelectorAll('[role=menuitem]'),
      (one) => /format=(\w+)/.exec(one.getAttribute('href') ?? '')?.[1],
    );
    expect(hrefs).toEqual(['csv', 'tsv', 'xlsx', 'parquet', 'arrow', 'json', 'jsonl', undefined]);
    host.querySelector<HTMLElement>('button[role=menuitem]')!.click();
    const select = host.querySelector('select')!;
    select.value = ';';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    const [mark] = host.querySelectorAll<HTMLInputElement>('input');
    mark!.checked = false;
    mark!.dispatchEvent(new Event('change', { bubbles: true }));
    host.querySelector<HTMLElement>('.download-go')!.click();
    const { url } = await come(1);
    expect(Object.fromEntries(url.searchParams)).toEqual({ format: 'csv', separator: ';', guard: 'true' });
  });
});
