import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINK, MAX_MESSAGE, MAX_NOTE, parseAnswer } from '../../../client/frame/messages.ts';
import { tipRows } from '../../../client/frame/tip-rows.ts';

describe('what comes out of a frame', () => {
  it('is taken only as what it may be', () => {
    expect(parseAnswer({ type: 'height', height: 300, more: 1 })).toEqual({ type: 'height', height: 300 });
    expect(parseAnswer({ type: 'failed', why: 'spec', message: 'x'.repeat(9999) })).toMatchObject({
      message: 'x'.repeat(MAX_MESSAGE),
    });
    expect(parseAnswer({ type: 'drawn', label: 'a', notes: ['b', 1, 'c'.repeat(9999), 'd', 'e'] })).toEqual({
      type: 'drawn',
      label: 'a',
      notes: ['b', 'c'.repeat(MAX_NOTE)],
    });
    for (const wrong of [
      { type: 'height', height: -1 },
      { type: 'height', height: Number.NaN },
      { type: 'height', height: 1e9 },
      { type: 'height', height: '300' },
      { type: 'link', href: `https://${'x'.repeat(MAX_LINK)}` },
      { type: 'picture', format: 'png', bytes: 'x' },
      { type: 'failed', why: 'other', message: '' },
      { type: '__proto__' },
      'height',
      { type: 'drawn', label: 'x' },
      null,
    ])
      expect(parseAnswer(wrong)).toBeUndefined();
  });

  it('breaks nothing, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (message) => void parseAnswer(message)));
  });
});

describe('what a chart says of a thing', () => {
  it('is lines of text, bounded', () => {
    expect(tipRows({ origin: 'SEA', n: 3, deep: { a: 1 } })).toEqual([
      { name: 'origin', value: 'SEA' },
      { name: 'n', value: '3' },
      { name: 'deep', value: '{"a":1}' },
    ]);
    expect(tipRows('plain')).toEqual([{ name: '', value: 'plain' }]);
    expect(tipRows(null)).toBeUndefined();
    expect(tipRows(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}`, i])))).toHaveLength(30);
    expect(tipRows('x'.repeat(1000))?.[0]?.value.length).toBe(301);
  });
});
