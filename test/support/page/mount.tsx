/** A notebook's page in a test: the real parts over a made-up live notebook. */
import { configure, render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { App, type AppContext } from '../../../client/app-context.ts';
import { createLeaving } from '../../../client/drafts/leaving.ts';
import { NotebookView } from '../../../client/notebook/NotebookView.tsx';
import { createTheme } from '../../../client/parts/theme.ts';
import { createToasts, ToastList } from '../../../client/parts/toasts.tsx';
import type { Person } from '../../../client/people/person.ts';
import type { PersonId } from '../../../server/protocol/ids.ts';
import type { SessionTable } from '../../../server/protocol/messages.ts';
import { lonePages, memoryKept } from '../kept.ts';
import { type FakeLive, fakeLive, type Given } from './live.ts';

// What is loaded when it is asked for comes late on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

export type Mounted = {
  readonly live: FakeLive;
  readonly app: AppContext;
  readonly went: string[];
  /** Keys as a person presses them, at whatever has the focus. */
  press(...keys: (string | KeyboardEventInit)[]): void;
  ids(): string[];
  at(): string | null;
  section(id: string): HTMLElement;
};

export function fakeApp(went: string[] = []): AppContext {
  const [person, setPerson] = createSignal<Person>({ id: 'ada' as PersonId, name: 'Ada', color: 2 });
  return {
    router: { route: () => ({ page: 'unknown' }), go: (path) => void went.push(path), close: () => {} },
    toasts: createToasts(),
    theme: createTheme(localStorage, document.documentElement),
    person,
    named: () => true,
    account: false,
    rename: (name) => void setPerson({ ...person(), name }),
    mac: false,
    kept: { store: memoryKept(), pages: lonePages, leaving: createLeaving(window) },
  };
}

export async function mountNotebook(
  given: readonly Given[],
  options: { readonly tables?: readonly SessionTable[]; readonly fresh?: boolean } = {},
): Promise<Mounted> {
  const live = fakeLive(given, options.tables);
  const went: string[] = [];
  const app = fakeApp(went);
  render(() => (
    <App.Provider value={app}>
      <NotebookView live={live} fresh={options.fresh === true} />
      <ToastList toasts={app.toasts} />
    </App.Provider>
  ));
  live.emit({ type: 'welcome', path: 'late.nb.md', role: 'owner' });
  await Promise.resolve();
  return {
    live,
    app,
    went,
    press(...keys) {
      for (const key of keys) {
        const init = typeof key === 'string' ? { key } : key;
        const target = document.activeElement ?? document.body;
        target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
      }
    },
    ids: () =>
      [...document.querySelectorAll<HTMLElement>('[data-paragraph]')].map((one) => one.dataset.paragraph ?? ''),
    at: () => document.querySelector('[aria-current="true"]')?.getAttribute('data-paragraph') ?? null,
    section(id) {
      const section = document.querySelector<HTMLElement>(`[data-paragraph="${id}"]`);
      if (!section) throw new Error(`no paragraph ${id}`);
      return section;
    },
  };
}
