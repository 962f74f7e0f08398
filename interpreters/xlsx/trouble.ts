/** Why a spreadsheet can't be read, as failures of the catalogue; `what` is said of the file, whose name the caller puts before. */
import { Failed, failure } from '../errors.ts';

export const tooLarge = (what: string): Failed => new Failed(failure('xlsx-too-large', what));

export const unreadable = (what: string, hint?: string): Failed =>
  new Failed(
    failure('file-unreadable', what, {
      hint: hint ?? 'Open it in a spreadsheet program, and save it anew as .xlsx.',
    }),
  );
