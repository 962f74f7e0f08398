/** Queries that the page writes for the person: a table's name at the caret, a query that shows it, an error's mend. */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { caretOf } from './caret.ts';
import type { Surroundings } from './commands.ts';
import * as edits from './edits.ts';
import { type Named, nameIn } from './naming.ts';
import * as running from './running.ts';
import { inQuery, showQuery } from './upload.ts';

export type Writing = Surroundings & { readonly live: Pick<LiveNotebook, 'doc' | 'awareness'> };

/** The name where the caret is; a whole query where there is no code to put it in. */
export function insertTable(on: Writing, table: Named): void {
  const at = on.focus.at();
  if (!on.writable()) return;
  const text = at === undefined ? undefined : nameIn(on.document.paragraph(at).interpreter(), table);
  if (at === undefined || text === undefined) {
    showTable(on, table);
    return;
  }
  const place = caretOf(on.live, at) ?? on.document.paragraph(at).source().length;
  edits.replace(on, at, place, 0, text);
  on.focus.edit(at, place + text.length);
}

export const showTable = (on: Writing, table: Named): void => void show(on, showQuery(inQuery(table)), on.focus.at());

/** Puts a query behind `after` (the end without), in an empty paragraph where there is one, and runs it. */
export function show(
  on: Writing,
  source: string,
  after: ParagraphId | undefined,
  interpreter = edits.DEFAULT_INTERPRETER,
): ParagraphId | undefined {
  if (!on.writable()) return undefined;
  const order = on.document.order();
  const only = order.length === 1 ? order[0] : undefined;
  const empty = (id: ParagraphId | undefined) => id !== undefined && on.document.paragraph(id).source().trim() === '';
  const blank = [after, only].find(empty);
  const id = blank ?? edits.insertAfter(on, after ?? order.at(-1), { interpreter, source, edit: false });
  if (blank) {
    edits.replace(on, id, 0, on.document.paragraph(id).source().length, source);
    if (on.document.paragraph(id).interpreter() !== interpreter) edits.turnInto(on, [id], interpreter);
  }
  on.focus.select(id);
  void running.run(on, [id]);
  requestAnimationFrame(() => on.reveal(id));
  return id;
}

/** Puts an error's likely mend in place and runs again. */
export function fix(on: Writing, id: ParagraphId, output: ErrorOutput): void {
  const { line, column, length, fix: mend } = output;
  if (!on.writable() || line === undefined || column === undefined || !mend) return;
  const offset = edits.offsetAt(on.document.paragraph(id).source(), line, column);
  if (offset === undefined) return;
  edits.replace(on, id, offset, length ?? 0, mend.replacement);
  void running.run(on, [id]);
}
