import type { JSX } from 'solid-js';
import { notebooksFor } from '../palette/notebooks.ts';
import { Palette } from '../palette/Palette.tsx';
import { useNotebook } from './context.ts';
import { entriesOf, paragraphsFor, tablesFor } from './entries.ts';
import type { Named } from './naming.ts';

/** The palette of a notebook's page. */
export function Commands(props: {
  readonly onInsertTable: (table: Named) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const { go } = notebook.app.router;
  const entries = entriesOf(notebook);
  return (
    <Palette
      entries={(query) => [...entries, ...paragraphsFor(notebook, query)]}
      tables={() => tablesFor(notebook, props.onInsertTable)}
      notebooks={(query, signal) => notebooksFor(query, signal, go, notebook.live.id)}
      onClose={props.onClose}
    />
  );
}
