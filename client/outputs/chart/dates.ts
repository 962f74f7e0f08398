/** Where a chart finds the notebook's dates: in its document, on its page; nowhere else. All else is fetched with a chart. */
import { createContext } from 'solid-js';
import type * as Y from 'yjs';

export type Dates = {
  readonly doc: Y.Doc;
  /** Opens what changes them; absent for those who may not write. */
  readonly onEdit: () => (() => void) | undefined;
};

export const DatesContext = createContext<Dates>();
