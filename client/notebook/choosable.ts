/** The notebook's paragraphs by what one knows them by: for choosing some of them. */
import type { Choosable } from '../share/contract.ts';
import type { NotebookContext } from './context.ts';
import { labelOf } from './interpreters.ts';

/** Of a first line. */
const LONGEST = 80;

export const choosable = ({ document }: Pick<NotebookContext, 'document'>): readonly Choosable[] =>
  document.order().map((id) => {
    const paragraph = document.paragraph(id);
    const kind = labelOf(paragraph.interpreter());
    const first = paragraph
      .source()
      .split('\n')
      .map((line) => line.replace(/^#+\s*/, '').trim())
      .find((line) => line !== '');
    const named = paragraph.name() === '' ? '' : `${paragraph.name()}: `;
    return { id, title: `${kind}  ${named}${(first ?? '').slice(0, LONGEST)}` };
  });
