/** Layouts of JSON as specs are written: only blanks change. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatJson } from '../../../../client/editor/format/json.ts';
import { apply } from '../../../../client/editor/splice.ts';

const laidOut = (source: string): string => (formatJson(source) ?? []).reduce(apply, source);

it('breaks what does not fit on a line', () => {
  const spec = {
    data: { name: 'flights' },
    mark: 'bar',
    encoding: { x: { field: 'origin', type: 'nominal' }, y: { aggregate: 'count', title: 'number of flights' } },
  };
  expect(laidOut(JSON.stringify(spec))).toBe(
    [
      '{',
      '  "data": {"name": "flights"},',
      '  "mark": "bar",',
      '  "encoding": {',
      '    "x": {"field": "origin", "type": "nominal"},',
      '    "y": {"aggregate": "count", "title": "number of flights"}',
      '  }',
      '}',
    ].join('\n'),
  );
});

it('keeps comments, a comma too many and numbers as they are written', () => {
  expect(laidOut('{"a":1.50, // one\n"b" : [1,2,], /* two */ "c":{}\n// three\n}')).toBe(
    ['{', '  "a": 1.50, // one', '  "b": [1, 2,], /* two */', '  "c": {}', '  // three', '}'].join('\n'),
  );
});

it('takes line ends of other systems, tabs, and blanks behind a comment for blanks', () => {
  expect(laidOut('{"a":1, // one  \r\n\t"b":"x\ty"  \r\n}\r\n')).toBe('{\n  "a": 1, // one\n  "b": "x\ty"\n}');
});

it('is quick with long data, and leaves what is longer', () => {
  const data = (rows: number): string =>
    JSON.stringify({ data: { values: Array.from({ length: rows }, (_, n) => ({ n })) } });
  expect(formatJson(data(15_000))?.length).toBeGreaterThan(15_000);
  expect(formatJson(data(30_000))).toBeUndefined();
  expect(formatJson('['.repeat(50_000) + ']'.repeat(50_000))).toBeUndefined();
});

it('leaves what is no JSON', () => {
  for (const source of ['{"a": ', '{]', '{"a": "open}', '}{']) expect(formatJson(source)).toBeUndefined();
});

it('means the same, and once is enough', () => {
  fc.assert(
    fc.property(fc.json(), (source) => {
      const made = laidOut(source);
      expect(JSON.parse(made)).toEqual(JSON.parse(source));
      expect(formatJson(made)).toEqual([]);
    }),
    { numRuns: 300, seed: Number(process.env.SEED ?? 1) },
  );
});
