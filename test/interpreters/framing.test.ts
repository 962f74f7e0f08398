import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, type FramingFault, messageReader } from '../../interpreters/framing.ts';

function readAll(pieces: readonly Uint8Array[], limit?: number): { messages: unknown[]; faults: FramingFault[] } {
  const messages: unknown[] = [];
  const faults: FramingFault[] = [];
  const read = messageReader(
    (message) => messages.push(message),
    (fault) => faults.push(fault),
    limit,
  );
  for (const piece of pieces) read(piece);
  return { messages, faults };
}

test('messages come whole and in order however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 })),
      (messages, cuts) => {
        const bytes = Buffer.from(messages.map((message) => encodeMessage(message)).join(''));
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(bytes.subarray(at));
        const read = readAll(pieces);
        expect(read.faults).toEqual([]);
        expect(read.messages).toEqual(JSON.parse(JSON.stringify(messages)));
      },
    ),
  );
});

test('a line past the limit is one fault, and nothing behind it is read', () => {
  const { messages, faults } = readAll(
    [Buffer.from('{"a":1}\n'), Buffer.from('"'.padEnd(200, 'x')), Buffer.from('\n{"b":2}\n')],
    100,
  );
  expect(messages).toEqual([{ a: 1 }]);
  expect(faults).toEqual([{ kind: 'too-long', limit: 100 }]);
});

test('a line that is no JSON is a fault that quotes its start', () => {
  const { faults } = readAll([Buffer.from('Segmentation fault\n{"a":1}\n')]);
  expect(faults).toEqual([{ kind: 'not-json', start: 'Segmentation fault' }]);
});

test('empty lines mean nothing', () => {
  expect(readAll([Buffer.from('\n\r\n{"a":1}\n\n')]).messages).toEqual([{ a: 1 }]);
});

test('a message longer than a line may be is refused to its sender, counted in bytes', () => {
  expect(() => encodeMessage('x'.repeat(50), 40)).toThrow(RangeError);
  expect(() => encodeMessage('한'.repeat(20), 40)).toThrow(RangeError);
  expect(encodeMessage('한'.repeat(12), 40)).toBe(`"${'한'.repeat(12)}"\n`);
});
