import { expect, test } from 'vitest';
import {
  choose,
  differing,
  type EarlierRun,
  firstChosen,
  MOST_BESIDE,
  toFill,
  valuesShown,
} from '../../../client/runs/earlier.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import type { PersonId, RunId } from '../../../server/protocol/ids.ts';
import type { Run } from '../../../server/protocol/runs.ts';

const run = (id: string, forms: EarlierRun['forms'], more: Partial<EarlierRun> = {}): EarlierRun => ({
  id: id as RunId,
  by: { id: 'ada' as PersonId, name: 'Ada' },
  asked: 1,
  phase: { state: 'done', started: 1, ended: 2 },
  forms,
  own: false,
  gone: false,
  ...more,
});
const waiting: Run['phase'] = { state: 'queued' };
const { forms } = formsOf(
  [
    ['day', { type: 'date', default: '2015-01-01', label: 'Day' }],
    ['airport', { options: [{ value: 'SEA', label: 'Seattle' }, 'JFK'] }],
    ['period', { type: 'date-range' }],
    ['key', { type: 'password' }],
  ],
  [],
);

test('the newest opens beside the newest that ran with other values', () => {
  const runs = [
    run('wait', { day: '2' }, { phase: waiting }),
    run('e', { day: '2' }),
    run('d', { day: '2' }),
    run('gone', { day: '3' }, { own: true, gone: true }),
    run('c', { day: '1' }),
    run('b', { day: '0' }),
  ];
  expect(firstChosen(runs)).toEqual(['e', 'c']);
  expect(firstChosen(runs.slice(1, 3))).toEqual(['e', 'd']);
  expect(firstChosen(runs.slice(1, 2))).toEqual(['e']);
  expect(firstChosen([])).toEqual([]);
  // What shows nothing is better than nothing at all.
  expect(firstChosen(runs.slice(3, 4))).toEqual(['gone']);
});

test('up to four stand side by side', () => {
  let chosen: readonly RunId[] = [];
  for (const id of ['a', 'b', 'c', 'd', 'e']) chosen = choose(chosen, id as RunId, true);
  expect([chosen, MOST_BESIDE]).toEqual([['a', 'b', 'c', 'd'], 4]);
  expect(choose(chosen, 'b' as RunId, false)).toEqual(['a', 'c', 'd']);
});

test('a value differs where it is not the same in all, or is missing in one', () => {
  const one = run('a', { day: '1', airport: 'SEA', period: { from: null, to: '2' } });
  const other = run('b', { day: '1', airport: 'JFK', period: { to: '2', from: null } });
  expect([...differing([one, other])]).toEqual(['airport']);
  expect([...differing([one, other, run('c', { day: '1', airport: 'SEA' })])]).toEqual(['airport', 'period']);
  expect([...differing([one])]).toEqual([]);
  expect([...differing([run('a', {}), run('b', { constructor: 1 })])]).toEqual(['constructor']);
});

test('values are shown by the forms’ labels in their order, what is no form any more behind them', () => {
  const shown = valuesShown(forms, run('a', { old: [1], airport: 'SEA', day: '2015-02-01' }));
  expect(shown.map(({ label, text, isLost }) => [label, text, isLost])).toEqual([
    ['Day', '2015-02-01', false],
    ['airport', 'Seattle', false],
    ['old', '[1]', true],
  ]);
  // A form may have been declared otherwise then.
  expect(valuesShown(forms, run('a', { day: 5, airport: null }))[0]).toMatchObject({ text: '5' });
});

test('what goes back into the forms is of those that there are, and no password', () => {
  expect(toFill(forms, run('a', { old: 1, key: 'x', period: { from: null, to: null }, airport: 'JFK' }))).toEqual([
    ['airport', 'JFK'],
    ['period', { from: null, to: null }],
  ]);
});
