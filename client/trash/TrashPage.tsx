import { createResource, createSignal, For, type JSX, Show } from 'solid-js';
import type { Problem } from '../api.ts';
import { useApp } from '../app-context.ts';
import { Failed } from '../parts/Failed.tsx';
import { Modal } from '../parts/Modal.tsx';
import { ago, clock } from '../parts/time.ts';
import { notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { trash } from '../words/versions.ts';
import { listTrash, purgeNotebook, restoreNotebook, type Trashed } from './calls.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The home page's Trash: what was deleted, by whom, how long it stays; back with one click, for ever after a question. */
export function TrashPage(): JSX.Element {
  const app = useApp();
  const [list, { refetch }] = createResource(listTrash);
  const [asking, setAsking] = createSignal<Trashed>();
  const items = (): readonly Trashed[] => {
    const answer = list.latest;
    return answer?.ok ? answer.value : [];
  };
  const failed = (): Problem | undefined => {
    const answer = list.latest;
    return answer && !answer.ok ? answer.problem : undefined;
  };
  const tell = (problem: Problem): void =>
    void app.toasts.show({ text: problem.message, hint: problem.hint ?? '', tone: 'bad' });
  const putBack = async (item: Trashed): Promise<void> => {
    const answer = await restoreNotebook(item.id);
    void refetch();
    if (!answer.ok) return tell(answer.problem);
    app.toasts.show({
      text: trash.restored(item.title),
      ...(answer.value.path === item.path ? {} : { hint: trash.restoredAs(answer.value.path) }),
      action: { label: trash.open, do: () => app.router.go(notebookPath(item.id)) },
    });
  };
  const remove = async (item: Trashed): Promise<void> => {
    setAsking(undefined);
    const answer = await purgeNotebook(item.id);
    void refetch();
    if (answer.ok) app.toasts.show({ text: trash.removed(item.title) });
    else tell(answer.problem);
  };
  const now = Date.now();
  return (
    <main class="trash">
      <h1>{trash.title}</h1>
      <p class="quiet">{trash.hint}</p>
      <Show when={failed()}>
        {(problem) => <Failed title={trash.failed} message={problem().message} retry={() => void refetch()} />}
      </Show>
      <ul aria-label={trash.title}>
        <For
          each={items()}
          fallback={
            <Show when={!list.loading && !failed()}>
              <li class="nothing">
                <h2>{trash.none}</h2>
                <p class="quiet">{trash.noneHint}</p>
              </li>
            </Show>
          }
        >
          {(item) => (
            <li class="row trash-row" data-trashed={item.id}>
              <div class="row-main">
                <b>{item.title}</b>
                <p>{item.path}</p>
              </div>
              <span class="row-changed" title={clock(item.deleted, now)}>
                {ago(item.deleted, now)}
                {item.by === undefined ? '' : ` · ${item.by}`}
              </span>
              <span>{trash.left(Math.ceil((item.until - now) / DAY))}</span>
              <span class="trash-do">
                <button type="button" class="button small" onClick={() => void putBack(item)}>
                  {trash.restore}
                </button>
                <button type="button" class="button small danger" onClick={() => setAsking(item)}>
                  {trash.remove}
                </button>
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={asking()}>
        {(item) => (
          <Modal title={trash.removeTitle(item().title)} onClose={() => setAsking(undefined)}>
            <p>{trash.removeText}</p>
            <div class="dialog-foot">
              <button type="button" class="button" autofocus onClick={() => setAsking(undefined)}>
                {words.cancel}
              </button>
              <button type="button" class="button danger" onClick={() => void remove(item())}>
                {trash.removeDo}
              </button>
            </div>
          </Modal>
        )}
      </Show>
    </main>
  );
}
