/** Which paragraphs' outputs are widened to the window: the viewer's own wish, kept by nobody. */
import { createSignal } from 'solid-js';
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
