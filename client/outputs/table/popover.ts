/** A value in full, in the browser's own top layer: it closes by Esc or a click beside it. */
import { element } from './element.ts';

export type Opened = {
  readonly title: string;
  readonly text: string;
  readonly copy: string;
  readonly anchor: HTMLElement;
};

/** Past this a value is cut: laying out more would freeze the page. The copy button still gives all of it. */
const MOST_CHARACTERS = 200_000;

export function openValue(host: HTMLElement, { title, text, copy, anchor }: Opened): void {
  const box = element('div', 'value', { popover: 'auto', role: 'dialog', 'aria-label': title });
  const head = box.appendChild(element('div', 'value-head'));
  head.appendChild(element('b', 'value-title')).textContent = title;
  const button = head.appendChild(element('button', 'value-copy', { type: 'button' }));
  button.textContent = copy;
  button.addEventListener('click', () => void navigator.clipboard?.writeText(text).then(() => box.hidePopover()));
  const full = box.appendChild(element('pre', 'value-text', { tabindex: '0' }));
  full.textContent = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
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

/** Nested values get lines of their own; everything else is shown as it is. */
export function pretty(text: string, nested: boolean): string {
  // Integers past 2^53 would change if they were parsed.
  if (!nested || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
