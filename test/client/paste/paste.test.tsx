import { cleanup, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queryOf } from '../../../client/paste/take.ts';
import { orderOf, sourceOf } from '../../../server/protocol/document.ts';
import { type Mounted, mountNotebook } from '../../support/page/mount.tsx';

/** What the server was sent, and what it answers to the next file. */
let stored: { readonly path: string; readonly body: string }[] = [];
let deleted: string[] = [];
let refuse = false;

class FakeUpload extends EventTarget {
  readonly upload = new EventTarget();
  status = 0;
  responseText = '';
  path = '';
  open(_method: string, path: string): void {
    this.path = path;
  }
  setRequestHeader(): void {}
  abort(): void {
    this.dispatchEvent(new Event('abort'));
  }
  async send(file: File): Promise<void> {
    const body = await file.text();
    if (!refuse) stored.push({ path: this.path, body });
    this.status = refuse ? 507 : 201;
    this.responseText = JSON.stringify(
      refuse ? { error: { code: 'disk-full', message: 'The disk is full.' } } : { path: 'data/pasted-2.csv' },
    );
    this.dispatchEvent(new Event('load'));
  }
}

beforeEach(() => {
  stored = [];
  deleted = [];
  refuse = false;
  vi.stubGlobal('XMLHttpRequest', FakeUpload);
  vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => {
    if (init.method === 'DELETE') deleted.push(path);
    return Promise.resolve(new Response(init.method === 'DELETE' ? '{}' : '{"items":[]}'));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
});

/** As a browser tells of a paste; true when the page took it. */
function paste(target: Element, text: string, html = ''): boolean {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.defineProperty(event, 'clipboardData', {
    value: { getData: (type: string) => (type === 'text/html' ? html : type === 'text/plain' ? text : '') },
  });
  return !target.dispatchEvent(event);
}

async function writingIn(source: string, interpreter = 'sql'): Promise<Mounted> {
  const page = await mountNotebook([
    { id: 'a', interpreter: 'markdown', source: '# Late' },
    { id: 'b', interpreter, source },
  ]);
  page.press('j', 'j', 'Enter');
  return page;
}
const caret = (): Element => document.activeElement ?? document.body;
const text = (page: Mounted, id: string) => sourceOf(page.live.doc, id)?.toString();
const TABLE = 'city\tdelay\nSeoul\t3\nBusan\t4\n';

test('a table in an empty paragraph becomes a file beside the notebook and a query that is run', async () => {
  const page = await writingIn('');
  expect(paste(caret(), TABLE)).toBe(true);
  await waitFor(() => expect(text(page, 'b')).toBe("select * from 'data/pasted-2.csv'"));
  expect(stored).toEqual([{ path: '/api/v1/files/data/pasted.csv', body: 'city,delay\nSeoul,3\nBusan,4\n' }]);
  expect(page.live.asked).toEqual([['b']]);
  await screen.findByText('Made a table of what you pasted: data/pasted-2.csv');
  screen.getByText('2 rows × 2 columns');
});

test('taken back, the text stands there as if pasted, and the file is gone', async () => {
  const page = await writingIn('', 'shell');
  paste(caret(), TABLE);
  (await screen.findByRole('button', { name: 'Undo: keep as text' })).click();
  const [, fresh] = orderOf(page.live.doc);
  expect(text(page, fresh ?? '')).toBe(TABLE);
  expect(page.section(fresh ?? '').dataset.interpreter).toBe('shell');
  await waitFor(() => expect(deleted).toEqual(['/api/v1/files/data/pasted-2.csv']));
});

test('it works for a paragraph that is chosen, without the caret in it', async () => {
  const page = await writingIn('');
  page.press('Escape');
  expect(paste(page.section('b'), TABLE)).toBe(true);
  await waitFor(() => expect(text(page, 'b')).toContain('pasted-2.csv'));
});

test('where something is written, and where it is no table at a glance, the editor has it', async () => {
  await writingIn('select 1');
  expect(paste(caret(), TABLE)).toBe(false);
  cleanup();
  await writingIn('');
  expect(paste(caret(), 'select 1')).toBe(false);
  expect(stored).toEqual([]);
});

test('what is no table at a closer look is put in as it is', async () => {
  const page = await writingIn('');
  const code = 'select a, b\nfrom t, u';
  expect(paste(caret(), code)).toBe(true);
  await waitFor(() => expect(text(page, 'b')).toBe(code));
  expect(stored).toEqual([]);
});

test('what cannot be stored is put in as text, with the reason', async () => {
  const page = await writingIn('');
  refuse = true;
  paste(caret(), TABLE);
  await waitFor(() => expect(text(page, 'b')).toBe(TABLE));
  await screen.findByText('The disk is full.');
});

test('without a connection it stays text and is told', async () => {
  const page = await writingIn('');
  page.live.setSave({ state: 'offline', unsent: 0, keeping: 'here', retryAt: 0 });
  paste(caret(), TABLE);
  await waitFor(() => expect(text(page, 'b')).toBe(TABLE));
  await screen.findByText(/becomes a table once the connection is back/);
});

test('too much is refused with what to do instead', async () => {
  const page = await writingIn('');
  expect(paste(caret(), TABLE.padEnd(21_000_000, '1\t2\n'))).toBe(true);
  await screen.findByText('What you pasted has 21 million characters; at most 20 million make a table');
  expect(text(page, 'b')).toBe('');
});

test('the query says what the engine could only guess', () => {
  expect(queryOf('data/a.csv', { exact: [], allText: false })).toBe("select * from 'data/a.csv'");
  expect(queryOf('data/a.csv', { exact: ["it's"], allText: true })).toBe(
    "select * from read_csv('data/a.csv', header = true, types = {'it''s': 'VARCHAR'})",
  );
});
