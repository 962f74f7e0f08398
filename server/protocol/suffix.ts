/** How the name of a notebook's file ends. Alone, so that a start reads no document for it. */
export const NOTEBOOK_SUFFIX = '.nb.md';
