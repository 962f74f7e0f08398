import { describe, expect, it } from 'vitest';
import { fieldsOf, strangeField } from '../../interpreters/chart-fields.ts';

const strange = (spec: unknown, columns: readonly string[]): string | undefined =>
  strangeField(fieldsOf(spec), columns)?.name;
const x = (field: string) => ({ data: { name: 't' }, mark: 'bar', encoding: { x: { field } } });

describe('a field that is no column', () => {
  it('is found in any channel, in layers, sorts, conditions and tooltips', () => {
    expect(strange(x('orgin'), ['origin'])).toBe('orgin');
    expect(strange(x('Origin'), ['origin'])).toBe('Origin');
    for (const channel of [
      { y: { field: 'a', sort: { field: 'b' } } },
      { color: { condition: { test: 'true', field: 'b' }, value: 'red' } },
      { tooltip: [{ field: 'a' }, { field: 'b' }] },
    ])
      expect(strange({ layer: [{ mark: 'bar', encoding: channel }] }, ['a'])).toBe('b');
  });

  it('is none that names a column, a path into one, or all rows', () => {
    expect(strange(x('지연'), ['지연'])).toBeUndefined();
    expect(strange(x('place.city'), ['place'])).toBeUndefined();
    expect(strange(x('delays[0]'), ['delays'])).toBeUndefined();
    expect(strange(x('a\\.b'), ['a.b'])).toBeUndefined();
    expect(strange(x('a.b'), ['a.b'])).toBeUndefined();
    expect(strange(x('*'), ['a'])).toBeUndefined();
    expect(strange({ mark: 'bar', usermeta: { field: 'b' } }, ['a'])).toBeUndefined();
  });

  it('is left to Vega where the spec makes columns, or repeats itself over some', () => {
    const b = { mark: 'bar', encoding: { x: { field: 'b' } } };
    expect(strange({ ...b, transform: [{ calculate: 'datum.a', as: 'b' }] }, ['a'])).toBeUndefined();
    expect(strange({ layer: [b, { transform: [], mark: 'bar' }] }, ['a'])).toBeUndefined();
    expect(strange({ repeat: ['a'], spec: b }, ['a'])).toBeUndefined();
    expect(strange({ hconcat: [{ ...b, data: { values: [{ b: 1 }] } }] }, ['a'])).toBeUndefined();
  });
});
