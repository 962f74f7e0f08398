import { describe, expect, it } from 'vitest';
import { spanOf } from '../../../client/editor/paper.ts';

const text = 'pwd\n  cat nope | wc\n\nlast';
const marked = (place: { line?: number; column?: number; length?: number }): string | undefined => {
  const span = spanOf(text, { kind: 'error', code: 'exit-code', message: '', ...place });
  return span && text.slice(span.start, span.end);
};

describe('what an error marks', () => {
  it('is what it names, a word where it names no length', () => {
    expect(marked({ line: 2, column: 7, length: 6 })).toBe('nope |');
    expect(marked({ line: 2, column: 7 })).toBe('nope');
  });

  it('is the line where it names no column', () => {
    expect(marked({ line: 2 })).toBe('cat nope | wc');
    expect(marked({ line: 4 })).toBe('last');
  });

  it('is nothing where there is no such place', () => {
    expect(marked({})).toBeUndefined();
    expect(marked({ line: 3 })).toBeUndefined();
    expect(marked({ line: 9 })).toBeUndefined();
  });
});
