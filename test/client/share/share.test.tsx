import { cleanup, render, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Share } from '../../../client/share/Share.tsx';
import type { NotebookId } from '../../../server/protocol/ids.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
});

type Call = { readonly method: string; readonly path: string; readonly body: unknown };
const grant = (person: string, role: string) => ({
  subject: { kind: 'person', person },
  name: person,
  role,
  by: '',
  at: 1,
});

/** A server of two people, ada who asks and ben; `refuse` answers calls by their path. */
function serve(
  items: object[],
  options: { me?: object; refuse?: () => string | undefined; inherited?: object[] } = {},
) {
  const calls: Call[] = [];
  let roles = items;
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const path = address.replace('/api/v1', '');
    const method = init.method ?? 'GET';
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    calls.push({ method, path, body });
    const answer = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
    if (options.refuse?.() === path) return answer({ error: { code: 'internal', message: 'Broken.', hint: '' } }, 500);
    if (path === '/me')
      return answer({
        kind: 'person',
        person: { id: 'ada', name: 'ada' },
        role: 'writer',
        accounts: true,
        ...options.me,
      });
    if (path === '/people')
      return answer({ items: ['ada', 'ben'].map((id) => ({ id, name: id })), groups: ['crew'], next: null });
    if (path.endsWith('/links')) return answer({ items: [], next: null });
    if (method === 'PUT')
      roles = body.grants.map((one: { subject: { person: string }; role: string }) =>
        grant(one.subject.person, one.role),
      );
    return answer({ items: roles, inherited: options.inherited ?? [], next: null });
  });
  return {
    calls,
    puts: () => calls.filter(({ method }) => method === 'PUT'),
    now(next: object[]) {
      roles = next;
    },
  };
}

const place = { kind: 'notebook', id: 'nb' as NotebookId, title: 'Late' } as const;
const open = () => render(() => <Share place={place} onClose={() => {}} />);

describe('sharing', () => {
  test('on a server of this machine alone says so, and with what command others are let in', async () => {
    const reach = { local: true, others: [], folder: '/home/ada/my notebooks' };
    serve([grant('ada', 'owner')], { me: { kind: 'owner', reach } });
    open();
    await screen.findByText('Links work on this machine only: the server does not answer others.');
    const command = screen.getByRole<HTMLInputElement>('textbox', { name: 'Command that serves your network' });
    expect(command.value).toBe(`npx gondola serve '/home/ada/my notebooks' --lan`);
    const copied: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    command.parentElement!.querySelector('button')!.click();
    await waitFor(() => expect(copied).toEqual([command.value]));
  });

  test('on a server that others reach says nothing of the kind', async () => {
    serve([grant('ada', 'owner')], { me: { reach: { local: false, others: ['https://data.example'] } } });
    open();
    await screen.findByText('No links yet');
    await screen.findByRole('combobox', { name: 'What ada may do' });
    expect(screen.queryByText(/--lan|this machine only/)).toBeNull();
    expect(document.querySelector('[data-local]')).toBeNull();
  });

  test('says what failed, and tries again', async () => {
    let broken = true;
    serve([grant('ada', 'owner')], { refuse: () => (broken ? '/people' : undefined) });
    open();
    await screen.findByText('Who may see this could not be read');
    broken = false;
    screen.getByRole('button', { name: 'Try again' }).click();
    await screen.findByRole('combobox', { name: 'What ada may do' });
  });

  test('is written over what somebody else changed meanwhile', async () => {
    const server = serve([grant('ada', 'owner')]);
    open();
    const field = await screen.findByRole('combobox', { name: 'Add a person or group' });
    server.now([grant('ada', 'owner'), grant('cem', 'writer')]);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    expect(screen.getAllByRole('option', { hidden: true }).map((one) => one.textContent)).toContain('Bben');
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await waitFor(() => expect(server.puts()).toHaveLength(1));
    expect(server.puts()[0]?.body).toEqual({
      grants: [
        { subject: { kind: 'person', person: 'ada' }, role: 'owner' },
        { subject: { kind: 'person', person: 'cem' }, role: 'writer' },
        { subject: { kind: 'person', person: 'ben' }, role: 'reader' },
      ],
    });
    await screen.findByText('ben may open this now');
  });

  test('keeps the last owner, and asks before one takes away one’s own role', async () => {
    const server = serve([grant('ada', 'owner'), grant('ben', 'owner')]);
    open();
    const away = await screen.findByRole('button', { name: 'Remove ada' });
    away.click();
    await screen.findByRole('alertdialog', { name: 'Take away your own role?' });
    screen.getByRole('button', { name: 'Cancel' }).click();
    expect(server.puts()).toEqual([]);
    screen.getByRole<HTMLButtonElement>('button', { name: 'Remove ben' }).click();
    await waitFor(() => expect(server.puts()).toHaveLength(1));
    await screen.findByText('A notebook keeps an owner: make somebody else an owner first.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Remove ada' }).disabled).toBe(true);
    screen.getByRole('button', { name: 'Undo' }).click();
    await waitFor(() => expect(server.puts()).toHaveLength(2));
    await screen.findByRole('button', { name: 'Remove ben' });
  });

  test('tells whom the folders above let in, and that nobody owns it', async () => {
    serve([], {
      inherited: [
        { folder: 'team', items: [grant('ben', 'writer')] },
        { folder: '', items: [grant('cem', 'reader')] },
      ],
    });
    open();
    await screen.findByText('From the folder “team”');
    screen.getByText('From the whole workspace');
    screen.getByText('Belongs to the owners of this workspace.');
    expect(screen.queryByRole('button', { name: 'Remove ben' })).toBeNull();
  });

  test('a change that is refused is said in the dialog, and what stands there stays', async () => {
    let broken = false;
    serve([grant('ada', 'owner'), grant('ben', 'reader')], {
      refuse: () => (broken ? '/notebooks/nb/access' : undefined),
    });
    open();
    const away = await screen.findByRole('button', { name: 'Remove ben' });
    broken = true;
    away.click();
    await screen.findByText('That was not changed: Broken.');
    screen.getByRole('button', { name: 'Remove ben' });
  });
});
