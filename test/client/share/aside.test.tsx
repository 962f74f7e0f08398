import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { App } from '../../../client/app-context.ts';
import { Folders } from '../../../client/home/Folders.tsx';
import { foldersOf } from '../../../client/home/folders.ts';
import { fakeApp } from '../../support/page/mount.tsx';

afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
});

const grant = (subject: object, name: string, role: string) => ({ subject, name, role, by: 'Ada', at: 1 });
const crew = grant({ kind: 'group', group: 'crew' }, 'crew', 'writer');
const ben = grant({ kind: 'person', person: 'ben' }, 'Ben', 'reader');
const nobody = grant({ kind: 'person', person: 'gone' }, '', 'owner');

/** A server where `reports` is gone; `papers` is shared with Ben as its owner. */
function serve(refuse = '') {
  const calls: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const path = address.replace('/api/v1', '');
    const method = init.method ?? 'GET';
    calls.push({ method, path, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined });
    if (`${method} ${path}` === refuse)
      return new Response(JSON.stringify({ error: { code: 'x', message: 'Not now.' } }), { status: 507 });
    if (method === 'DELETE') return new Response(null, { status: 204 });
    const [items, aside] = path.includes('papers') ? [[{ ...ben, role: 'owner' }], []] : [[], [crew, ben, nobody]];
    return new Response(JSON.stringify({ items, aside, inherited: [], tag: '"1"' }));
  });
  return { calls, changes: () => calls.filter(({ method }) => method !== 'GET') };
}

async function open() {
  const changed = vi.fn();
  render(() => (
    <App.Provider value={fakeApp([])}>
      <Folders folders={foldersOf(['papers', 'papers/old'])} current="" gone={['reports']} onChanged={changed} />
    </App.Provider>
  ));
  fireEvent.click(screen.getByRole('button', { name: 'The folder “reports” is gone; its roles are kept aside' }));
  await screen.findByText('crew');
  return changed;
}

test('roles of a folder that is gone are shown where it was, and given to another folder over what stands there', async () => {
  const { changes } = serve();
  const changed = await open();
  expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['papers', 'papers/old']);
  fireEvent.click(screen.getByRole('button', { name: 'Give them to it' }));
  await waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  expect(changes()).toEqual([
    {
      method: 'PUT',
      path: '/folders/papers/access',
      body: {
        grants: [
          { subject: ben.subject, role: 'owner' },
          { subject: crew.subject, role: 'writer' },
        ],
      },
    },
    { method: 'DELETE', path: '/folders/reports/access', body: undefined },
  ]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('they are forgotten, and of what could not be given nothing is', async () => {
  const { changes } = serve('PUT /folders/papers/access');
  const changed = await open();
  fireEvent.click(screen.getByRole('button', { name: 'Give them to it' }));
  await screen.findByText('That was not changed: Not now.');
  expect(changes().map(({ method }) => method)).toEqual(['PUT']);
  await waitFor(() =>
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Forget them' }).disabled).toBe(false),
  );
  fireEvent.click(screen.getByRole('button', { name: 'Forget them' }));
  await waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  expect(changes().at(-1)).toMatchObject({ method: 'DELETE', path: '/folders/reports/access' });
});
