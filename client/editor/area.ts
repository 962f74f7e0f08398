/** The plain text field's element, and what it can do beyond a plain text field. */
import { toggleComment } from './comments.ts';

export function createArea(page: Document, label: string): HTMLTextAreaElement {
  const area = page.createElement('textarea');
  area.className = 'source-field';
  area.rows = 1;
  area.spellcheck = false;
  area.autocapitalize = 'off';
  area.setAttribute('autocomplete', 'off');
  area.setAttribute('autocorrect', 'off');
  area.setAttribute('aria-label', label);
  return area;
}

/** Tab and Shift+Tab in the plain field: the lines chosen move by two spaces; without a choice Tab writes them. */
const STEP = '  ';

export function indent(field: HTMLTextAreaElement, back: boolean): void {
  const { selectionStart: start, selectionEnd: end, value } = field;
  if (!back && start === end) {
    field.setRangeText(STEP, start, end, 'end');
  } else {
    const from = value.lastIndexOf('\n', start - 1) + 1;
    const lines = value.slice(from, end).split('\n');
    const moved = lines.map((line) => (back ? line.replace(/^ {1,2}/, '') : STEP + line));
    const first = moved[0]!.length - lines[0]!.length;
    const all = moved.join('\n');
    field.setRangeText(all, from, end, 'preserve');
    field.setSelectionRange(Math.max(from, start + first), from + all.length);
  }
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Makes the lines chosen a comment, or code again; what was chosen stays so. */
export function comment(field: HTMLTextAreaElement, mark: string): void {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const { from, to, text } = toggleComment(value, start, end, mark);
  field.setRangeText(text, from, to, 'end');
  const shift = text.length - (to - from);
  if (start === end) field.setSelectionRange(Math.max(from, start + shift), Math.max(from, start + shift));
  else field.setSelectionRange(from, from + text.length);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export function write(field: HTMLTextAreaElement, from: number, to: number, written: string): void {
  field.setRangeText(written, from, to, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
