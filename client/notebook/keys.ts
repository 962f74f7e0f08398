/**
 * The keyboard, as one table and one pure function. A chord is written `Mod+Shift+Enter` (Mod is ⌘ on a Mac, Ctrl
 * elsewhere); `d d` is two strokes. Letters are taken by their place on the keyboard when the layout gives no Latin one,
 * so that `j` works while Korean is switched on.
 */
import type { words } from '../words/en.ts';
import { interpreters } from './interpreters.ts';

export type Command = Exclude<keyof typeof words.commands, 'interpreter'>;
export type KeyAction = { readonly command: Command } | { readonly interpreter: string };

/** `everywhere` also while writing; `outside` only in command mode. */
export type Binding = { readonly command: Command; readonly keys: readonly string[]; readonly where: Where };
type Where = 'everywhere' | 'outside';

const bind = (where: Where, command: Command, ...keys: string[]): Binding => ({ command, keys, where });

export const bindings: readonly Binding[] = [
  bind('everywhere', 'run-advance', 'Shift+Enter'),
  bind('everywhere', 'run', 'Mod+Enter'),
  bind('everywhere', 'run-insert', 'Alt+Enter'),
  bind('everywhere', 'run-above', 'Mod+Shift+Enter'),
  bind('everywhere', 'split', 'Mod+Alt+Enter'),
  bind('everywhere', 'palette', 'Mod+k'),
  bind('everywhere', 'find', 'Mod+f'),
  bind('everywhere', 'save', 'Mod+s'),
  bind('everywhere', 'undo', 'Mod+z'),
  bind('everywhere', 'redo', 'Mod+Shift+z', 'Mod+y'),
  bind('everywhere', 'leave', 'Escape'),
  bind('everywhere', 'format', 'Alt+Shift+f'),
  bind('everywhere', 'rename-result', 'F2'),
  bind('outside', 'next', 'ArrowDown', 'j'),
  bind('outside', 'previous', 'ArrowUp', 'k'),
  bind('outside', 'extend-next', 'Shift+ArrowDown', 'Shift+j'),
  bind('outside', 'extend-previous', 'Shift+ArrowUp', 'Shift+k'),
  bind('outside', 'first', 'g g'),
  bind('outside', 'last', 'Shift+g'),
  bind('outside', 'edit', 'Enter'),
  bind('outside', 'insert-above', 'a'),
  bind('outside', 'insert-below', 'b'),
  bind('outside', 'delete', 'd d'),
  bind('outside', 'move-up', 'Alt+ArrowUp'),
  bind('outside', 'move-down', 'Alt+ArrowDown'),
  bind('outside', 'undo', 'z'),
  bind('outside', 'name', 'n'),
  bind('outside', 'widen', 'w'),
  bind('outside', 'stop', 'i i'),
  bind('outside', 'copy-link', 'y'),
  bind('outside', 'tables', 't'),
  bind('outside', 'history', 'h'),
  bind('outside', 'graph', 'g d'),
  bind('outside', 'run-needs', 'r'),
  bind('outside', 'use-kept', 'u'),
  bind('outside', 'runs', 'g r'),
  bind('outside', 'run-stale', 'Shift+r'),
  bind('outside', 'keys', '?'),
];

export type KeyLike = {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
};

/** `first`: the stroke that waits for its second. */
export type KeyState = { readonly first?: string };
export type KeyRead = { readonly state: KeyState; readonly asked?: KeyAction };

export function readKey(state: KeyState, event: KeyLike, where: Where, mac: boolean): KeyRead {
  const chord = chordOf(event, mac);
  if (chord === undefined) return { state: event.isComposing ? {} : state };
  const strokes = [...(state.first === undefined ? [] : [`${state.first} ${chord}`]), chord];
  const usable = bindings.filter((binding) => where === 'outside' || binding.where === 'everywhere');
  for (const stroke of strokes) {
    const binding = usable.find((one) => one.keys.includes(stroke));
    if (binding) return { state: {}, asked: { command: binding.command } };
  }
  if (where === 'outside') {
    if (/^[1-9]$/.test(chord)) {
      const choice = interpreters[Number(chord) - 1];
      return choice ? { state: {}, asked: { interpreter: choice.name } } : { state: {} };
    }
    if (usable.some((one) => one.keys.some((key) => key.startsWith(`${chord} `)))) return { state: { first: chord } };
  }
  return { state: {} };
}

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock']);

function chordOf(event: KeyLike, mac: boolean): string | undefined {
  if (event.isComposing || MODIFIERS.has(event.key)) return undefined;
  if (mac ? event.ctrlKey : event.metaKey) return undefined;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const key = keyOf(event);
  if (key.length === 1 && !/^[a-z]$/.test(key)) return mod || event.altKey ? undefined : key;
  return `${mod ? 'Mod+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.altKey ? 'Alt+' : ''}${key}`.replace(
    'Shift+Alt+',
    'Alt+Shift+',
  );
}

function keyOf(event: KeyLike): string {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return letter.toLowerCase();
  return event.key;
}

/** The first chord of a command as it is printed on this machine, or undefined. */
export function keyHint(command: Command, mac: boolean): string | undefined {
  const chord = bindings.find((binding) => binding.command === command)?.keys[0];
  return chord === undefined ? undefined : printChord(chord, mac);
}

const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Escape: 'esc' };
const OTHER: Readonly<Record<string, string>> = { Mod: 'Ctrl', Escape: 'Esc' };
const ARROWS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓' };

export function printChord(chord: string, mac: boolean): string {
  const names = mac ? MAC : OTHER;
  return chord
    .split(' ')
    .map((stroke) =>
      stroke
        .split('+')
        .map(
          (part) =>
            names[part] ?? ARROWS[part] ?? (part.length === 1 && stroke.includes('+') ? part.toUpperCase() : part),
        )
        .join(mac ? '' : '+'),
    )
    .join(' ');
}

export const isMac = (platform: string): boolean => /mac|iphone|ipad/i.test(platform);
