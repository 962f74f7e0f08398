/** What the page has to keep text in the browser, and to leave safely. */
import type { KeptStore } from './contract.ts';
import { openDatabase } from './database.ts';
import { createLeaving, type Leaving } from './leaving.ts';
import { browserPages, type Pages } from './pages.ts';

export type KeptHere = { readonly store: KeptStore; readonly pages: Pages; readonly leaving: Leaving };

export const openKept = (page: Window): KeptHere => ({
  store: openDatabase(page.indexedDB),
  pages: browserPages(page.navigator.locks),
  leaving: createLeaving(page),
});
