import { expect, test } from 'vitest';
import {
  boundOf,
  complaintsOf,
  givenOf,
  optionsOfText,
  textOfOptions,
  withOptions,
  withType,
} from '../../../client/forms/draft.ts';

test('a declaration that is its default alone says its type before it is changed', () => {
  expect(givenOf('day', '2015-01-01')).toEqual({ type: 'date', default: '2015-01-01' });
  expect(givenOf('most', { min: 1, default: 5 })).toEqual({ type: 'number', min: 1, default: 5 });
  expect(givenOf('odd', { type: 'wheel' })).toEqual({ type: 'wheel' });
});

test('another type keeps what fits it', () => {
  const number = { type: 'number', label: 'Most', default: 50, min: 1, max: 90 };
  expect(withType('most', number, 'slider', [])).toEqual({ ...number, type: 'slider' });
  expect(withType('most', number, 'date', [])).toEqual({ type: 'date', label: 'Most' });
  expect(withType('most', number, 'select', ['one', 'two'])).toEqual({
    type: 'select',
    label: 'Most',
    options: ['one', 'two'],
  });
});

test('options are a line each, with a label behind a bar, and numbers where all are', () => {
  const text = 'SEA | Seattle\nJFK\n\n 서울 | 인천 ';
  const options = optionsOfText(text);
  expect(options).toEqual([{ value: 'SEA', label: 'Seattle' }, 'JFK', { value: '서울', label: '인천' }]);
  expect(textOfOptions(options)).toBe('SEA | Seattle\nJFK\n서울 | 인천');
  expect(optionsOfText('2001\n2002')).toEqual([2001, 2002]);
});

test('an option that goes takes a default with it that it was', () => {
  const given = { type: 'select', options: ['a', 'b'], default: 'a' };
  expect(withOptions('x', given, ['b', 'c'])).toEqual({ type: 'select', options: ['b', 'c'] });
  expect(withOptions('x', given, ['a', 'c'])).toEqual({ type: 'select', options: ['a', 'c'], default: 'a' });
});

test('an end that is no number stays as it is typed, and is a problem', () => {
  expect([boundOf(' 5 '), boundOf(''), boundOf('five')]).toEqual([5, undefined, 'five']);
  expect(complaintsOf('most', { type: 'number', min: 'five' }).map(({ code }) => code)).toEqual(['form-bounds']);
});
