import { render } from 'solid-js/web';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Menu, type MenuItem } from '../../../client/parts/Menu.tsx';

let dispose: () => void = () => undefined;
let done: string[];
beforeEach(() => {
  done = [];
  const anchor = document.body.appendChild(document.createElement('button'));
  const item = (label: string, parts: Partial<Extract<MenuItem, { label: string }>> = {}): MenuItem => ({
    label,
    icon: () => <small>T</small>,
    do: () => done.push(label),
    ...parts,
  });
  dispose = render(
    () => (
      <Menu
        label="Fields"
        anchor={anchor}
        items={[
          item('none', { checked: true }),
          item('delay'),
          item('origin'),
          item('destination'),
          item('Delete', { key: 'x' }),
        ]}
        onClose={() => undefined}
      />
    ),
    document.body,
  );
});
afterEach(() => {
  dispose();
  document.body.replaceChildren();
});

const focused = (): string | undefined =>
  document.activeElement?.querySelector('.menu-label')?.textContent ?? undefined;
function type(text: string): void {
  for (const key of text)
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

describe('what is typed in a menu', () => {
  it('jumps to the item that begins so, whatever icon or check stands before it', () => {
    type('origin');
    expect(focused()).toBe('origin');
  });

  it('tells items of one letter apart by what follows', () => {
    type('des');
    expect(focused()).toBe('destination');
  });

  it('goes round the items of a letter when it is typed again', () => {
    type('d');
    expect(focused()).toBe('delay');
    type('d');
    expect(focused()).toBe('destination');
  });

  it('does an item by its own key', () => {
    type('x');
    expect(done).toEqual(['Delete']);
  });
});
