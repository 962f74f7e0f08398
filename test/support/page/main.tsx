/** The notebook's page over a made-up notebook: to look at while there is no server. */
import '../../../client/styles/tokens.css';
import '../../../client/styles/fonts.css';
import '../../../client/styles/base.css';
import '../../../client/styles/parts.css';
import '../../../client/styles/home.css';
import '../../../client/styles/paragraph.css';
import '../../../client/styles/panels.css';
import '../../../client/styles/notebook.css';
import { createSignal } from 'solid-js';
import { render } from 'solid-js/web';
import { App } from '../../../client/app-context.ts';
import { openKept } from '../../../client/drafts/kept.ts';
import { NotebookView } from '../../../client/notebook/NotebookView.tsx';
import { createTheme } from '../../../client/parts/theme.ts';
import { createToasts, ToastList } from '../../../client/parts/toasts.tsx';
import { openTooltip } from '../../../client/parts/tooltip.ts';
import type { ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import { fakeLive } from './live.ts';
import { sample } from './sample.ts';

const many = Number(new URLSearchParams(location.search).get('many') ?? 0);
const live = fakeLive(
  many > 0
    ? Array.from({ length: many }, (_, n) => ({
        id: `p${n}`,
        interpreter: n % 4 === 0 ? 'markdown' : 'sql',
        source:
          n % 4 === 0
            ? `## Part ${n}\n\n${'Words of prose that go on. '.repeat(36)}`
            : `select ${n} as n, 'a'\n${`  , count(*) as c${n} -- what is counted here and why\n`.repeat(18)}from t`,
      }))
    : sample.paragraphs,
  sample.tables,
);
Object.assign(window, { live });
const [person, setPerson] = createSignal({ id: 'ada' as PersonId, name: 'Ada', color: 2 });
const app = {
  router: { route: () => ({ page: 'unknown' as const }), go: () => {}, close: () => {} },
  toasts: createToasts(),
  theme: createTheme(localStorage, document.documentElement),
  person,
  named: () => true,
  account: false,
  rename: (name: string) => void setPerson({ ...person(), name }),
  mac: false,
  kept: openKept(window),
};
openTooltip(document);
const started = performance.now();
render(
  () => (
    <App.Provider value={app}>
      <NotebookView live={live} fresh={false} />
      <ToastList toasts={app.toasts} />
    </App.Provider>
  ),
  document.getElementById('root')!,
);
Object.assign(window, { renderMs: performance.now() - started });
live.emit({ type: 'welcome', path: 'Analytics/late.nb.md', role: 'owner' });
live.emit({
  type: 'session',
  session: { id: 's' as never, state: 'idle', memory: 412e6, memoryLimit: 3.6e9, isolation: 'bwrap', timeZone: 'UTC' },
});
if (many === 0) for (const one of sample.runs) live.tell(one.paragraph as ParagraphId, one);
for (const [client, state] of sample.people) {
  live.awareness.states.set(client, state);
  live.awareness.meta.set(client, { clock: 1, lastUpdated: Date.now() });
}
live.awareness.emit('change', [{ added: [], updated: [], removed: [] }, 'local']);
