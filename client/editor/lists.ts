/** What Enter does in a list or a quotation of prose, for the plain field and Monaco alike. */
export type Entered = { readonly drop: number; readonly write: string };

const EMPTY = /^\s*(?:[-*+](?: \[[ xX]\])?|\d{1,9}[.)]|>) ?$/;
const BULLET = /^(\s*[-*+] )(\[[ xX]\] )?\S/;
const NUMBER = /^(\s*)(\d{1,9})([.)] +)\S/;
const QUOTE = /^(\s*> ?)\S/;

/**
 * `before` and `after` are the line around the caret. An item is followed by the next; an empty one becomes the blank line
 * that ends the list: what is written right below an item would belong to it.
 */
export function enterAt(before: string, after: string): Entered | undefined {
  if (EMPTY.test(before)) return after === '' ? { drop: before.length, write: '\n' } : undefined;
  const [, bullet, task] = BULLET.exec(before) ?? [];
  if (bullet !== undefined) return { drop: 0, write: `\n${bullet}${task === undefined ? '' : '[ ] '}` };
  const [, indent, number, mark] = NUMBER.exec(before) ?? [];
  if (number !== undefined) return { drop: 0, write: `\n${indent}${Number(number) + 1}${mark}` };
  const [, quote] = QUOTE.exec(before) ?? [];
  return quote === undefined ? undefined : { drop: 0, write: `\n${quote}` };
}
