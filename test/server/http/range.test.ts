import { describe, expect, it } from 'vitest';
import { rangeOf } from '../../../server/http/range.ts';

const ask = (range: string | undefined, size = 10, condition?: string) =>
  rangeOf({ ...(range ? { range } : {}), ...(condition ? { 'if-range': condition } : {}) }, size, '"now"');

describe('a range of bytes', () => {
  it('is from a byte to a byte, to the end, or of the last ones', () => {
    expect(ask('bytes=2-5')).toEqual({ is: 'part', start: 2, end: 5 });
    expect(ask('bytes=2-')).toEqual({ is: 'part', start: 2, end: 9 });
    expect(ask('bytes=2-99')).toEqual({ is: 'part', start: 2, end: 9 });
    expect(ask('bytes=-3')).toEqual({ is: 'part', start: 7, end: 9 });
    expect(ask('bytes=-99')).toEqual({ is: 'part', start: 0, end: 9 });
  });
  it('that begins behind the end is none of it', () => {
    expect(ask('bytes=10-')).toEqual({ is: 'beyond' });
    expect(ask('bytes=-0')).toEqual({ is: 'beyond' });
    expect(ask('bytes=0-', 0)).toEqual({ is: 'beyond' });
  });
  it('of something else than what stands there is the whole of what does', () => {
    expect(ask('bytes=2-5', 10, '"now"').is).toBe('part');
    expect(ask('bytes=2-5', 10, '"before"')).toEqual({ is: 'whole' });
    expect(ask('bytes=2-5', 10, 'Tue, 15 Nov 1994 12:45:26 GMT')).toEqual({ is: 'whole' });
  });
  it('that is not understood, or several, is the whole', () => {
    for (const range of [undefined, 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'rows=0-1', 'bytes=a-b'])
      expect(ask(range)).toEqual({ is: 'whole' });
  });
});
