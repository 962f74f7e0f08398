import { createMemo, createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import { paragraphsOf, readParagraphs } from '../../server/protocol/document.ts';
import { useNotebook } from '../notebook/context.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { ago } from '../parts/time.ts';
import { history } from '../words/versions.ts';

/** Shown at once; the rest on demand. */
const MOST = 20;
/** Of a text, what tells it from others. */
const LINES = 3;

/** Paragraphs that were deleted, the last first: each goes back to its place. */
export function Deleted(): JSX.Element {
  const notebook = useNotebook();
  const { doc } = notebook.live;
  const [most, setMost] = createSignal(MOST);
  const [turn, setTurn] = createSignal(0);
  const root = paragraphsOf(doc);
  const changed = (events: readonly { readonly path: readonly unknown[] }[]): void => {
    // Typing changes no deletion.
    if (events.some(({ path }) => path.length <= 1)) setTurn((before) => before + 1);
  };
  root.observeDeep(changed);
  onCleanup(() => root.unobserveDeep(changed));
  const list = createMemo(() => {
    turn();
    return readParagraphs(doc).deleted.toSorted((a, b) => (b.deleted?.at ?? 0) - (a.deleted?.at ?? 0));
  });
  return (
    <section class="deleted-list">
      <h3>{history.deletedTitle}</h3>
      <ul>
        <For each={list().slice(0, most())} fallback={<li class="quiet">{history.deletedNone}</li>}>
          {(paragraph) => (
            <li class="deleted-row" data-deleted={paragraph.id}>
              <pre>{paragraph.source.trim().split('\n', LINES).join('\n') || history.deletedEmpty}</pre>
              <div>
                <small>
                  {labelOf(paragraph.interpreter)}
                  {' · '}
                  {history.deletedBy(paragraph.deleted?.by ?? '', ago(paragraph.deleted?.at ?? 0, Date.now()))}
                </small>
                <Show when={notebook.writable()}>
                  <button
                    type="button"
                    class="button small"
                    onClick={() => {
                      notebook.restore(paragraph.id);
                      queueMicrotask(() => notebook.reveal(paragraph.id, 'center'));
                    }}
                  >
                    {history.restore}
                  </button>
                </Show>
              </div>
            </li>
          )}
        </For>
      </ul>
      <Show when={list().length > most()}>
        <button type="button" class="button small" onClick={() => setMost(most() + 100)}>
          {history.deletedMore(list().length - most())}
        </button>
      </Show>
    </section>
  );
}
