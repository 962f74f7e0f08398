/** What stands under the pointer, in a box beside it. */
import type { TipRow } from './painter-messages.ts';

const AWAY = 12;

export type Tip = { show(rows: readonly TipRow[] | undefined, x: number, y: number): void; hide(): void };

export function openTip(host: HTMLElement): Tip {
  const box = document.createElement('div');
  box.className = 'tip';
  box.hidden = true;
  document.body.append(box);
  const hide = (): void => {
    box.hidden = true;
  };
  return {
    hide,
    show(rows, x, y) {
      if (!rows || rows.length === 0) return hide();
      box.replaceChildren(
        ...rows.map(({ name, value }) => {
          const line = document.createElement('p');
          if (name !== '') {
            const label = document.createElement('span');
            label.textContent = name;
            line.append(label);
          }
          line.append(value);
          return line;
        }),
      );
      box.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = box;
      const { clientWidth, clientHeight } = document.documentElement;
      const { left, top } = host.getBoundingClientRect();
      // At the side where there is room, and never beyond the frame.
      const right = left + x + AWAY;
      const at = right + width <= clientWidth ? right : left + x - AWAY - width;
      box.style.left = `${Math.max(0, at)}px`;
      box.style.top = `${Math.max(0, Math.min(top + y + AWAY, clientHeight - height))}px`;
    },
  };
}
