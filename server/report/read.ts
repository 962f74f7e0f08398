/** What the results reader answers, read whole and no further than a report has room for. */
import { Readable } from 'node:stream';

/** There is more than may be read. */
export class TooMuch extends Error {}

/** Rejects with TooMuch past `most` bytes; the reader is not kept at it. */
export async function readWhole(
  answer: Promise<{ readonly body: Readable | Uint8Array }>,
  most: number,
): Promise<Buffer> {
  const { body } = await answer;
  if (!(body instanceof Readable)) {
    if (body.length > most) throw new TooMuch();
    return Buffer.from(body);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop destroys the stream.
  for await (const part of body) {
    bytes += part.length;
    if (bytes > most) throw new TooMuch();
    parts.push(part);
  }
  return Buffer.concat(parts);
}
