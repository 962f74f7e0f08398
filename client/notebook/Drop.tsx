import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { storeFile } from './store.ts';
import { isTaken, nameInQuery, quoteText, showQuery } from './upload.ts';

/** Drop a file anywhere on the page: it is stored beside the notebook, and a paragraph that shows it is put in and run. */
export function Drop(props: {
  /** Behind `after`, the one before of several files; else where it was dropped. Returns the new paragraph. */
  readonly onStored: (query: string, y: number, after: ParagraphId | undefined) => ParagraphId | undefined;
}): JSX.Element {
  const notebook = useNotebook();
  const [over, setOver] = createSignal(false);
  const leaving = new AbortController();
  onCleanup(() => leaving.abort());

  const store = async (files: readonly File[], y: number): Promise<void> => {
    let after: ParagraphId | undefined;
    for (const file of files) {
      if (!isTaken(file.name)) {
        notebook.app.toasts.show({ text: words.drop.refused(file.name), hint: words.drop.hint, tone: 'bad' });
        continue;
      }
      after = (await storeOne(file, y, after)) ?? after;
    }
  };
  const storeOne = async (file: File, y: number, after: ParagraphId | undefined): Promise<ParagraphId | undefined> => {
    const stored = await storeFile(notebook, file, leaving.signal);
    return stored === undefined ? undefined : props.onStored(showQuery(quoteText(nameInQuery(stored))), y, after);
  };

  onMount(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const drag = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = notebook.writable() ? 'copy' : 'none';
      setOver(notebook.writable());
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!notebook.writable()) return;
      if (notebook.save().state === 'offline') notebook.app.toasts.show({ text: words.drop.offline, tone: 'bad' });
      else void store(files, event.clientY);
    };
    // Before editors, which would take a file as text.
    window.addEventListener('dragenter', drag, true);
    window.addEventListener('dragover', drag, true);
    window.addEventListener('dragleave', leave, true);
    window.addEventListener('drop', drop, true);
    onCleanup(() => {
      window.removeEventListener('dragenter', drag, true);
      window.removeEventListener('dragover', drag, true);
      window.removeEventListener('dragleave', leave, true);
      window.removeEventListener('drop', drop, true);
    });
  });
  return (
    <Show when={over()}>
      <div class="drop" aria-hidden="true">
        <div>
          <b>{words.drop.here}</b>
          <p>{words.drop.hint}</p>
        </div>
      </div>
    </Show>
  );
}
