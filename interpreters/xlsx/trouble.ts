/** Why a spreadsheet can't be read, as failures of the catalogue; `what` is said of the file, whose name the caller puts before. */
import { Failed, failure } from '../errors.ts';
import { MAX_NAMES_CHARACTERS } from './limits.ts';

export const tooLarge = (what: string): Failed => new Failed(failure('xlsx-too-large', what));

export const unreadable = (what: string, hint?: string): Failed =>
  new Failed(
    failure('file-unreadable', what, {
      hint: hint ?? 'Open it in a spreadsheet program, and save it anew as .xlsx.',
    }),
  );

/** Counts the names of one kind, each with what a list puts around it. */
export function namesCounter(what: 'sheets' | 'columns'): (name: string) => void {
  let characters = 0;
  return (name) => {
    characters += name.length + 3;
    if (characters <= MAX_NAMES_CHARACTERS) return;
    throw tooLarge(`holds ${what} whose names are more than ${MAX_NAMES_CHARACTERS / 2 ** 20} million characters.`);
  };
}
