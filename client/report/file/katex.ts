/** Formulas in a file: as MathML, which browsers draw with the fonts they have. */
import { typesetAs } from '../../prose/formulas.ts';

export const typeset = (host: HTMLElement): void => typesetAs(host, 'mathml');
