/** Where one reads, followed as the page scrolls: for the outline, and for the next time this tab is loaded. */
import type { NotebookId, ParagraphId } from '../../server/protocol/ids.ts';
import { keepPlace, placeAt } from './place.ts';

/** Under the top bar, where reading begins. */
export const READING_TOP = 64;
const KEEP_MS = 200;

export function followReading(on: {
  readonly page: Window;
  readonly id: NotebookId;
  readonly order: () => readonly ParagraphId[];
  readonly onReading: (paragraph: ParagraphId | undefined) => void;
}): () => void {
  const { page } = on;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const keep = (): void => {
    const place = placeAt(page.document, on.order(), READING_TOP);
    if (place) keepPlace(page.sessionStorage, on.id, place);
  };
  const read = (): void => {
    on.onReading(placeAt(page.document, on.order(), READING_TOP)?.paragraph);
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  };
  const onScroll = (): void => {
    page.cancelAnimationFrame(frame);
    frame = page.requestAnimationFrame(read);
  };
  page.addEventListener('scroll', onScroll, { passive: true });
  page.addEventListener('pagehide', keep);
  return () => {
    clearTimeout(timer);
    page.cancelAnimationFrame(frame);
    page.removeEventListener('scroll', onScroll);
    page.removeEventListener('pagehide', keep);
  };
}
