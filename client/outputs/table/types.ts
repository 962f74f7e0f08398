/** How kinds of columns look: their marks, and whether figures are grouped. */
import type { Kind } from '../../../server/protocol/table/kinds.ts';

/** Stands before a column's name; differs in shape, so that the kinds are told apart without colour. */
export const MARKS: Readonly<Record<Kind, string>> = {
  number: '#',
  text: 'T',
  time: '◷',
  boolean: '◐',
  blob: '⬚',
  list: '[]',
  record: '{}',
  null: '∅',
};

/** Years, codes and ids are names made of digits: `2,001` would be wrong. */
const NAMES_OF_DIGITS = /(^|[_\s])(id|year|yr|zip|zipcode|postcode|code|no)$/i;

export const isGrouped = (name: string, kind: Kind): boolean => kind === 'number' && !NAMES_OF_DIGITS.test(name);
