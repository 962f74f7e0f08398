/**
 * Texts that Vega takes for names: its parser of expressions reads `"constructor"`, `"toString"` and the like, in which titles
 * and categories end up, as no text at all. With a letter of no width behind them they are texts, and look the same.
 */
const NO_WIDTH = '\u200B';

export const spokenText = (text: string): string => (text in Object.prototype ? `${text}${NO_WIDTH}` : text);
export const unspoken = (text: string): string => text.replaceAll(NO_WIDTH, '');

/** All texts within, keys aside. What has none of these is the same object as before. */
export function spoken(value: unknown): unknown {
  if (typeof value === 'string') return spokenText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(spoken);
    return items.every((item, index) => Object.is(item, value[index])) ? value : items;
  }
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, spoken(one)]);
  return entries.every(([key, one]) => Object.is(one, Reflect.get(value, key))) ? value : Object.fromEntries(entries);
}
