/**
 * What was pasted into an empty paragraph becomes a file of `data/` and a query over it, as a dropped file does; or stays
 * the text it is. Nothing that was pasted is lost: what cannot be stored is put in as text.
 */
import { deleteParagraph, insertParagraph } from '../../server/protocol/document.ts';
import { newId, type ParagraphId } from '../../server/protocol/ids.ts';
import { call } from '../api.ts';
import type { NotebookContext } from '../notebook/context.ts';
import * as edits from '../notebook/edits.ts';
import { show, type Writing } from '../notebook/queries.ts';
import { storeFile } from '../notebook/store.ts';
import { nameInQuery, quoteText } from '../notebook/upload.ts';
import { pasteWords } from '../words/paste.ts';
import { writeSeparated } from './separated.ts';
import { type Clipped, readTable, type Table } from './table.ts';
import { putText } from './text.ts';

/** Of characters: past this reading it stops the page for seconds. */
const MOST_PASTED = 20_000_000;
/** What goes back into a paragraph as text is what one would write there; a larger table is in its file. */
const MOST_TEXT = 200_000;

export type Taking = { readonly notebook: NotebookContext; readonly writing: Writing; readonly leaving: AbortSignal };

export async function takePasted(on: Taking, id: ParagraphId, clipped: Clipped): Promise<void> {
  const { notebook } = on;
  const { toasts } = notebook.app;
  const size = (clipped.text === '' ? clipped.html : clipped.text).length;
  if (size > MOST_PASTED) {
    const millions = Math.ceil(size / 1e6);
    toasts.show({ text: pasteWords.large(millions, MOST_PASTED / 1e6), hint: pasteWords.largeHint, tone: 'bad' });
    return;
  }
  const read = clipped.html.length > MOST_PASTED ? { html: '', text: clipped.text } : clipped;
  const interpreter = notebook.document.paragraph(id).interpreter();
  const table = readTable(read, edits.isProse(interpreter));
  if (!table) return putText(on.writing, id, clipped.text);
  if (notebook.save().state === 'offline') {
    toasts.show({ text: pasteWords.offline });
    return putText(on.writing, id, clipped.text);
  }
  const file = new File([writeSeparated([table.columns, ...table.rows])], pasteWords.file, { type: 'text/csv' });
  const stored = await storeFile(notebook, file, on.leaving);
  if (stored === undefined) return putText(on.writing, id, clipped.text);
  const shown = show(on.writing, queryOf(nameInQuery(stored), table), id);
  const facts = pasteWords.size(table.rows.length, table.columns.length);
  const undo = (): void => {
    if (shown) void keepAsText(on, { id: shown, interpreter, text: clipped.text, stored });
  };
  toasts.show({
    key: `upload-${file.name}`,
    text: pasteWords.done(nameInQuery(stored)),
    hint: table.exact.length > 0 ? `${facts}. ${pasteWords.exact(table.exact.join(', '))}` : facts,
    action: { label: pasteWords.asText, do: undo },
  });
}

/** Names and types are said where the engine would have to guess them, and could guess wrongly. */
export function queryOf(name: string, { exact, allText }: Pick<Table, 'exact' | 'allText'>): string {
  if (exact.length === 0 && !allText) return `select * from ${quoteText(name)}`;
  const types = exact.map((column) => `${quoteText(column)}: 'VARCHAR'`).join(', ');
  return `select * from read_csv(${quoteText(name)}, header = true${types === '' ? '' : `, types = {${types}}`})`;
}

type Made = {
  readonly id: ParagraphId;
  /** What the paragraph was before. */
  readonly interpreter: string;
  readonly text: string;
  readonly stored: string;
};

/** A paragraph of its own, so that nothing that ran stays under the text. */
async function keepAsText({ notebook, writing }: Taking, made: Made): Promise<void> {
  const { id, interpreter, text, stored } = made;
  const { live } = writing;
  if (!notebook.writable()) return;
  const fresh = newId<ParagraphId>();
  const source = text.length > MOST_TEXT ? '' : text.replaceAll('\r\n', '\n');
  live.undo.stopCapturing();
  live.doc.transact(() => {
    insertParagraph(live.doc, { id: fresh, interpreter, source, options: {} }, id, live.origin);
    deleteParagraph(live.doc, id, { by: writing.me(), at: writing.now() }, live.origin);
  }, live.origin);
  live.undo.stopCapturing();
  notebook.focus.edit(fresh, 'end');
  const address = stored.split('/').map(encodeURIComponent).join('/');
  const answer = await call(`/files/${address}`, { method: 'DELETE' }, () => true);
  if (!answer.ok)
    notebook.app.toasts.show({ text: pasteWords.stays(nameInQuery(stored)), hint: answer.problem.message });
}
