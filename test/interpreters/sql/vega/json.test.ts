import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotJson, parseJson, printJson } from '../../../../interpreters/sql/vega/json.ts';

const read = (text: string): unknown => JSON.parse(printJson(parseJson(text)));
function fault(text: string): { message: string; found: string } {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof NotJson)
      return { message: error.message, found: text.slice(error.at, error.at + error.length) };
    throw error;
  }
  throw new Error('it was read');
}

describe('a spec as people write it', () => {
  it('is read as JSON has it', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(read(JSON.stringify(value, null, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('may hold comments, and a comma too many', () => {
    expect(read('// bars\n{"a": [1, /* two */ 2,], "b": {"c": null,},}\n')).toEqual({ a: [1, 2], b: { c: null } });
    expect(read('\uFEFF{"url": "http://x//y"}')).toEqual({ url: 'http://x//y' });
  });

  it('says where it is none', () => {
    expect(fault('{"a": }')).toMatchObject({ found: '}' });
    expect(fault('{"mark": bar}')).toEqual({ message: 'Here stands bar, where a value should be.', found: 'bar' });
    expect(fault('{"a": 1 "b": 2}')).toMatchObject({ found: '"' });
    expect(fault('{a: 1}')).toMatchObject({ message: expect.stringContaining('a name in double quotes') });
    expect(fault("{'a': 1}")).toMatchObject({ message: 'Texts stand in double quotes.' });
    expect(fault('{"a": "x\ny"}')).toMatchObject({ found: '"x' });
    expect(fault('{"a": 1} x')).toMatchObject({ found: 'x' });
    expect(fault('{"a": [1, 2')).toMatchObject({ message: expect.stringContaining('The text ends') });
    expect(fault('/* never')).toMatchObject({ message: 'The comment does not end.' });
    expect(fault('{"a": 01}')).toMatchObject({ found: '1' });
    expect(fault('[,]')).toMatchObject({ found: ',' });
  });

  it('is refused where it is nested without end', () => {
    expect(fault('['.repeat(100_000))).toMatchObject({ message: expect.stringContaining('nested') });
  });

  it('takes no longer than it is long', () => {
    const started = performance.now();
    expect(() => parseJson(`{"a": "${'\\'.repeat(200_000)}`)).toThrow(NotJson);
    expect(() => parseJson(' '.repeat(500_000))).toThrow(NotJson);
    expect(() => parseJson(`${'/*'.repeat(100_000)}`)).toThrow(NotJson);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
