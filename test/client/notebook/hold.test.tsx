/** Keys while what they asked for is on its way. */
import { afterEach, expect, test, vi } from 'vitest';
import { holdKeys } from '../../../client/notebook/hold.ts';

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function page() {
  document.body.innerHTML =
    '<textarea id="source"></textarea><div role="dialog" id="dialog"><input id="field" value="old"></div>';
  const find = (id: string) => document.getElementById(id)!;
  const heard: string[] = [];
  const listen = (event: KeyboardEvent) => void heard.push(event.key);
  document.body.addEventListener('keydown', listen);
  const left = vi.fn();
  const release = holdKeys(window, left);
  const press = (key: string, more: KeyboardEventInit = {}, at = find('source')) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    at.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const close = (): void => {
    release();
    document.body.removeEventListener('keydown', listen);
  };
  return { find, heard, left, press, close };
}

test('are no commands and no letters of the text behind it, and come into its field', async () => {
  const { find, heard, press, close } = page();
  const field = find('field');
  if (!(field instanceof HTMLInputElement)) throw new Error('no field');
  const typed: string[] = [];
  field.addEventListener('input', () => void typed.push(field.value));
  for (const key of ['d', 'd', 'x', 'Backspace', 'Enter', 'Shift']) expect(press(key)).toBe(true);
  expect(press('v', { ctrlKey: true })).toBe(true);
  expect(heard).toEqual([]);
  field.focus();
  field.select();
  await Promise.resolve();
  expect(typed).toEqual(['dd']);
  // From there on they are its own.
  expect(press('e', {}, field)).toBe(false);
  expect(press('j')).toBe(false);
  expect(heard).toEqual(['e', 'j']);
  close();
});

test('give it up by Escape, and are the page’s where it does not come', () => {
  vi.useFakeTimers();
  const { heard, left, press, close } = page();
  press('Escape');
  expect(left).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  press('j');
  expect(heard).toEqual(['j']);
  close();
});

test('are the page’s once it is closed', () => {
  const { heard, press, close } = page();
  close();
  expect(press('j')).toBe(false);
  expect(heard).toEqual([]);
});
