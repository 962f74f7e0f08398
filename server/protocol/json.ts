/** JSON values compared and written so that the order of keys does not count. */
import type { Json } from './document.ts';

/** JSON with sorted keys at every level: the same value always gives the same text. */
export function sortedJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(sortedJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${sortedJson(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export const sameJson = (one: Json, other: Json): boolean => one === other || sortedJson(one) === sortedJson(other);
