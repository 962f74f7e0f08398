import { createEffect, createSignal, type JSX, Match, on, onCleanup, Switch } from 'solid-js';
import { orderOf } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { probeNotebook } from '../api.ts';
import { useApp } from '../app-context.ts';
import type { SaveState } from '../live/contract.ts';
import { openLive } from '../live/live.ts';
import { browserSocket } from '../live/system.ts';
import { words } from '../words/en.ts';
import { NotebookView } from './NotebookView.tsx';

/** `/n/ID`: the socket of one notebook, and the page over it; or why it can't be opened. */
export function NotebookPage(props: { readonly id: NotebookId; readonly fresh: boolean }): JSX.Element {
  const app = useApp();
  const { id, fresh } = props;
  const { id: person, name, color } = app.person();
  const live = openLive({
    id,
    person: { id: person, name },
    color,
    connect: () => browserSocket(addressOf(location, id)),
    diagnose: () => probeNotebook(id),
  });
  onCleanup(live.close);
  const [failed, setFailed] = createSignal<Extract<SaveState, { state: 'closed' }>>();
  onCleanup(
    live.on((event) => {
      // Only a page that never had anything to show gives way; else what is there stays.
      if (event.type !== 'save' || event.save.state !== 'closed' || orderOf(live.doc).length > 0) return;
      setFailed(event.save);
    }),
  );
  createEffect(
    on(
      () => app.person().name,
      (next) => live.rename({ name: next }),
      { defer: true },
    ),
  );
  return (
    <Switch fallback={<NotebookView live={live} fresh={fresh} />}>
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

export function addressOf(page: Pick<Location, 'protocol' | 'host'>, id: NotebookId): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/api/v1/notebooks/${id}/live`;
}
