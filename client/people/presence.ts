/** Who else has the notebook open, from awareness. It comes from other pages, so it is parsed; one row a person. */
import { type Accessor, createSignal } from 'solid-js';
import type { Awareness } from 'y-protocols/awareness';
import { type ParagraphId, type PersonId, parseId } from '../../server/protocol/ids.ts';
import { COLORS, cleanName } from './person.ts';

export type Present = {
  readonly person: PersonId;
  readonly name: string;
  readonly color: number;
  readonly paragraph: ParagraphId | undefined;
  readonly self: boolean;
};

export function parsePresent(state: unknown, self: boolean): Present | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { person, color, paragraph } = state as Record<string, unknown>;
  if (typeof person !== 'object' || person === null) return undefined;
  const { id, name } = person as Record<string, unknown>;
  const parsed = parseId<PersonId>(id);
  if (!parsed || typeof name !== 'string' || cleanName(name) === '') return undefined;
  return {
    person: parsed,
    name: cleanName(name),
    color: typeof color === 'number' && Number.isInteger(color) ? Math.abs(color) % COLORS : 0,
    paragraph: parseId<ParagraphId>(paragraph),
    self,
  };
}

/** Oneself last, as the design has it; two tabs of one person are one. */
export function peopleOf(states: ReadonlyMap<number, unknown>, own: number): readonly Present[] {
  const people = new Map<PersonId, Present>();
  for (const [client, state] of states) {
    const present = parsePresent(state, client === own);
    if (!present) continue;
    const known = people.get(present.person);
    if (!known || present.self || (!known.self && present.paragraph)) people.set(present.person, present);
  }
  return [...people.values()].sort((a, b) => Number(a.self) - Number(b.self) || (a.name < b.name ? -1 : 1));
}

export function openPeople(awareness: Awareness): { people: Accessor<readonly Present[]>; close(): void } {
  const read = (): readonly Present[] => peopleOf(awareness.getStates(), awareness.clientID);
  const [people, setPeople] = createSignal(read(), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  const update = (): void => void setPeople(read());
  awareness.on('change', update);
  return { people, close: () => awareness.off('change', update) };
}
