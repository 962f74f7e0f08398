/** Whether a text names a form: what it shows is of that form's value. Pure. What depends on it the server finds. */
import { type Paragraph, PROSE } from '../../server/protocol/document.ts';
import { placeholdersOf, rangeNames, SQL } from '../../server/protocol/forms/list.ts';

/** By its name, or by an end of the range of that name. */
export function uses({ interpreter, source }: Pick<Paragraph, 'interpreter' | 'source'>, name: string): boolean {
  const names = [name, ...rangeNames(name)];
  switch (interpreter) {
    case PROSE:
      return placeholdersOf({ interpreter, source }).some((one) => one.name === name);
    case 'vega-lite':
      return false;
    case 'typescript':
      return word('forms', 'u').test(source) && word(name, 'u').test(source);
    case SQL:
      return source.includes('$') && names.some((one) => word(one, 'iu').test(source));
    default:
      return names.some((one) => word(one, 'u').test(source));
  }
}

/** A form's name has no signs that mean something in a pattern. */
const word = (name: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${name}(?![\\p{L}\\p{N}_])`, flags);
