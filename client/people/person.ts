/** Who sits at this browser: a name, an id that goes with its runs and carets, and a colour. Kept in the browser. */
import { newId, type PersonId, parseId } from '../../server/protocol/ids.ts';

export type Person = { readonly id: PersonId; readonly name: string; readonly color: number };

const KEY = 'gondola.person';
export const COLORS = 8;
export const NAME_LENGTH = 80;

export function readPerson(storage: Pick<Storage, 'getItem'>): Person | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, name, color } = value as Record<string, unknown>;
    const parsed = parseId<PersonId>(id);
    if (!parsed || typeof name !== 'string' || cleanName(name) === '') return undefined;
    return { id: parsed, name: cleanName(name), color: typeof color === 'number' ? Math.abs(color | 0) % COLORS : 0 };
  } catch {
    return undefined;
  }
}

/**
 * Whose account the page shows, as the server said with it in a cookie of the port's own; undefined where nobody has one.
 * Known at once, and while the server is away; what the server lets anybody do does not hang on it.
 */
export function readAccount(cookies: string, port: string): Person | undefined {
  const pair = cookies.split('; ').find((one) => one.startsWith(`gondola-${port}-person=`));
  const [, id, encoded] = /=([a-z0-9-]+)\.(.*)$/.exec(pair ?? '') ?? [];
  const parsed = parseId<PersonId>(id);
  const name = decoded(encoded ?? '');
  return parsed && cleanName(name) !== '' ? { id: parsed, ...named(name) } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export function keepPerson(storage: Pick<Storage, 'setItem'>, person: Person): void {
  storage.setItem(KEY, JSON.stringify(person));
}

export function newPerson(name: string): Person {
  return { id: newId<PersonId>(), ...named(name) };
}

/** The colour goes with the name, so that lists which know only names show the same. */
export const named = (name: string): Omit<Person, 'id'> => ({ name: cleanName(name), color: colorOf(cleanName(name)) });

export const cleanName = (name: string): string => name.replace(/\s+/g, ' ').trim().slice(0, NAME_LENGTH);

/** One or two letters: the first of the first and last word; of Korean and the like one alone. */
export function initials(name: string): string {
  const parts = cleanName(name).split(' ');
  const first = [...(parts[0] ?? '')][0] ?? '?';
  const last = parts.length > 1 ? ([...(parts.at(-1) ?? '')][0] ?? '') : '';
  return /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(first)
    ? first
    : `${first}${last}`.toUpperCase();
}

export function colorOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLORS;
}
