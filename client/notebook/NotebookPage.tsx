import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import { orderOf } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { probeNotebook } from '../api.ts';
import { useApp } from '../app-context.ts';
import { openDrafts } from '../drafts/list.ts';
import type { LiveNotebook, SaveState } from '../live/contract.ts';
import { openLive } from '../live/live.ts';
import { browserSocket, liveAddress } from '../live/system.ts';
import { words } from '../words/en.ts';
import { keptWords } from '../words/kept.ts';
import { NotebookView } from './NotebookView.tsx';

/** A notebook that ends again each time it is opened stays as it is, and says why. */
const MOST_OPENINGS = 6;

/** `/n/ID`: the socket of one notebook, and the page over it; or why it can't be opened. */
export function NotebookPage(props: { readonly id: NotebookId; readonly fresh: boolean }): JSX.Element {
  const app = useApp();
  const { id, fresh } = props;
  const { id: person, name, color } = app.person();
  const { store, pages, leaving } = app.kept;
  const drafts = openDrafts(store, { person, notebook: id }, () =>
    app.toasts.show({ text: keptWords.draft.failed, tone: 'bad' }),
  );
  void drafts.refresh();
  const [failed, setFailed] = createSignal<Extract<SaveState, { state: 'closed' }>>();
  const [openings, setOpenings] = createSignal(1);
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
        if (event.type === 'draft') drafts.add(event.draft);
        else if (event.type === 'anew' && openings() < MOST_OPENINGS) {
          const hint = drafts.drafts().length > 0 ? keptWords.draft.anewHint : '';
          app.toasts.show({ key: 'anew', text: keptWords.draft.anew[event.why], hint });
          setOpenings(openings() + 1);
        }
        // Only a page that never had anything to show gives way; else what is there stays.
        else if (event.type === 'save' && event.save.state === 'closed' && orderOf(opened.doc).length === 0)
          setFailed(event.save);
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
