/**
 * The bytes of the live socket's frames, for server and client alike (`messages.ts` says what they mean). Reading never
 * throws: what is no frame is undefined, and the reader closes that socket.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { FRAME, SYNC } from './messages.ts';

export type SyncStep = (typeof SYNC)[keyof typeof SYNC];

export type Frame =
  | { readonly kind: 'sync'; readonly step: SyncStep; readonly bytes: Uint8Array }
  | { readonly kind: 'awareness'; readonly update: Uint8Array }
  | { readonly kind: 'control'; readonly message: unknown }
  | { readonly kind: 'acknowledge'; readonly count: number };

export function syncFrame(step: SyncStep, bytes: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8(encoder, FRAME.sync);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

export function awarenessFrame(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8(encoder, FRAME.awareness);
    encoding.writeVarUint8Array(encoder, update);
  });
}

export function controlFrame(message: object): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(1 + text.length);
  frame[0] = FRAME.control;
  frame.set(text, 1);
  return frame;
}

export function acknowledgeFrame(count: number): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8(encoder, FRAME.acknowledge);
    encoding.writeVarUint(encoder, count);
  });
}

export function readFrame(bytes: Uint8Array): Frame | undefined {
  try {
    const decoder = decoding.createDecoder(bytes);
    switch (decoding.readUint8(decoder)) {
      case FRAME.sync: {
        const step = decoding.readVarUint(decoder);
        if (step !== SYNC.step1 && step !== SYNC.step2 && step !== SYNC.update) return undefined;
        const payload = readRest(decoder);
        return payload && { kind: 'sync', step, bytes: payload };
      }
      case FRAME.awareness: {
        const update = readRest(decoder);
        return update && { kind: 'awareness', update };
      }
      case FRAME.control: {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(1));
        return { kind: 'control', message: JSON.parse(text) as unknown };
      }
      case FRAME.acknowledge:
        return { kind: 'acknowledge', count: decoding.readVarUint(decoder) };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** A length and as many bytes, which must be all that is left. */
function readRest(decoder: decoding.Decoder): Uint8Array | undefined {
  const length = decoding.readVarUint(decoder);
  return length === decoder.arr.length - decoder.pos ? decoder.arr.subarray(decoder.pos) : undefined;
}
