/** Keys that reach the page: those an editor, a field, a menu or a table did not take. */
import { type KeyAction, type KeyState, readKey } from './keys.ts';

const WRITING = 'input, textarea, select, [contenteditable="true"], .monaco-editor';
/** Inside these only what holds everywhere counts: they have keys of their own. */
const OWN_KEYS = '[role="grid"], [role="menu"], [role="listbox"], [role="slider"]';
const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'Meta']);
const DIALOG = '[role="dialog"], [role="alertdialog"]';

export type KeyboardOptions = {
  readonly page: Window;
  readonly mac: boolean;
  readonly onAsked: (asked: KeyAction) => void;
  /** Somebody who writes and whose caret was lost goes on writing: their letters are no commands. */
  readonly isWriting: () => boolean;
  readonly bringCaretBack: () => void;
};

/** Returns the release. */
export function openKeyboard(options: KeyboardOptions): () => void {
  const { page, mac, onAsked } = options;
  let state: KeyState = {};
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : undefined;
    if (target?.closest(DIALOG)) return;
    const lost = target === page.document.body && options.isWriting();
    if (lost && !MODIFIERS.has(event.key)) options.bringCaretBack();
    const writing = lost || (target?.closest(WRITING) !== null && target !== undefined);
    const own = target?.closest(OWN_KEYS) !== null && target !== undefined;
    if ((event.key === 'Enter' || event.key === ' ') && plain(event) && target?.closest('button, a, summary')) return;
    const read = readKey(state, event, writing || own ? 'everywhere' : 'outside', mac);
    state = read.state;
    if (!read.asked) return;
    // Undo in a plain field is the field's own.
    if (writing && !lost && 'command' in read.asked && (read.asked.command === 'undo' || read.asked.command === 'redo'))
      return;
    event.preventDefault();
    onAsked(read.asked);
  };
  page.addEventListener('keydown', onKey);
  return () => page.removeEventListener('keydown', onKey);
}

const plain = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
