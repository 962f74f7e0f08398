/**
 * Stretches of a continuous axis: pure, so that wheel, drag and keys mean the same. Undefined is a first look: all of it, or
 * its `view` where values far out would squeeze the rest; then all of it is the whole as a range.
 */

export type Range = readonly [number, number];

/** Narrower than this share of the whole there is nothing more to see in doubles. */
const LEAST = 1e-9;
const STEP = 1.5;

/** Within the whole, and wide enough; what covers it is the whole. */
export function rangeWithin(wanted: Range, [from, to]: Range): Range | undefined {
  const [low, high] = wanted[0] <= wanted[1] ? wanted : [wanted[1], wanted[0]];
  const least = (to - from) * LEAST;
  if (!(high - low > least) || !(to > from)) return undefined;
  const a = Math.max(from, low);
  const b = Math.min(to, high);
  if (b - a <= least) return undefined;
  return a <= from && b >= to ? undefined : [a, b];
}

/** Nearer (`by` > 0) or farther by a step, about a place that stays where it is. */
export function zoomed(range: Range | undefined, whole: Range, by: number, about?: number): Range | undefined {
  const [low, high] = range ?? whole;
  const place = about ?? (low + high) / 2;
  const factor = STEP ** -by;
  return rangeWithin([place - (place - low) * factor, place + (high - place) * factor], whole);
}

/** A step from what is seen, a first look too. */
export function stepped(
  range: Range | undefined,
  whole: Range,
  by: number,
  view?: Range,
  about?: number,
): Range | undefined {
  return zoomed(range ?? view, whole, by, about) ?? (view && whole);
}

/** Along the axis by a share of what is seen. */
export function moved(range: Range | undefined, whole: Range, share: number): Range | undefined {
  if (!range) return undefined;
  const span = range[1] - range[0];
  const by = Math.max(whole[0] - range[0], Math.min(whole[1] - range[1], span * share));
  return rangeWithin([range[0] + by, range[1] + by], whole);
}

/** What a key asks for; undefined where it is none of ours. */
export function keyed(
  key: string,
  range: Range | undefined,
  whole: Range,
  view?: Range,
): { readonly range: Range | undefined } | undefined {
  switch (key) {
    case '+':
    case '=':
      return { range: stepped(range, whole, 1, view) };
    case '-':
      return { range: stepped(range, whole, -1, view) };
    case 'ArrowLeft':
      return range && { range: moved(range, whole, -0.25) };
    case 'ArrowRight':
      return range && { range: moved(range, whole, 0.25) };
    case '0':
      return range ? { range: undefined } : view && { range: whole };
    case 'Escape':
      return range && { range: undefined };
    default:
      return undefined;
  }
}
