/**
 * Which colour one has among those who are here. Whoever came first keeps theirs; who comes later and finds it taken has
 * the first that nobody has. Every page judges by the same states, so all agree. States of others are parsed: they come
 * from their pages.
 */
/** The page's palette of people. */
export const COLORS = 8;

export type Own = { readonly client: number; readonly person: string; readonly color: number; readonly since: number };

export function colorAmong(own: Own, states: ReadonlyMap<number, unknown>): number {
  const others = [...states].flatMap(([client, state]) => (client === own.client ? [] : parse(client, state)));
  // Two tabs of one person look the same: as the first of them does.
  const tabs = others.filter((other) => other.person === own.person && isBefore(other, own));
  const first = tabs.reduce<Own | undefined>((a, b) => (a && isBefore(a, b) ? a : b), undefined);
  if (first) return first.color;
  const people = others.filter((other) => other.person !== own.person);
  if (!people.some((other) => other.color === own.color && isBefore(other, own))) return own.color;
  const taken = new Set(people.map((other) => other.color));
  for (let color = 0; color < COLORS; color += 1) if (!taken.has(color)) return color;
  return own.color;
}

const isBefore = (a: Own, b: Own): boolean => a.since < b.since || (a.since === b.since && a.client < b.client);

function parse(client: number, state: unknown): Own[] {
  if (typeof state !== 'object' || state === null) return [];
  const { person, color, since } = state as Record<string, unknown>;
  const id = typeof person === 'object' && person !== null ? (person as Record<string, unknown>).id : undefined;
  if (typeof id !== 'string' || typeof color !== 'number' || !Number.isInteger(color)) return [];
  return [{ client, person: id, color, since: typeof since === 'number' && Number.isFinite(since) ? since : 0 }];
}
