import { expect, test } from 'vitest';
import { type Entry, pick, score } from '../../../client/palette/pick.ts';

const entry = (label: string, group: Entry['group'] = 'command', detail?: string): Entry => ({
  label,
  group,
  detail,
  do: () => {},
});
const labels = (entries: readonly Entry[]) => entries.map((one) => one.label);

test('a start is better than the start of a word, that better than its middle', () => {
  expect(score('Run all', 'run')).toBeGreaterThan(score('Stop this run', 'run'));
  expect(score('Stop this run', 'run')).toBeGreaterThan(score('Prune', 'run'));
});

test('first letters find, letters out of order do not', () => {
  expect(score('Run all', 'ral')).toBeGreaterThan(0);
  expect(score('Run all', 'lar')).toBe(0);
});

test('every word must be found', () => {
  expect(score('Insert below', 'below insert')).toBeGreaterThan(0);
  expect(score('Insert below', 'insert above')).toBe(0);
});

test('signs of regular expressions are letters like others', () => {
  expect(score('a (b)', '(b')).toBeGreaterThan(0);
  expect(() => score('x', '[(')).not.toThrow();
});

test('before anything is typed the order is that given', () => {
  expect(labels(pick([entry('Run all'), entry('Run')], ''))).toEqual(['Run all', 'Run']);
});

test('groups keep together, that of the best first, and columns find their table', () => {
  const all = [entry('Find'), entry('flights', 'table', 'date, delay'), entry('Flights', 'notebook')];
  expect(labels(pick(all, 'fl'))).toEqual(['flights', 'Flights']);
  expect(labels(pick(all, 'delay'))).toEqual(['flights']);
});

test('what was found in a text stands behind what bears the words in its name', () => {
  const found = { ...entry('Weekly', 'notebook', 'weekly.nb.md'), snippet: 'avg(delay)', found: true } as const;
  expect(labels(pick([found, entry('Delay by hour', 'notebook')], 'delay'))).toEqual(['Delay by hour', 'Weekly']);
  expect(labels(pick([{ ...found, group: 'notebook' as const }], 'nothing of this'))).toEqual(['Weekly']);
});
