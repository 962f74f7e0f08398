/** How a value looks in its cell: short, on one line, figures grouped. Pure, then written to an element. */
import type { Kind } from '../../../server/protocol/table/kinds.ts';
import { group } from './numbers.ts';

export type Look = {
  readonly kind: Kind;
  readonly grouped: boolean;
};

/** Characters of one cell: more are never seen at the widest column. */
const SHOWN = 400;

export function shownText(text: string, look: Look): string {
  if (look.kind === 'number') return look.grouped ? group(text) : text.replace(/^-/, '−');
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return /[\r\n\t]/.test(cut) ? cut.replace(/\r\n|[\r\n]/g, ' ↵ ').replaceAll('\t', ' ⇥ ') : cut;
}

/** `undefined`: not here yet. */
export function writeCell(cell: HTMLElement, text: string | null | undefined, look: Look): void {
  if (text === undefined || text === null || text === '') {
    cell.dataset.is = text === undefined ? 'coming' : text === null ? 'null' : 'empty';
    cell.textContent = text === null ? 'null' : '';
    return;
  }
  if (cell.dataset.is) delete cell.dataset.is;
  cell.textContent = shownText(text, look);
}
