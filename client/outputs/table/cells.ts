/** How a value looks in its cell: short, on one line, figures grouped. Pure, then written to an element. */
import type { Kind } from '../../../server/protocol/table/kinds.ts';
import type { ColumnFormat } from '../../../server/protocol/table/settings.ts';
import { element } from './element.ts';
import { addressOf, formatted } from './formats.ts';
import { group } from './numbers.ts';

export type Look = {
  readonly kind: Kind;
  readonly grouped: boolean;
  /** Chosen by whoever looks. */
  readonly format?: ColumnFormat;
};

/** Characters of one cell: more are never seen at the widest column. */
const SHOWN = 400;

export function shownText(text: string, look: Look): string {
  if (look.format) text = formatted(text, look.format);
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
  const address = look.format === 'link' ? addressOf(text) : undefined;
  if (address === undefined) cell.textContent = shownText(text, look);
  else {
    const link = element('a', 'grid-link', {
      href: address,
      target: '_blank',
      rel: 'noopener noreferrer',
      tabindex: '-1',
    });
    link.textContent = shownText(text, look);
    cell.replaceChildren(link);
  }
}
