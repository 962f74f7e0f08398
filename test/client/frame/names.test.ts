import schema from 'vega-lite/vega-lite-schema.json' with { type: 'json' };
import { expect, it } from 'vitest';
import { MARK, MARKS, unknownKeys, unknownMark, VIEW } from '../../../client/frame/names.ts';

type Part = Readonly<Record<string, unknown>>;
const partOf = (value: unknown): Part => (typeof value === 'object' && value !== null ? (value as Part) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const definition = (name: string): Part => partOf(partOf(schema.definitions)[name]);
function keysOf(part: Part): readonly string[] {
  const inner = typeof part.$ref === 'string' ? keysOf(definition(part.$ref.split('/').at(-1)!)) : [];
  return [...inner, ...Object.keys(partOf(part.properties)), ...listOf(part.anyOf).map(partOf).flatMap(keysOf)];
}

it('knows all that the schema of Vega-Lite knows, and nothing else', () => {
  expect([...VIEW].sort()).toEqual([...new Set(keysOf(definition('TopLevelSpec')))].sort());
  expect([...MARK].sort()).toEqual([...new Set(keysOf(definition('AnyMark')))].sort());
  const marks = [...listOf(definition('Mark').enum), 'boxplot', 'errorband', 'errorbar'];
  expect([...MARKS].sort()).toEqual(marks.sort());
});

it('tells what nothing comes of, in views of views too', () => {
  const unit = { mark: { type: 'bar', colour: 'red' }, encoding: { colour: {} } };
  expect(unknownKeys({ data: {}, titel: 'x', layer: [unit, { mark: 'line', hight: 3 }] })).toEqual([
    { kind: 'view', name: 'titel' },
    { kind: 'mark', name: 'colour' },
    { kind: 'view', name: 'hight' },
  ]);
  expect(unknownKeys({ mark: 'bar', spec: { mark: { type: 'point', size: 3 } } })).toEqual([]);
  expect(unknownMark({ vconcat: [{ mark: 'bar' }, { layer: [{ mark: { type: 'bars' } }] }] })).toBe('bars');
  expect(unknownMark({ mark: 'bar' })).toBeUndefined();
});
