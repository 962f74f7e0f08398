import type { ParagraphId } from '../../server/protocol/ids.ts';
import * as edits from '../notebook/edits.ts';
import type { Writing } from '../notebook/queries.ts';

/** As if it had been pasted as ever; somebody else may have written there meanwhile. */
export function putText(on: Writing, id: ParagraphId, text: string): void {
  if (!on.writable() || !on.document.order().includes(id)) return;
  const at = on.document.paragraph(id).source().length;
  const written = text.replaceAll('\r\n', '\n');
  edits.replace(on, id, at, 0, written);
  on.focus.edit(id, at + written.length);
}
