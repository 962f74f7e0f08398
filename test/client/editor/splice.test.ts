import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  apply,
  carry,
  difference,
  normalise,
  type Splice,
  splicesOf,
  transform,
} from '../../../client/editor/splice.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const spliceIn = (length: number): fc.Arbitrary<Splice> =>
  fc.tuple(fc.nat(length), fc.nat(6), fc.string({ maxLength: 5 })).map(([at, remove, insert]) => ({
    at,
    remove: Math.min(remove, length - at),
    insert,
  }));

describe('difference', () => {
  it('turns the one text into the other', () => {
    fc.assert(
      fc.property(text, text, fc.nat(40), (before, after, caret) => {
        const splice = difference(before, after, Math.min(caret, after.length));
        expect(splice ? apply(before, splice) : before).toBe(after);
      }),
    );
  });

  it('is what was done when a splice was done with the caret behind it', () => {
    fc.assert(
      fc.property(
        text.chain((before) => fc.tuple(fc.constant(before), spliceIn(before.length))),
        ([before, splice]) => {
          const after = apply(before, splice);
          const found = difference(before, after, splice.at + splice.insert.length);
          expect(found ? apply(before, found) : before).toBe(after);
          if (found) expect(found.insert.length).toBeLessThanOrEqual(splice.insert.length + 2);
        },
      ),
    );
  });

  it('tells by the caret which of equal letters was typed', () => {
    expect(difference('aa', 'aaa', 1)).toEqual({ at: 0, remove: 0, insert: 'a' });
    expect(difference('aa', 'aaa', 3)).toEqual({ at: 2, remove: 0, insert: 'a' });
  });

  it('keeps the halves of an emoji together', () => {
    expect(difference('👍', '👎', 2)).toEqual({ at: 0, remove: 2, insert: '👎' });
  });
});

describe('transform', () => {
  it('keeps what was typed, whatever others did meanwhile', () => {
    fc.assert(
      fc.property(
        text.chain((before) =>
          fc.tuple(fc.constant(before), spliceIn(before.length), fc.array(fc.nat(30), { maxLength: 3 })),
        ),
        ([before, own, places]) => {
          let theirs = before;
          const others = places.map((place) => {
            const splice = { at: Math.min(place, theirs.length), remove: 0, insert: '<>' };
            theirs = apply(theirs, splice);
            return splice;
          });
          const merged = apply(theirs, transform(own, others));
          // Nothing of theirs lies within what I removed unless it was put there: the count of marks is exact outside.
          expect(merged).toContain(own.insert);
          expect(merged.length).toBeGreaterThanOrEqual(theirs.length - own.remove - 2 * others.length);
        },
      ),
    );
  });

  it('does not take away again what another has taken', () => {
    const others = [{ at: 2, remove: 3, insert: '' }];
    expect(transform({ at: 1, remove: 5, insert: 'x' }, others)).toEqual({ at: 1, remove: 2, insert: 'x' });
  });
});

describe('carry', () => {
  it('holds an offset to its letter', () => {
    expect(carry(5, [{ at: 0, remove: 0, insert: 'abc' }])).toBe(8);
    expect(carry(5, [{ at: 5, remove: 0, insert: 'abc' }])).toBe(5);
    expect(carry(5, [{ at: 5, remove: 0, insert: 'abc' }], true)).toBe(8);
    expect(carry(5, [{ at: 3, remove: 4, insert: '' }])).toBe(3);
    expect(carry(2, [{ at: 3, remove: 4, insert: '' }])).toBe(2);
  });
});

describe('splices of a shared text', () => {
  it('repeat what happened to it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(30), fc.nat(5), fc.string({ maxLength: 4 })), { maxLength: 6 }),
        (start, edits) => {
          const shared = new Y.Doc().getText('t');
          shared.insert(0, start);
          let copy = start;
          shared.observe((event) => {
            for (const splice of splicesOf(event.delta)) copy = apply(copy, splice);
          });
          shared.doc!.transact(() => {
            for (const [place, remove, insert] of edits) {
              const at = Math.min(place, shared.length);
              shared.delete(at, Math.min(remove, shared.length - at));
              shared.insert(at, insert);
            }
          });
          expect(copy).toBe(shared.toString());
        },
      ),
    );
  });

  it('have one kind of line end once somebody edits', () => {
    const shared = new Y.Doc().getText('t');
    shared.insert(0, 'a\r\nb\rc\n\r\n');
    normalise(shared, {});
    expect(shared.toString()).toBe('a\nb\nc\n\n');
  });
});
