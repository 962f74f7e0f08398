import { describe, expect, test } from 'vitest';
import { bindings, type KeyLike, type KeyState, keyHint, printChord, readKey } from '../../../client/notebook/keys.ts';

const key = (key: string, more: Partial<KeyLike> = {}): KeyLike => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...more,
});

function press(keys: readonly KeyLike[], where: 'outside' | 'everywhere' = 'outside', mac = false) {
  let state: KeyState = {};
  const asked = [];
  for (const one of keys) {
    const read = readKey(state, one, where, mac);
    state = read.state;
    if (read.asked) asked.push('command' in read.asked ? read.asked.command : `interpreter ${read.asked.interpreter}`);
  }
  return asked;
}

describe('the keyboard', () => {
  test('two d delete; a d, something else and a d do not', () => {
    expect(press([key('d'), key('d')])).toEqual(['delete']);
    expect(press([key('d'), key('j'), key('d')])).toEqual(['next']);
  });

  test('Ctrl is the modifier elsewhere, ⌘ on a Mac, and the other one asks for nothing', () => {
    const ctrl = key('Enter', { ctrlKey: true });
    const meta = key('Enter', { metaKey: true });
    expect(press([ctrl])).toEqual(['run']);
    expect(press([meta])).toEqual([]);
    expect(press([meta], 'outside', true)).toEqual(['run']);
    expect(press([ctrl], 'outside', true)).toEqual([]);
  });

  test('while writing, letters are letters and chords are commands', () => {
    expect(press([key('j'), key('d'), key('d'), key('?')], 'everywhere')).toEqual([]);
    expect(press([key('Enter', { shiftKey: true }), key('k', { ctrlKey: true })], 'everywhere')).toEqual([
      'run-advance',
      'palette',
    ]);
  });

  test('letters go by their place when the layout gives none of ours', () => {
    expect(press([key('ㅇ', { code: 'KeyD' }), key('ㅇ', { code: 'KeyD' })])).toEqual(['delete']);
    expect(press([key('л', { code: 'KeyK', ctrlKey: true })])).toEqual(['palette']);
  });

  test('a key of a composition is nobody’s command', () => {
    expect(press([key('Enter', { isComposing: true, shiftKey: true }), key('j', { isComposing: true })])).toEqual([]);
  });

  test('? is asked for whatever the layout needs to type it', () => {
    expect(press([key('?', { shiftKey: true })])).toEqual(['keys']);
    expect(press([key('?')])).toEqual(['keys']);
  });

  test('digits choose an interpreter, and one beyond the list nothing', () => {
    expect(press([key('1'), key('2'), key('9')])).toEqual(['interpreter sql', 'interpreter typescript']);
  });

  test('no chord stands for two commands in one place', () => {
    for (const where of ['everywhere', 'outside'] as const) {
      const chords = bindings
        .filter((one) => one.where === where || one.where === 'everywhere')
        .flatMap((one) => one.keys);
      expect(new Set(chords).size).toBe(chords.length);
    }
  });

  test('chords print as the machine has them', () => {
    expect(printChord('Mod+Shift+Enter', true)).toBe('⌘⇧↩');
    expect(printChord('Mod+Shift+Enter', false)).toBe('Ctrl+Shift+Enter');
    expect(keyHint('delete', false)).toBe('d d');
    expect(keyHint('move-up', false)).toBe('Alt+↑');
    expect(keyHint('restart', false)).toBeUndefined();
  });
});
