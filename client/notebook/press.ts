/** Presses of the pointer: on a paragraph they choose it (Shift adds), elsewhere on the page they leave the editor. */
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import type { FocusView } from './focus.ts';

const NOT_THE_PAGE = '.menu, [role="menu"], [role="dialog"], .toasts, .bar, .panel, .find';

export function openPress(page: Document, focus: FocusView): () => void {
  const press = (event: PointerEvent): void => {
    const target = event.target instanceof Element ? event.target : undefined;
    if (!target || target.closest(NOT_THE_PAGE)) return;
    const id = parseId<ParagraphId>(target.closest('[data-paragraph]')?.getAttribute('data-paragraph'));
    const now = focus.focus();
    if (id === undefined) {
      if (now.mode === 'edit' && target.closest('main')) focus.select(now.at);
    } else if (event.shiftKey && now.mode === 'command' && !target.closest('.shown')) focus.extend(id);
    else if (focus.at() !== id) focus.select(id);
  };
  page.addEventListener('pointerdown', press);
  return () => page.removeEventListener('pointerdown', press);
}
