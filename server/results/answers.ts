/** How a reader's answer is handed over: whole where it is short, so that an error still becomes a status; else as a stream. */
import { Readable } from 'node:stream';
import type { Answer } from './client.ts';

const WHOLE_BYTES = 4 * 1024 * 1024;

export async function handOver({
  contentType,
  body,
}: Answer): Promise<{ readonly contentType: string; readonly body: Readable | Uint8Array }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const source = body.iterator();
  for (;;) {
    const { done, value } = await source.next();
    if (done) return { contentType, body: Buffer.concat(parts) };
    parts.push(value);
    length += value.length;
    if (length > WHOLE_BYTES) {
      const whole = Readable.from(joined(parts, source), { objectMode: false });
      // Left before it was read, a generator would not hear of it.
      whole.once('close', () => body.destroy());
      return { contentType, body: whole };
    }
  }
}

async function* joined(parts: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
  yield* { [Symbol.asyncIterator]: () => rest };
}

export async function jsonOf({ body }: Answer): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
