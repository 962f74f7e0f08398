/**
 * Search by a plain scan of texts in memory: every notebook whose title, path or text holds all words of the query, those
 * that hold it in the title first, then the newest. Two letters of any script are enough.
 */
import type { Notebook } from './contract.ts';
import { type Entry, fold, notebookOf } from './entry.ts';

/** Characters shown before and after the place found. */
const BEFORE = 40;
const AFTER = 80;

export function searchEntries(entries: Iterable<Entry>, query: string): readonly Notebook[] {
  const phrase = fold(query.trim());
  const words = phrase.split(/\s+/).filter((word) => word !== '');
  const found: { readonly notebook: Notebook; readonly rank: number }[] = [];
  for (const entry of entries) {
    const { title, path, text } = entry.folded;
    if (words.length === 0) found.push({ notebook: notebookOf(entry), rank: 0 });
    else if (words.every((word) => title.includes(word) || text.includes(word) || path.includes(word))) {
      const rank = title.includes(phrase) ? 0 : words.every((word) => title.includes(word)) ? 1 : 2;
      found.push({ notebook: withSnippet(entry, phrase, words), rank });
    }
  }
  found.sort((a, b) => a.rank - b.rank || b.notebook.changed - a.notebook.changed || byPath(a.notebook, b.notebook));
  return found.map(({ notebook }) => notebook);
}

const byPath = (a: Notebook, b: Notebook): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

function withSnippet(entry: Entry, phrase: string, words: readonly string[]): Notebook {
  const { text } = entry.folded;
  const term = [phrase, ...words].find((one) => text.includes(one));
  const snippet = term === undefined ? undefined : snippetOf(entry.text.normalize('NFC'), text, term);
  return snippet ? { ...notebookOf(entry), snippet } : notebookOf(entry);
}

/** Folding changes lengths in few texts (`İ`); there the folded text itself is shown. */
function snippetOf(written: string, folded: string, term: string): Notebook['snippet'] {
  const text = written.length === folded.length ? written : folded;
  const at = folded.indexOf(term);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const start = Math.max(lineStart, at - BEFORE);
  const lineEnd = text.indexOf('\n', at + term.length);
  const end = Math.min(lineEnd === -1 ? text.length : lineEnd, at + term.length + AFTER);
  return { text: text.slice(start, end).toWellFormed(), start: at - start, end: at - start + term.length };
}
