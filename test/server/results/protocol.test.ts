import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFailure,
  decodeRequest,
  encodeFrame,
  encodeJson,
  encodeRequest,
  frameDecoder,
  KIND,
  MAX_FRAME,
  type ReaderRequest,
} from '../../../server/results/reader/protocol.ts';

const request: ReaderRequest = {
  type: 'window',
  asker: 'one',
  source: { kind: 'block', key: 'n-r' },
  columns: [{ name: '이름"', type: 'VARCHAR' }],
  rows: 3,
  bytes: 10,
  offset: 0,
  limit: 2,
  order: [{ column: 0, descending: true }],
  narrow: { filters: [] },
  format: 'arrow',
};

describe('frames of the reader', () => {
  it('come out as they went in, however the stream is cut', () => {
    const frame = fc.record({
      kind: fc.constantFrom(...Object.values(KIND)),
      call: fc.nat(0xffff_ffff),
      payload: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map(({ kind, call, payload }) => encodeFrame(kind, call, payload)));
          const decoder = frameDecoder();
          const out = [];
          for (let at = 0, cut = 0; at < stream.length; cut += 1) {
            const size = cuts[cut % cuts.length]!;
            out.push(...decoder.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(out.map((one) => ({ ...one, payload: [...one.payload] }))).toEqual(
            frames.map((one) => ({ ...one, payload: [...one.payload] })),
          );
        },
      ),
    );
  });
  it('carry a request with and without a block', () => {
    const [plain] = frameDecoder().push(encodeRequest(7, request));
    expect(plain!.call).toBe(7);
    expect(decodeRequest(plain!.payload)).toEqual({ request, block: undefined });
    const block = new Uint8Array([1, 2, 3]);
    const [full] = frameDecoder().push(encodeRequest(8, request, block));
    expect(decodeRequest(full!.payload)).toEqual({ request, block });
  });
  it('refuse what is no request and no failure of ours', () => {
    const [bad] = frameDecoder().push(encodeRequest(1, { ...request, offset: -1 }));
    expect(() => decodeRequest(bad!.payload)).toThrow();
    const [head] = frameDecoder().push(encodeJson(KIND.head, 1, { contentType: 'x' }));
    expect(() => decodeFailure(head!.payload)).toThrow();
  });
  it('refuse a length past the limit instead of waiting for it', () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(MAX_FRAME + 1, 0);
    expect(() => frameDecoder().push(bytes)).toThrow(/frame of/);
  });
});
