/**
 * Who else is in a paragraph, and where. Places travel as relative positions: they stay with their letters while others
 * type. What comes from other pages is parsed; nonsense is no presence.
 */
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { ParagraphId } from '../../server/protocol/ids.ts';

export type Remote = {
  readonly client: number;
  readonly name: string;
  /** Index into the page's palette, 0–7. */
  readonly color: number;
  readonly anchor: number;
  readonly head: number;
};

const MOST_NAME = 40;
/** More carets in one paragraph would hide its text. */
const MOST_REMOTES = 24;

/** The other people's carets in this text. */
export function remotesIn(awareness: Awareness, paragraph: ParagraphId, text: Y.Text): Remote[] {
  const remotes: Remote[] = [];
  for (const [client, state] of awareness.getStates()) {
    if (client === awareness.clientID || remotes.length === MOST_REMOTES) continue;
    const remote = readRemote(client, state, paragraph, text);
    if (remote) remotes.push(remote);
  }
  return remotes;
}

function readRemote(client: number, state: unknown, paragraph: ParagraphId, text: Y.Text): Remote | undefined {
  if (!isRecord(state) || state.paragraph !== paragraph) return undefined;
  const { person, color } = state;
  const name = isRecord(person) && typeof person.name === 'string' ? person.name.slice(0, MOST_NAME) : '';
  const anchor = offsetOf(state.anchor, text);
  const head = offsetOf(state.head, text);
  if (head === undefined) return undefined;
  return {
    client,
    name,
    color: typeof color === 'number' && Number.isInteger(color) ? Math.abs(color) % 8 : 0,
    anchor: anchor ?? head,
    head,
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function offsetOf(encoded: unknown, text: Y.Text): number | undefined {
  if (typeof encoded !== 'string' || !text.doc) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const place = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), text.doc);
    return place?.type === text ? Math.min(place.index, text.length) : undefined;
  } catch {
    return undefined;
  }
}

export function encodePlace(text: Y.Text, offset: number): string {
  const place = Y.createRelativePositionFromTypeIndex(text, Math.min(offset, text.length));
  return btoa(String.fromCharCode(...Y.encodeRelativePosition(place)));
}

/** Calls `act` at once, then at most every `wait` milliseconds, the last call always. */
export function throttle(act: () => void, wait: number): { call(): void; release(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const later = (): void => {
    timer = undefined;
    if (!again) return;
    again = false;
    act();
    timer = setTimeout(later, wait);
  };
  return {
    call: () => {
      if (timer !== undefined) {
        again = true;
        return;
      }
      act();
      timer = setTimeout(later, wait);
    },
    release: () => clearTimeout(timer),
  };
}
