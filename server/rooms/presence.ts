/**
 * Who is here: the awareness of y-protocols, relayed but not trusted. A connection speaks for one awareness client, which no
 * other connection has; what it says of itself is parsed, bears its own person, and goes when the connection goes.
 */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Presence } from '../protocol/incoming.ts';
import type { Who } from '../protocol/runs.ts';

const schema = TypeCompiler.Compile(Presence);

/** A name, a colour and two relative positions, with room. */
const STATE_BYTES = 4096;

export type AwarenessEntry = {
  readonly client: number;
  readonly clock: number;
  /** JSON; `null` once gone. */
  readonly state: string;
};

/**
 * One connection's own update; undefined if it is none, or speaks for somebody else. `fixed`: the name is not the page's to
 * say, and what it says of its person is replaced.
 */
export function readPresence(
  update: Uint8Array,
  who: Who,
  fixed = false,
): (AwarenessEntry & { readonly name?: string }) | undefined {
  if (update.length > STATE_BYTES) return undefined;
  try {
    const decoder = decoding.createDecoder(update);
    if (decoding.readVarUint(decoder) !== 1) return undefined;
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const value: unknown = JSON.parse(decoding.readVarString(decoder));
    if (value === null) return { client, clock, state: 'null' };
    if (!schema.Check(value)) return undefined;
    if (fixed) return { client, clock, state: JSON.stringify({ ...value, person: { id: who.id, name: who.name } }) };
    if (value.person.id !== who.id) return undefined;
    return { client, clock, state: JSON.stringify(value), name: value.person.name };
  } catch {
    return undefined;
  }
}

export function encodePresence(all: readonly AwarenessEntry[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, all.length);
    for (const { client, clock, state } of all) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, state);
    }
  });
}

/** What is said of a connection that ended. The same clock, so that the next state of whoever comes back is newer. */
export const gone = (shown: AwarenessEntry): AwarenessEntry => ({
  client: shown.client,
  clock: shown.clock,
  state: 'null',
});
