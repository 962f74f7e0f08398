/**
 * What a compiled chart writes beside its axes and legends: second names of columns become the first again, and a title that
 * is cut to the room it has tells the whole of it under the pointer. The compiled spec is ours, and is changed in place.
 */
import { isRecord } from './guards.ts';
import { spokenText, unspoken } from './spoken.ts';

/** Letters from which a title may not fit: axes begin at some 280 px, legends cut at 180. */
const LONG = 25;
const ROWS = ['data', 'datasets', 'values', 'encode', 'signals', 'scales'];

/** Titles of axes in the order they stand, whole, each once. */
export function settleTitles(compiled: unknown, restore: (text: string) => string): readonly string[] {
  const found = new Set<string>();
  const settle = (guide: unknown): void => {
    if (!isRecord(guide)) return;
    const text = textOf(guide.title);
    if (text === undefined) return;
    found.add(unspoken(text));
    if (text.length > LONG) Reflect.set(guide, 'encode', telling(guide.encode, text));
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one);
      return;
    }
    if (!isRecord(value)) return;
    for (const [key, one] of Object.entries(value)) {
      if (key === 'title' || key === 'text') Reflect.set(value, key, restored(one, restore));
      if (!ROWS.includes(key)) walk(Reflect.get(value, key));
    }
    for (const guides of [value.axes, value.legends]) if (Array.isArray(guides)) guides.forEach(settle);
  };
  walk(compiled);
  return [...found];
}

function restored(value: unknown, restore: (text: string) => string): unknown {
  if (typeof value === 'string') return spokenText(restore(value));
  return Array.isArray(value) ? value.map((one) => restored(one, restore)) : value;
}

const textOf = (title: unknown): string | undefined => {
  if (typeof title === 'string') return title === '' ? undefined : title;
  return Array.isArray(title) && title.every((line) => typeof line === 'string') ? title.join(' ') : undefined;
};

/** A title is passed over by the pointer unless it is told not to be. What the spec says of it comes first. */
function telling(encode: unknown, text: string): unknown {
  const own = isRecord(encode) ? encode : {};
  const title = isRecord(own.title) ? own.title : {};
  const update = isRecord(title.update) ? title.update : {};
  return {
    ...own,
    title: { interactive: true, ...title, update: { tooltip: { value: spokenText(text) }, ...update } },
  };
}
