import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  acknowledgeFrame,
  awarenessFrame,
  controlFrame,
  type Frame,
  readFrame,
  syncFrame,
} from '../../../server/protocol/frames.ts';
import { ClientMessage } from '../../../server/protocol/incoming.ts';
import { CLOSE, MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../../../server/protocol/messages.ts';

describe('frames', () => {
  test('are read as they were written', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const frame: fc.Arbitrary<[Uint8Array, Frame]> = fc.oneof(
      fc
        .tuple(fc.constantFrom(0, 1, 2), bytes)
        .map(([step, payload]): [Uint8Array, Frame] => [
          syncFrame(step as 0, payload),
          { kind: 'sync', step: step as 0, bytes: payload },
        ]),
      bytes.map((update): [Uint8Array, Frame] => [awarenessFrame(update), { kind: 'awareness', update }]),
      fc.nat().map((count): [Uint8Array, Frame] => [acknowledgeFrame(count), { kind: 'acknowledge', count }]),
      fc
        .dictionary(fc.string(), fc.jsonValue())
        .map((message) => JSON.parse(JSON.stringify(message)) as object)
        .map((message): [Uint8Array, Frame] => [controlFrame(message), { kind: 'control', message }]),
    );
    fc.assert(fc.property(frame, ([written, read]) => void expect(readFrame(written)).toEqual(read)));
  });

  test('cut short, or longer than they say, are none', () => {
    for (const frame of [syncFrame(2, Uint8Array.of(1, 2, 3)), awarenessFrame(Uint8Array.of(1, 2, 3))]) {
      for (let length = 0; length < frame.length; length += 1) {
        expect(readFrame(frame.subarray(0, length))).toBeUndefined();
      }
      expect(readFrame(Uint8Array.of(...frame, 0))).toBeUndefined();
    }
  });

  test('whatever the bytes are, reading does not throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void readFrame(bytes)));
  });
});

describe('docs/protocol.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8');

  test('names every message of a client, and no other', () => {
    const [, up = ''] = /### From the client\n([\s\S]*?)\n### /.exec(text) ?? [];
    const documented = [...up.matchAll(/^\| `\{"type": "([a-z]+)"/gm)].map(([, type]) => type);
    const declared = ClientMessage.anyOf.map((message) => message.properties.type.const);
    expect(documented.sort()).toEqual([...declared].sort());
  });

  test('names every message of the server', () => {
    const source = readFileSync(join(import.meta.dirname, '../../../server/protocol/messages.ts'), 'utf8');
    const [, down = ''] = /export type ServerMessage =([\s\S]*)/.exec(source) ?? [];
    const declared = [...down.matchAll(/type: '([a-z]+)'/g)].map(([, type]) => type);
    expect(declared.length).toBeGreaterThan(8);
    for (const type of declared) expect(text).toContain(`{"type": "${type}"`);
  });

  test('names every close code, the version and the size of a frame', () => {
    for (const code of Object.values(CLOSE)) expect(text).toContain(`| ${code} |`);
    expect(text).toContain(`"protocol": ${PROTOCOL_VERSION}`);
    expect(text).toContain(`at most ${MAX_FRAME_BYTES / 2 ** 20} MiB`);
  });
});
