/** Formulas, loaded with the first one that is shown. */
import { typesetAs } from './formulas.ts';
import 'katex/dist/katex.min.css';

export const typeset = (host: HTMLElement): void => typesetAs(host, 'htmlAndMathml');
