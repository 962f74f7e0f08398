/** The notebook's paragraphs by what one knows them by: for choosing some of them. */
import { PROSE } from '../../server/protocol/document.ts';
import { withoutMarkup } from '../../server/protocol/title.ts';
import type { Choosable } from '../share/contract.ts';
import type { NotebookContext } from './context.ts';
import { labelOf } from './interpreters.ts';

/** Of headings, lists and quotations. */
const PREFIX = /^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+)*/;
/** Of a first line. */
const LONGEST = 80;

export const choosable = ({ document }: Pick<NotebookContext, 'document'>): readonly Choosable[] =>
  document.order().map((id) => {
    const paragraph = document.paragraph(id);
    const prose = paragraph.interpreter() === PROSE;
    const kind = labelOf(paragraph.interpreter());
    const first = paragraph
      .source()
      .split('\n')
      .map((line) => (prose ? withoutMarkup(line.replace(PREFIX, '')) : line.trim()))
      .find((line) => line !== '');
    const named = paragraph.name() === '' ? '' : `${paragraph.name()}: `;
    return { id, prose, title: `${kind}  ${named}${(first ?? '').slice(0, LONGEST)}` };
  });
