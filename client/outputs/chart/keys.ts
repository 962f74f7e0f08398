/** Keys that go through what a chart shows, and how a place is said. Pure. */
import type { TipText } from './tips.ts';

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Where a key leads from place `at` of `count`; undefined where it is none of ours. */
export function walked({ key, ...held }: Pressed, at: number | undefined, count: number): number | undefined {
  if (count === 0 || held.shiftKey || held.ctrlKey || held.metaKey || held.altKey) return undefined;
  switch (key) {
    case 'ArrowRight':
      return Math.min(count - 1, (at ?? -1) + 1);
    case 'ArrowLeft':
      return Math.max(0, (at ?? count) - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

export const spokenTip = ({ head, lines, foot }: TipText): string =>
  [head, ...lines.map(({ name, value }) => `${name} ${value}`), ...(foot ? [foot] : [])].join(', ');
