/** Which paragraphs' outputs are widened to the window: the viewer's own wish, kept by nobody. */
import { createEffect, createSignal, onCleanup } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';

export function openWide(): { isWide(id: ParagraphId): boolean; toggle(id: ParagraphId): void } {
  const [wide, setWide] = createSignal<ReadonlySet<ParagraphId>>(new Set());
  return {
    isWide: (id) => wide().has(id),
    toggle(id) {
      const next = new Set(wide());
      if (!next.delete(id)) next.add(id);
      setWide(next);
    },
  };
}

const EDGE = 24;

/** Stretches a box over the window while `on` holds: where its column begins is known to the layout alone. */
export function stretch(box: () => HTMLElement | undefined, on: () => boolean): void {
  createEffect(() => {
    const element = box();
    const parent = element?.parentElement;
    if (!element || !parent || !on()) return;
    const resize = (): void => {
      element.style.marginLeft = `${EDGE - parent.getBoundingClientRect().left}px`;
      element.style.width = `${document.documentElement.clientWidth - 2 * EDGE}px`;
    };
    resize();
    window.addEventListener('resize', resize);
    onCleanup(() => {
      window.removeEventListener('resize', resize);
      element.style.marginLeft = '';
      element.style.width = '';
    });
  });
}
