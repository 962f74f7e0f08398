/**
 * Where one reads: the paragraph at the top of the window and how far into it. Kept by paragraph, not by pixel, so that
 * it holds while others write above; survives a reload in this tab.
 */
import { type NotebookId, type ParagraphId, parseId } from '../../server/protocol/ids.ts';

export type Place = { readonly paragraph: ParagraphId; readonly offset: number };

const key = (id: NotebookId): string => `gondola.place.${id}`;

export function readPlace(storage: Pick<Storage, 'getItem'>, id: NotebookId): Place | undefined {
  const [paragraph, offset] = (storage.getItem(key(id)) ?? '').split(' ');
  const parsed = parseId<ParagraphId>(paragraph);
  const pixels = Number(offset);
  return parsed && Number.isFinite(pixels) ? { paragraph: parsed, offset: pixels } : undefined;
}

export function keepPlace(storage: Pick<Storage, 'setItem'>, id: NotebookId, place: Place): void {
  storage.setItem(key(id), `${place.paragraph} ${Math.round(place.offset)}`);
}

export const sectionOf = (page: Document, id: ParagraphId): HTMLElement | null =>
  page.querySelector<HTMLElement>(`[data-paragraph="${CSS.escape(id)}"]`);

/** The paragraph at `top` pixels of the window, found by halving: a thousand are measured ten times. */
export function placeAt(page: Document, order: readonly ParagraphId[], top: number): Place | undefined {
  const topOf = (index: number): number =>
    sectionOf(page, order[index]!)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
  let low = 0;
  let high = order.length - 1;
  if (high < 0) return undefined;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (topOf(middle) <= top) low = middle;
    else high = middle - 1;
  }
  return { paragraph: order[low]!, offset: top - topOf(low) };
}

/** So long the place is held while paragraphs around it are filled and change their height. */
const HOLD_FRAMES = 12;

/** Scrolls there and holds on until heights have settled, or the person scrolls. Returns the release. */
export function scrollToPlace(page: Document, place: Place, top: number): () => void {
  const view = page.defaultView;
  if (!view) return () => {};
  let frames = HOLD_FRAMES;
  let frame = 0;
  const stop = (): void => {
    view.cancelAnimationFrame(frame);
    for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown']) view.removeEventListener(name, stop);
  };
  const hold = (): void => {
    const section = sectionOf(page, place.paragraph);
    if (!section) {
      stop();
      return;
    }
    const away = section.getBoundingClientRect().top + place.offset - top;
    if (Math.abs(away) > 1) view.scrollBy(0, away);
    frames -= 1;
    if (frames <= 0) stop();
    else frame = view.requestAnimationFrame(hold);
  };
  for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
    view.addEventListener(name, stop, { passive: true });
  }
  hold();
  return stop;
}
