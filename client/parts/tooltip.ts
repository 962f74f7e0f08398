/**
 * One tooltip for the whole page, found by `data-tip` on whatever is hovered or focused: a thousand paragraphs have no
 * tooltip components. `data-key` adds the key. The name for screen readers is the element's own `aria-label`.
 */
const WAIT_MS = 400;
const GAP = 6;
const WALKING: ReadonlySet<string> = new Set(['Tab', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

/** Returns the release. */
export function openTooltip(root: Document): () => void {
  const tip = root.createElement('div');
  tip.className = 'tooltip';
  tip.setAttribute('aria-hidden', 'true');
  tip.hidden = true;
  root.body.append(tip);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let of: Element | undefined;
  /** The last key moved the focus: what a dialog focuses by itself needs no explanation. */
  let walked = false;

  const hide = (): void => {
    clearTimeout(timer);
    of = undefined;
    tip.hidden = true;
  };
  const show = (element: Element): void => {
    if (!element.isConnected) {
      hide();
      return;
    }
    const text = root.createElement('span');
    text.textContent = element.getAttribute('data-tip') ?? '';
    tip.replaceChildren(text);
    const key = element.getAttribute('data-key');
    if (key) {
      const mark = root.createElement('kbd');
      mark.textContent = key;
      tip.append(mark);
    }
    tip.hidden = false;
    place(tip, element.getBoundingClientRect(), root.documentElement.clientWidth);
  };
  const over = (event: Event): void => {
    const element = event.target instanceof Element ? (event.target.closest('[data-tip]') ?? undefined) : undefined;
    if (element === of) return;
    hide();
    if (!element) return;
    if (event.type === 'focusin' && !(walked && element.matches(':focus-visible'))) return;
    of = element;
    timer = setTimeout(() => show(element), event.type === 'focusin' ? 0 : WAIT_MS);
  };
  const key = (event: Event): void => {
    if (!(event instanceof KeyboardEvent)) return;
    walked = WALKING.has(event.key);
    if (event.key === 'Escape') hide();
  };
  const listeners: readonly [string, (event: Event) => void][] = [
    ['pointerover', over],
    ['focusin', over],
    ['focusout', hide],
    ['pointerdown', hide],
    ['keydown', key],
    ['scroll', hide],
  ];
  for (const [name, listener] of listeners) root.addEventListener(name, listener, { capture: true, passive: true });
  return () => {
    hide();
    tip.remove();
    for (const [name, listener] of listeners) root.removeEventListener(name, listener, { capture: true });
  };
}

function place(tip: HTMLElement, at: DOMRect, width: number): void {
  const left = Math.max(GAP, Math.min(at.left + at.width / 2 - tip.offsetWidth / 2, width - tip.offsetWidth - GAP));
  const below = at.bottom + GAP;
  const fits = below + tip.offsetHeight < tip.ownerDocument.documentElement.clientHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${fits ? below : at.top - tip.offsetHeight - GAP}px`;
}
