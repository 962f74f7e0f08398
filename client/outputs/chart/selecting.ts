/** From what a hand or a key means on a plot to what is selected there, and back to where it lies. Pure but for the picture's scales. */
import type { Chosen, Stretch } from '../linked/linked.ts';
import { isChosen, isPlane, type Shown, spanOf, stretchIn, tidy, toggled } from './chosen.ts';
import type { Picture } from './draw.ts';
import type { Box } from './hand.ts';
import type { Mark } from './series.ts';

type Seen = Pick<Shown, 'answer' | 'series'>;

/** Half of what stands for a place that has no width. */
const HALF = 6;

/** What lies in a box that was dragged out; the colours that were chosen stay. */
export function inBox(box: Box, picture: Picture, seen: Seen, before?: Chosen): Chosen | undefined {
  const colours = before?.colours ? { colours: before.colours } : {};
  const { answer, series } = seen;
  const right = box.left + box.width;
  if (answer.x.scale === 'category') {
    const places = (series.places ?? []).filter((place) => {
      const { left, width } = bandOf(place, picture);
      return left < right && left + width > box.left;
    });
    return places.length === 0 ? undefined : { ...colours, places };
  }
  const pixel = Math.abs(picture.value(1) - picture.value(0));
  const x = stretchIn(seen, [picture.value(box.left), picture.value(right)], pixel);
  if (!x) return undefined;
  if (!isPlane(answer) || box.top === undefined) return { ...colours, x };
  const step = Math.abs(picture.valueUp(1) - picture.valueUp(0));
  const [one, other] = [box.top, box.top + (box.height ?? 0)].map((top) => tidy(picture.valueUp(top), step));
  if (one === undefined || other === undefined) return undefined;
  return { ...colours, x, y: { from: Math.min(one, other), to: Math.max(one, other) } };
}

/** A click on a place; `more` adds to what is chosen, or takes it away. Undefined where nothing is left. */
export function onPlace(mark: Mark, more: boolean, seen: Seen, before?: Chosen): Chosen | undefined {
  const colours = before?.colours ? { colours: before.colours } : {};
  const left = isChosen(colours) ? colours : undefined;
  if (typeof mark.x === 'string') {
    const places = toggled(before?.places, mark.x, more);
    return places ? { ...colours, places } : left;
  }
  if (isPlane(seen.answer)) return left;
  const one = spanOf(seen, mark, mark)?.x;
  if (!one || one.from === one.to) return left;
  if (!more) return same(before?.x, one) ? left : { ...colours, x: one };
  return { ...colours, x: before?.x ? joined(before.x, one) : one };
}

/** A click on a name of the legend: a colour, or a slice. */
export function onName(name: string, more: boolean, of: 'places' | 'colours', before?: Chosen): Chosen | undefined {
  const { [of]: chosen, ...rest } = before ?? {};
  const names = toggled(chosen, name, more);
  const next: Chosen = names ? { ...rest, [of]: names } : rest;
  return isChosen(next) ? next : undefined;
}

/** From one place to another, both included. */
export function between(one: Mark, other: Mark, seen: Seen, before?: Chosen): Chosen | undefined {
  const span = spanOf(seen, one, other);
  return span && { ...(before?.colours ? { colours: before.colours } : {}), ...span };
}

const same = (one: Stretch | undefined, other: Stretch): boolean => one?.from === other.from && one.to === other.to;
const joined = (one: Stretch, other: Stretch): Stretch => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
});

/** Where the places lie that are not chosen, if any are: a tint over a bar would hardly be seen. */
export function veiledBy({ places }: Chosen, picture: Picture, { answer, series }: Seen): readonly Box[] {
  if (!places || answer.x.scale !== 'category') return [];
  const others = (series.places ?? []).filter((place) => !places.includes(place));
  return others.map((place) => bandOf(place, picture)).filter(({ left }) => Number.isFinite(left));
}

/** Where the stretch or the rectangle that is chosen lies on the plot, as far as that is seen. */
export function boxesOf({ x, y }: Chosen, picture: Picture, { answer }: Seen): readonly Box[] {
  const { width, height } = picture.plot;
  if (!x || answer.x.scale === 'category') return [];
  const across = cut(picture.place(x.from), picture.place(x.to), width);
  if (!across) return [];
  const up = y && cut(picture.placeUp(y.from), picture.placeUp(y.to), height);
  if (y && !up) return [];
  return [
    { left: across.from, width: across.to - across.from, ...(up ? { top: up.from, height: up.to - up.from } : {}) },
  ];
}

function bandOf(place: string, { place: at, band }: Picture): { readonly left: number; readonly width: number } {
  return band > 0 ? { left: at(place), width: band } : { left: at(place) - HALF, width: 2 * HALF };
}

function cut(one: number, other: number, most: number): Stretch | undefined {
  const [from, to] = [Math.max(0, Math.min(one, other)), Math.min(most, Math.max(one, other))];
  return from <= to ? { from, to } : undefined;
}
