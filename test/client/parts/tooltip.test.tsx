import { fireEvent } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTooltip } from '../../../client/parts/tooltip.ts';

let release = (): void => {};
let button: HTMLButtonElement;
beforeEach(() => {
  vi.useFakeTimers();
  release = openTooltip(document);
  button = document.body.appendChild(document.createElement('button'));
  button.dataset.tip = 'Close';
  button.dataset.key = 'Esc';
  // Keys were used last, as far as the browser knows.
  const matches = button.matches.bind(button);
  vi.spyOn(button, 'matches').mockImplementation(
    (selectors: string) => selectors === ':focus-visible' || matches(selectors),
  );
});
afterEach(() => {
  release();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const tip = (): string | undefined => {
  const element = document.querySelector<HTMLElement>('.tooltip');
  return element && !element.hidden ? (element.textContent ?? '') : undefined;
};

test('what a dialog focuses by itself has no tooltip', () => {
  fireEvent.keyDown(document.body, { key: '?' });
  button.focus();
  vi.advanceTimersByTime(1_000);
  expect(tip()).toBeUndefined();
});

test('what Tab reaches has one, until Escape', () => {
  fireEvent.keyDown(document.body, { key: 'Tab' });
  button.focus();
  vi.advanceTimersByTime(0);
  expect(tip()).toBe('CloseEsc');
  fireEvent.keyDown(button, { key: 'Escape' });
  expect(tip()).toBeUndefined();
});

test('what is hovered has one after a moment', () => {
  fireEvent.pointerOver(button);
  expect(tip()).toBeUndefined();
  vi.advanceTimersByTime(400);
  expect(tip()).toBe('CloseEsc');
});
