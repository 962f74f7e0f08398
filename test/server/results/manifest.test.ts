import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../../../server/protocol/ids.ts';
import { decodeRecord, type Entry, encodeRecord, foldRecord } from '../../../server/results/manifest.ts';

const notebook = 'nb' as NotebookId;
const id = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
const form = fc.oneof(
  fc.record({ kind: fc.constant('inline' as const), block: fc.uint8Array({ maxLength: 50 }) }),
  fc.record({
    kind: fc.constant('block' as const),
    address: fc.record({ segment: fc.nat(), offset: fc.nat(), length: fc.nat() }),
  }),
  fc.record({ kind: fc.constant('file' as const), name: id.map((one) => `${one}.duckdb`) }),
  fc.record({ kind: fc.constant('dropped' as const) }),
);
const entry: fc.Arbitrary<Entry> = fc.record({
  id: id.map((one) => one as ResultId),
  notebook: fc.constant(notebook),
  paragraph: id.map((one) => one as ParagraphId),
  run: id.map((one) => one as RunId),
  at: fc.nat(),
  columns: fc.array(fc.record({ name: fc.string(), type: fc.string() }), { maxLength: 4 }),
  rows: fc.nat(),
  bytes: fc.nat(),
  form,
});

describe('records of the manifest', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(entry, (one) => {
        expect(decodeRecord(notebook, encodeRecord({ type: 'kept', entry: one }))).toEqual({
          type: 'kept',
          entry: one,
        });
      }),
    );
  });
  it('are not guessed from bytes that are none', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.uint8Array({ maxLength: 80 }), (type, payload) => {
        expect(decodeRecord(notebook, { type, payload })).toBeUndefined();
      }),
    );
  });
  it('never name a file outside the folder', () => {
    const bad = {
      ...fc.sample(entry, { numRuns: 1, seed: 1 })[0]!,
      form: { kind: 'file' as const, name: '../x.duckdb' },
    };
    expect(decodeRecord(notebook, encodeRecord({ type: 'kept', entry: bad }))).toBeUndefined();
  });
  it('fold to what is kept: dropped keeps the record, forgotten takes it', () => {
    const [one, two] = fc
      .sample(entry, { numRuns: 2, seed: 3 })
      .map((any, index) => ({ ...any, id: `r${index}` as ResultId }));
    const entries = new Map<ResultId, Entry>();
    foldRecord(entries, { type: 'kept', entry: one! });
    foldRecord(entries, { type: 'kept', entry: two! });
    foldRecord(entries, { type: 'dropped', ids: [one!.id, 'absent' as ResultId] });
    foldRecord(entries, { type: 'forgotten', ids: [two!.id] });
    expect([...entries.values()]).toEqual([{ ...one, bytes: 0, form: { kind: 'dropped' } }]);
  });
});
