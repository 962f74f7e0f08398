import type { NotebookContext } from '../notebook/context.ts';
import type { Writing } from '../notebook/queries.ts';
import { listenToPaste } from './listen.ts';
import { putText } from './text.ts';

/** A table pasted into an empty paragraph becomes one. Returns the release. */
export function openPaste(page: Window, notebook: NotebookContext, writing: Writing): () => void {
  const leaving = new AbortController();
  const release = listenToPaste({
    page,
    at: notebook.focus.at,
    writable: notebook.writable,
    isEmpty: (id) => notebook.document.paragraph(id).source().trim() === '',
    onPasted: async (id, clipped) => {
      const taker = await import('./take.ts').catch(() => undefined);
      // The server is away, and this browser never had that file.
      if (!taker) putText(writing, id, clipped.text);
      else await taker.takePasted({ notebook, writing, leaving: leaving.signal }, id, clipped);
    },
  });
  return () => {
    leaving.abort();
    release();
  };
}
