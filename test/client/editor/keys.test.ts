import { describe, expect, it } from 'vitest';
import { type Caret, commandOf, type KeyPress } from '../../../client/editor/keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  shift: false,
  alt: false,
  command: false,
  composing: false,
  ...more,
});
const caret =
  (more: Partial<Caret> = {}) =>
  (): Caret => ({
    start: 3,
    end: 3,
    length: 9,
    firstLine: false,
    lastLine: false,
    busy: false,
    ...more,
  });
const never = (): Caret => {
  throw new Error('asked for the caret');
};

describe('keys in an editor', () => {
  it.each([
    ['Enter', { shift: true }, { type: 'run-and-advance' }],
    ['Enter', { command: true }, { type: 'run' }],
    ['Enter', { alt: true }, { type: 'run-and-insert' }],
    ['Enter', { command: true, shift: true }, { type: 'run-above' }],
    ['Enter', { command: true, alt: true }, { type: 'split', offset: 3 }],
    ['Enter', {}, undefined],
    ['Escape', {}, { type: 'leave' }],
    ['z', { command: true }, { type: 'undo' }],
    ['Z', { command: true, shift: true }, { type: 'redo' }],
    ['y', { command: true }, { type: 'redo' }],
    ['f', { command: true }, { type: 'find' }],
    ['k', { command: true }, { type: 'palette' }],
    ['s', { command: true }, { type: 'save' }],
    ['s', { command: true, alt: true }, undefined],
    ['a', { command: true }, undefined],
    ['a', {}, undefined],
  ] as const)('%s with %o', (key, more, command) => {
    expect(commandOf(press(key, more), caret())).toEqual(command);
  });

  it('are found by their place while a Korean layout is on', () => {
    expect(commandOf(press('ㅋ', { code: 'KeyZ', command: true }), caret())).toEqual({ type: 'undo' });
  });

  it('belong to the input method while it composes', () => {
    for (const key of ['Enter', 'Escape', 'ArrowUp', 'Backspace', '/']) {
      expect(commandOf(press(key, { composing: true, shift: key === 'Enter' }), never)).toBeUndefined();
    }
  });

  it('leave the text at its first and last line, with the caret alone', () => {
    expect(commandOf(press('ArrowUp'), caret({ firstLine: true }))).toEqual({ type: 'previous' });
    expect(commandOf(press('ArrowUp'), caret())).toBeUndefined();
    expect(commandOf(press('ArrowDown'), caret({ lastLine: true }))).toEqual({ type: 'next' });
    expect(commandOf(press('ArrowDown'), caret({ lastLine: true, end: 5 }))).toBeUndefined();
    expect(commandOf(press('ArrowDown', { shift: true }), caret({ lastLine: true }))).toBeUndefined();
  });

  it('belong first to what is open in the editor', () => {
    expect(commandOf(press('Escape'), caret({ busy: true }))).toBeUndefined();
    expect(commandOf(press('ArrowDown'), caret({ busy: true, lastLine: true }))).toBeUndefined();
    expect(commandOf(press('Enter', { shift: true }), caret({ busy: true }))).toEqual({ type: 'run-and-advance' });
  });

  it('merge upwards only from the very start', () => {
    expect(commandOf(press('Backspace'), caret({ start: 0, end: 0 }))).toEqual({ type: 'merge-up' });
    expect(commandOf(press('Backspace'), caret({ start: 0, end: 2 }))).toBeUndefined();
    expect(commandOf(press('Backspace', { command: true }), caret({ start: 0, end: 0 }))).toBeUndefined();
  });

  it('open the list by a slash in an empty paragraph only', () => {
    expect(commandOf(press('/'), caret({ length: 0 }))).toEqual({ type: 'insert-menu' });
    expect(commandOf(press('/'), caret())).toBeUndefined();
    expect(commandOf(press('/', { command: true }), caret({ length: 0 }))).toBeUndefined();
  });

  it('cost no look at the text unless they depend on it', () => {
    expect(commandOf(press('a'), never)).toBeUndefined();
    expect(commandOf(press('Enter', { shift: true }), never)).toEqual({ type: 'run-and-advance' });
  });
});
