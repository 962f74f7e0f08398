/** A value in full, in the browser's own top layer: it closes by Esc or a click beside it. */
import { element } from './element.ts';
import { treeIn, treeOf } from './tree.ts';

export type Opened = {
  readonly title: string;
  readonly text: string;
  /** Nested: what can be read as JSON is shown as a tree. */
  readonly nested: boolean;
  readonly copy: string;
  readonly anchor: HTMLElement;
};

/** Past this a value is cut: laying out more would freeze the page. The copy button still gives all of it. */
const MOST_CHARACTERS = 200_000;

export function openValue(host: HTMLElement, { title, text, nested, copy, anchor }: Opened): void {
  const box = element('div', 'value', { popover: 'auto', role: 'dialog', 'aria-label': title });
  const head = box.appendChild(element('div', 'value-head'));
  head.appendChild(element('b', 'value-title')).textContent = title;
  const button = head.appendChild(element('button', 'value-copy', { type: 'button' }));
  button.textContent = copy;
  button.addEventListener('click', () => void navigator.clipboard?.writeText(text).then(() => box.hidePopover()));
  const parsed = nested && text.length <= MOST_CHARACTERS ? treeIn(text) : undefined;
  const full = box.appendChild(element(parsed ? 'div' : 'pre', 'value-text', { tabindex: '0' }));
  if (parsed) full.append(treeOf(parsed.tree));
  else full.textContent = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  host.append(box);
  box.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    box.remove();
    host.querySelector<HTMLElement>('.grid')?.focus({ preventScroll: true });
  });
  box.showPopover();
  const at = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const below = at.bottom + size.height + 8 < innerHeight;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  box.style.top = `${below ? at.bottom + 2 : Math.max(8, at.top - size.height - 2)}px`;
  full.focus({ preventScroll: true });
}
