import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import { orderOf } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { Lost } from '../account/Lost.tsx';
import { probeNotebook } from '../api.ts';
import { useApp } from '../app-context.ts';
import { openDrafts } from '../drafts/list.ts';
import type { LiveNotebook, SaveState } from '../live/contract.ts';
import { openLive } from '../live/live.ts';
import { browserSocket, liveAddress } from '../live/system.ts';
import { publishedPath } from '../route.ts';
import { words } from '../words/en.ts';
import type { Elsewhere } from './elsewhere.ts';
import { NotebookView } from './NotebookView.tsx';

type Closed = Extract<SaveState, { state: 'closed' }>;

/** The notebook is not one's own to see any more. */
const TAKEN: ReadonlySet<string> = new Set(['not-found', 'unauthorised']);

/** A notebook that ends again each time it is opened stays as it is, and says why. */
const MOST_OPENINGS = 6;

/** `/n/ID`: the socket of one notebook, and the page over it; or why it can't be opened. */
export function NotebookPage(props: { readonly id: NotebookId; readonly fresh: boolean }): JSX.Element {
  const app = useApp();
  const { id, fresh } = props;
  const { id: person, name, color } = app.person();
  const { store, pages, leaving } = app.kept;
  const drafts = openDrafts(store, { person, notebook: id }, () =>
    app.toasts.show({ text: words.draft.failed, tone: 'bad' }),
  );
  // Another tab may have put some aside, or settled them.
  const refresh = (): void => void drafts.refresh();
  refresh();
  window.addEventListener('focus', refresh);
  onCleanup(() => window.removeEventListener('focus', refresh));
  const [failed, setFailed] = createSignal<Closed>();
  const [openings, setOpenings] = createSignal(1);
  const [taken, setTaken] = createSignal<Closed>();
  let welcomed = false;
  const isElsewhere = (where: Elsewhere): Promise<boolean> =>
    import('./elsewhere.ts').then(({ isIn }) => isIn(where, id)).catch(() => false);
  async function onClosed(opened: LiveNotebook, save: Closed): Promise<void> {
    // Who came by a link knows of the notebook, and is shown what is published of it.
    if (save.code === 'forbidden' && (await isElsewhere('published')))
      return app.router.go(publishedPath(id) + location.search);
    const isTaken = welcomed && TAKEN.has(save.code) && (save.unsent === 0 || save.keeping === 'here');
    if (isTaken && !(await isElsewhere('trash'))) setTaken(save);
    // Only a page that never had anything to show gives way; else what is there stays.
    else if (orderOf(opened.doc).length === 0) setFailed(save);
  }
  const live = createMemo((): LiveNotebook => {
    openings();
    const opened = openLive({
      id,
      person: { id: person, name },
      color,
      keep: { store, pages },
      connect: () => browserSocket(liveAddress(location, id)),
      diagnose: () => probeNotebook(id),
    });
    onCleanup(leaving.watch(opened));
    onCleanup(
      opened.on((event) => {
        if (event.type === 'welcome') welcomed = true;
        if (event.type === 'draft') drafts.add(event.draft);
        else if (event.type === 'anew' && openings() < MOST_OPENINGS) {
          const hint = drafts.drafts().length > 0 ? words.draft.anewHint : '';
          app.toasts.show({ key: 'anew', text: words.draft.anew[event.why], hint });
          setOpenings(openings() + 1);
        } else if (event.type === 'save' && event.save.state === 'closed') void onClosed(opened, event.save);
      }),
    );
    return opened;
  });
  createEffect(
    on(
      () => app.person().name,
      (next) => live().rename({ name: next }),
      { defer: true },
    ),
  );
  return (
    <Switch
      fallback={
        <Show when={live()} keyed>
          {(opened) => <NotebookView live={opened} fresh={fresh} drafts={drafts} />}
        </Show>
      }
    >
      <Match when={taken()}>
        {(save) => <Lost signedOut={save().code === 'unauthorised'} unsent={save().unsent} />}
      </Match>
      <Match when={failed()}>
        {(why) => (
          <main class="lone" role="alert">
            <h1>{words.file.failedTitle}</h1>
            <p>{why().message}</p>
            <div class="dialog-foot">
              <button type="button" class="button" onClick={() => location.reload()}>
                {words.retry}
              </button>
              <a class="button main" href="/">
                {words.file.goHome}
              </a>
            </div>
          </main>
        )}
      </Match>
    </Switch>
  );
}
