/**
 * JSON lines with a size limit, both directions: how requests and events cross descriptors 3 and 4. A line past the
 * limit is never gathered in memory; it is a fault of the sender, and the reader is told once and reads no further.
 */
import { MAX_LINE_BYTES } from './protocol.ts';

const LINE_FEED = 10;

export type FramingFault =
  | { readonly kind: 'too-long'; readonly limit: number }
  | { readonly kind: 'not-json'; readonly start: string };

/** Characters of a bad line that a fault quotes. */
const QUOTED = 120;

/** Feed it what arrives; it calls `onMessage` for each whole line. Empty lines mean nothing. */
export function messageReader(
  onMessage: (message: unknown) => void,
  onFault: (fault: FramingFault) => void,
  limit = MAX_LINE_BYTES,
): (bytes: Uint8Array) => void {
  let parts: Uint8Array[] = [];
  let held = 0;
  let faulty = false;
  const fail = (fault: FramingFault): void => {
    faulty = true;
    parts = [];
    onFault(fault);
  };
  const take = (line: Uint8Array): void => {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
    if (text.trim() === '') return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      fail({ kind: 'not-json', start: text.slice(0, QUOTED) });
      return;
    }
    onMessage(message);
  };
  return (bytes) => {
    let start = 0;
    while (!faulty && start < bytes.length) {
      const end = bytes.indexOf(LINE_FEED, start);
      const piece = bytes.subarray(start, end === -1 ? bytes.length : end);
      if (held + piece.length > limit) {
        fail({ kind: 'too-long', limit });
        return;
      }
      if (end === -1) {
        parts.push(piece.slice());
        held += piece.length;
        return;
      }
      const line = held === 0 ? piece : Buffer.concat([...parts, piece]);
      parts = [];
      held = 0;
      start = end + 1;
      take(line);
    }
  };
}

/** The line of a message, with its line feed. Throws a RangeError past the limit: senders keep to it. */
export function encodeMessage(message: unknown, limit = MAX_LINE_BYTES): string {
  const line = JSON.stringify(message);
  if (line.length > limit || (line.length * 3 > limit && Buffer.byteLength(line) > limit)) {
    throw new RangeError(`a message of ${line.length} characters is longer than a line may be`);
  }
  return `${line}\n`;
}
