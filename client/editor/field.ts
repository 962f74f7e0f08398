/**
 * A plain text field bound to the shared text: what is typed is in the document at once. While an input method composes
 * (Korean, Chinese, Japanese, accents), nobody else's change may touch the field, or the half-made syllable breaks: such
 * changes wait until it is done. What is composed goes out as it is typed unless others' changes wait.
 */
import type * as Y from 'yjs';
import { apply, carry, difference, normalise, type Splice, splicesOf, transform, write } from './splice.ts';

export type FieldElement = Pick<
  HTMLTextAreaElement,
  'value' | 'selectionStart' | 'selectionEnd' | 'selectionDirection' | 'setSelectionRange' | 'addEventListener'
>;

export type FieldOptions = {
  /** Marks this person's edits: what undo undoes. */
  readonly origin: object;
  /** Undo moves the caret to what it changed. */
  readonly undo: object;
  /** The field's text changed, by whomever. */
  readonly onText: () => void;
};

export type Field = {
  readonly composing: boolean;
  release(): void;
};

export function bindField(field: FieldElement, text: Y.Text, options: FieldOptions): Field {
  const abort = new AbortController();
  let composing = false;
  let writing = false;
  /** What others did since the field was last equal to the text; not empty only while composing. */
  let waiting: Splice[] = [];
  /** The field's text when the first of them came. */
  let known = '';

  normalise(text, options.origin);
  field.value = text.toString();

  function typed(): void {
    if (waiting.length > 0) {
      options.onText();
      return;
    }
    send(difference(text.toString(), field.value, field.selectionEnd));
    options.onText();
  }

  function send(splice: Splice | undefined): void {
    if (!splice) return;
    writing = true;
    write(text, [splice], options.origin);
    writing = false;
  }

  /** The composition is over: what was typed during it is put where it belongs now, and what waited is shown. */
  function settle(): void {
    composing = false;
    if (waiting.length === 0) {
      typed();
      return;
    }
    const own = difference(known, field.value, field.selectionEnd);
    const caret = field.selectionEnd;
    const others = waiting;
    waiting = [];
    const place = own ? transform(own, others) : undefined;
    send(place);
    const behind = own ? caret - (own.at + own.insert.length) : 0;
    const at = place ? place.at + place.insert.length + behind : carry(caret, others);
    field.value = text.toString();
    field.setSelectionRange(at, at);
    options.onText();
  }

  function observe(event: Y.YTextEvent): void {
    if (writing) return;
    const splices = splicesOf(event.delta);
    if (composing) {
      if (waiting.length === 0) known = field.value;
      waiting.push(...splices);
      return;
    }
    const { selectionStart, selectionEnd, selectionDirection } = field;
    const undone = event.transaction.origin === options.undo;
    let value = field.value;
    for (const splice of splices) value = apply(value, splice);
    field.value = value === text.toString() ? value : text.toString();
    const last = splices.at(-1);
    if (undone && last) field.setSelectionRange(last.at + last.insert.length, last.at + last.insert.length);
    else field.setSelectionRange(carry(selectionStart, splices), carry(selectionEnd, splices), selectionDirection);
    options.onText();
  }

  const on = (type: string, act: () => void): void => field.addEventListener(type, act, { signal: abort.signal });
  on('input', typed);
  on('compositionstart', () => {
    composing = true;
  });
  on('compositionend', settle);
  text.observe(observe);

  return {
    get composing() {
      return composing;
    },
    release: () => {
      if (composing) settle();
      abort.abort();
      text.unobserve(observe);
    },
  };
}
