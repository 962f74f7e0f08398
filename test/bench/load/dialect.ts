/** What a client says and hears on a live socket, so that the same clients load this server and another. Pure. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { awarenessFrame, controlFrame, readFrame, syncFrame } from '../../../server/protocol/frames.ts';
import { PROTOCOL_VERSION, SYNC } from '../../../server/protocol/messages.ts';

export type Heard =
  /** `state`: all that the server has, the answer to what this client asked. */
  | { readonly kind: 'update'; readonly update: Uint8Array; readonly state: boolean }
  /** The first `count` updates are taken. */
  | { readonly kind: 'acknowledged'; readonly count: number }
  /** To be sent at once. `counts`: it is an update, as the server numbers them. */
  | { readonly kind: 'answer'; readonly frames: readonly Uint8Array[]; readonly counts: number }
  | { readonly kind: 'nothing' };

export interface Dialect {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  greeting(): readonly Uint8Array[];
  hear(frame: Buffer): Heard;
  update(update: Uint8Array): Uint8Array;
  presence(update: Uint8Array): Uint8Array;
}

export type Speaker = {
  readonly notebook: string;
  readonly token: string;
  readonly name: string;
  readonly client: number;
};

/** A document that has nothing: no client in its state vector, nothing in its update. */
const NOTHING = { vector: Uint8Array.of(0), update: Uint8Array.of(0, 0) };

const silence: Heard = { kind: 'nothing' };

export function gondola({ notebook, token, name, client }: Speaker): Dialect {
  return {
    path: `/api/v1/notebooks/${notebook}/live`,
    headers: { authorization: `Bearer ${token}` },
    greeting: () => [controlFrame({ type: 'hello', protocol: PROTOCOL_VERSION, person: { id: name, name }, client })],
    hear(bytes) {
      const frame = readFrame(bytes);
      if (frame?.kind === 'acknowledge') return { kind: 'acknowledged', count: frame.count };
      if (frame?.kind !== 'sync') return silence;
      if (frame.step !== SYNC.step1) return { kind: 'update', update: frame.bytes, state: frame.step === SYNC.step2 };
      return {
        kind: 'answer',
        frames: [syncFrame(SYNC.step1, NOTHING.vector), syncFrame(SYNC.step2, NOTHING.update)],
        counts: 1,
      };
    },
    update: (update) => syncFrame(SYNC.update, update),
    presence: awarenessFrame,
  };
}

const HOCUSPOCUS = { sync: 0, awareness: 1, auth: 2, syncReply: 4, syncStatus: 8 } as const;

/** As `@hocuspocus/provider` 4.7 speaks. Its server says of each update alone that it is taken. */
export function hocuspocus({ notebook, token }: Speaker): Dialect {
  const write = (kind: number, rest: (encoder: encoding.Encoder) => void): Uint8Array =>
    encoding.encode((encoder) => {
      encoding.writeVarString(encoder, notebook);
      encoding.writeVarUint(encoder, kind);
      rest(encoder);
    });
  const sync = (step: number, bytes: Uint8Array): Uint8Array =>
    write(HOCUSPOCUS.sync, (encoder) => {
      encoding.writeVarUint(encoder, step);
      encoding.writeVarUint8Array(encoder, bytes);
    });
  let taken = 0;
  return {
    path: `/${notebook}`,
    headers: {},
    greeting: () => [
      write(HOCUSPOCUS.auth, (encoder) => {
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarString(encoder, token);
        encoding.writeVarString(encoder, '4.7.0');
      }),
      sync(SYNC.step1, NOTHING.vector),
    ],
    hear(bytes) {
      const decoder = decoding.createDecoder(bytes);
      decoding.readVarString(decoder);
      const kind = decoding.readVarUint(decoder);
      if (kind === HOCUSPOCUS.syncStatus) {
        if (decoding.readVarUint(decoder) !== 1) throw new Error('an update was not taken');
        taken += 1;
        return { kind: 'acknowledged', count: taken };
      }
      if (kind !== HOCUSPOCUS.sync && kind !== HOCUSPOCUS.syncReply) return silence;
      const step = decoding.readVarUint(decoder);
      const payload = decoding.readVarUint8Array(decoder);
      if (step !== SYNC.step1) return { kind: 'update', update: payload, state: step === SYNC.step2 };
      return { kind: 'answer', frames: [sync(SYNC.step2, NOTHING.update)], counts: 1 };
    },
    update: (update) => sync(SYNC.update, update),
    presence: (update) => write(HOCUSPOCUS.awareness, (encoder) => encoding.writeVarUint8Array(encoder, update)),
  };
}

/** Of a server that only takes connections: an empty answer is waited for from nobody. */
export const bare = (): Dialect => ({
  path: '/',
  headers: {},
  greeting: () => [],
  hear: () => silence,
  update: (update) => update,
  presence: (update) => update,
});

export const DIALECTS = { gondola, hocuspocus, bare } as const;
