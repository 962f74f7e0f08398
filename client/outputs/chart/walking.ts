/**
 * What keys do over a plot: arrows go from place to place, each is told; where the chart is selected in, Space selects where
 * one is, Shift with arrows from there on, Escape nothing any more.
 */
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Chosen } from '../linked/linked.ts';
import { isPlane } from './chosen.ts';
import { walked } from './keys.ts';
import type { Painted } from './painting.ts';
import { isPlaceless, type Places, stopsOf } from './places.ts';
import { between, onPlace } from './selecting.ts';
import type { Mark, Series } from './series.ts';
import { type TipText, tipOf } from './tips.ts';
import type { Titles } from './titles.ts';

type Seen = { readonly answer: ChartAnswer; readonly series: Series };

export type WalkParts = {
  readonly painted: () => Painted<Seen> | undefined;
  readonly places: () => Places;
  readonly titles: () => Titles;
  readonly chosen: () => Chosen | undefined;
  /** Undefined where keys select nothing. */
  readonly onChosen: () => ((chosen: Chosen | undefined) => void) | undefined;
  /** One came to a place. */
  readonly onStop: (mark: Mark, text: TipText, painted: Painted<Seen>) => void;
};

export type Walk = {
  /** Whether the key was one of ours. */
  key(event: KeyboardEvent): boolean;
  /** What was drawn is another thing now. */
  reset(): void;
};

export function createWalk({ painted, places, titles, chosen, onChosen, onStop }: WalkParts): Walk {
  let cursor: number | undefined;
  /** Where a stretch that is selected by keys begins. */
  let anchor: Mark | undefined;

  const stops = (): readonly (readonly Mark[])[] => {
    const now = painted();
    return now ? stopsOf(now.of, places()) : [];
  };
  const markAt = (at: number | undefined): Mark | undefined => (at === undefined ? undefined : stops()[at]?.[0]);

  function go(next: number | undefined): boolean {
    const now = painted();
    const marks = now && next !== undefined ? stops()[next] : undefined;
    const text = now && marks && tipOf(now.of.answer, now.of.series, titles(), marks);
    if (!now || !marks?.[0] || !text) return false;
    cursor = next;
    onStop(marks[0], text, now);
    return true;
  }

  function pick(event: KeyboardEvent): boolean {
    const [now, choose] = [painted(), onChosen()];
    if (!now || !choose || event.ctrlKey || event.metaKey || event.altKey) return false;
    const before = chosen();
    if (event.key === 'Escape' && before) {
      choose(undefined);
      return true;
    }
    const here = markAt(cursor);
    if (event.key === ' ' && here) {
      anchor = here;
      choose(
        isPlane(now.of.answer) ? between(here, here, now.of, before) : onPlace(here, event.shiftKey, now.of, before),
      );
      return true;
    }
    if (!event.shiftKey || isPlaceless(now.of.answer)) return false;
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return false;
    const { key, ctrlKey, metaKey, altKey } = event;
    const next = walked({ key, ctrlKey, metaKey, altKey, shiftKey: false }, cursor, stops().length);
    anchor = anchor ?? here ?? markAt(next);
    if (!go(next)) return false;
    const there = markAt(cursor);
    if (anchor && there) choose(between(anchor, there, now.of, before));
    return true;
  }

  return {
    key(event) {
      if (pick(event)) return true;
      const isMoved = go(walked(event, cursor, stops().length));
      if (isMoved) anchor = undefined;
      return isMoved;
    },
    reset() {
      cursor = undefined;
      anchor = undefined;
    },
  };
}
