/**
 * What a key pressed in an editor means for the notebook: one pure function for the plain field and Monaco, asked before
 * either acts. Keys that mean nothing here are the editor's own.
 */
import type { EditorCommand } from './contract.ts';

export type KeyPress = {
  readonly key: string;
  readonly code: string;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly command: boolean;
  /** Part of a composition: never ours. */
  readonly composing: boolean;
};

export type Caret = {
  readonly start: number;
  readonly end: number;
  readonly length: number;
  /** On the first or last line as it is seen, wrapped lines counted. */
  readonly firstLine: boolean;
  readonly lastLine: boolean;
  /** Something of the editor's own is open (completion, a hover): Esc and arrows belong to it. */
  readonly busy: boolean;
};

/** `caret` is asked only for keys that depend on it: measuring lines costs a layout. */
export function commandOf(press: KeyPress, caret: () => Caret): EditorCommand | undefined {
  if (press.composing) return undefined;
  const { shift, alt, command } = press;
  switch (press.key) {
    case 'Enter':
      if (command && alt) return { type: 'split', offset: caret().start };
      if (command) return { type: shift ? 'run-above' : 'run' };
      if (alt) return { type: 'run-and-insert' };
      return shift ? { type: 'run-and-advance' } : undefined;
    case 'Escape':
      return shift || alt || command || caret().busy ? undefined : { type: 'leave' };
    case 'ArrowUp':
      return plain(press) && leaves(caret(), 'firstLine') ? { type: 'previous' } : undefined;
    case 'ArrowDown':
      return plain(press) && leaves(caret(), 'lastLine') ? { type: 'next' } : undefined;
    case 'Backspace':
      if (!plain(press)) return undefined;
      return caret().start === 0 && caret().end === 0 ? { type: 'merge-up' } : undefined;
    case 'F2':
      return plain(press) ? { type: 'rename-result', offset: caret().start } : undefined;
    case '/':
      return !command && !alt && caret().length === 0 ? { type: 'insert-menu' } : undefined;
    default:
      if (shift && alt && !command) return letterOf(press) === 'f' ? { type: 'format' } : undefined;
      return command && !alt ? letterCommand(letterOf(press), shift) : undefined;
  }
}

const plain = ({ shift, alt, command }: KeyPress): boolean => !shift && !alt && !command;

const leaves = (caret: Caret, edge: 'firstLine' | 'lastLine'): boolean =>
  !caret.busy && caret.start === caret.end && caret[edge];

function letterCommand(letter: string, shift: boolean): EditorCommand | undefined {
  if (letter === 'z') return { type: shift ? 'redo' : 'undo' };
  if (shift) return undefined;
  if (letter === 'y') return { type: 'redo' };
  if (letter === 'f') return { type: 'find' };
  if (letter === 'k') return { type: 'palette' };
  return letter === 's' ? { type: 'save' } : undefined;
}

/** With a Korean or Greek layout `key` is no Latin letter: then the key's place on the keyboard counts. */
function letterOf({ key, code }: KeyPress): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key;
}

export const pressOf = (event: KeyboardEvent, mac: boolean): KeyPress => ({
  key: event.key,
  code: event.code,
  shift: event.shiftKey,
  alt: event.altKey,
  command: mac ? event.metaKey : event.ctrlKey,
  // 229: the input method has taken the key, also where `isComposing` is not yet set (Safari, the first key).
  composing: event.isComposing || event.keyCode === 229,
});
