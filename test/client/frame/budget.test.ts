import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { describe, expect, it } from 'vitest';
import { createBudget, MOST_LETTERS, MOST_ROWS, TooMuch } from '../../../client/frame/budget.ts';
import { countedInterpreter, isWide, lengthOf } from '../../../client/frame/expressions.ts';

const counting = () => countedInterpreter(expressionInterpreter as never, createBudget());

/** What an expression comes to. */
async function resultOf(update: string, expr: unknown = counting()): Promise<unknown> {
  const problems: unknown[] = [];
  const quiet = { ...vega.logger(vega.None), error: (...said: unknown[]) => void problems.push(said[0]) };
  const runtime = vega.parse({ signals: [{ name: 'it', update }] }, undefined, { ast: true });
  const view = new vega.View(runtime, { expr, logger: quiet as never });
  await view.runAsync();
  if (problems.length > 0) throw problems[0];
  return view.signal('it');
}

describe('an expression that is counted', () => {
  it.each([
    "1 + 2 + 'a' + null",
    '[1, [2, 3], {a: 4, "b": [5]}]',
    'sequence(3)',
    'sequence(1, 10, 4)',
    "pad('x', 5, '-', 'left')",
    "join(['a', 1], '; ')",
    "replace('abcabc', regexp('b', 'g'), '[$&]')",
    "replace('abcabc', /c$/, 'd')",
    "split('a b c', ' ', 2)",
    "upper('straße') + lower('ÄB') + encodeURIComponent('a b')",
    "format(1234.5, '>12,.2f')",
    'slice([1, 2, 3], 1)',
    'reverse([1, 2]) + sort([2, 1])',
    "pluck([{a: 1}, {a: 2}], 'a')",
    '{a: 1, b: {c: [2]}}.b.c[0]',
    "timeSequence('month', datetime(2020, 0, 1), datetime(2020, 5, 1))",
    "truncate('abcdef', 3)",
    "if(test(/b+/, 'abb'), extent([3, 1]), 0)",
  ])('comes to the same: %s', async (update) => {
    const [counted, plain] = [await resultOf(update), await resultOf(update, expressionInterpreter)];
    expect(counted).toEqual(plain);
    expect(counted).toBeDefined();
  });

  it.each([
    'sequence(1e9)',
    "pad('x', 1e9)",
    "timeSequence('seconds', datetime(1900, 0, 1), datetime(2020, 0, 1))",
    "utcSequence('milliseconds', utc(2019, 0, 1), utc(2020, 0, 1))",
    "format(1, '>99999999s')",
    "join(sequence(9e6), pad('x', 100))",
    "replace(pad('x', 1e5), /./g, pad('y', 1e5))",
  ])('is refused before it makes anything: %s', async (update) => {
    await expect(resultOf(update)).rejects.toThrow(TooMuch);
  });
});

describe('a budget', () => {
  it('lets a step hold rows in place of those it held, and no more than allowed in all', () => {
    const budget = createBudget();
    const [one, other] = [{}, {}];
    for (let turn = 0; turn < 5; turn += 1) budget.hold(one, MOST_ROWS);
    expect(() => budget.hold(other, 1)).toThrow(TooMuch);
  });

  it('begins again with each event', () => {
    const budget = createBudget();
    budget.take('letters', MOST_LETTERS);
    expect(() => budget.take('letters', 1)).toThrow(TooMuch);
    budget.renew();
    budget.take('letters', MOST_LETTERS);
  });
});

it('knows how long a sequence will be, and how wide a number', () => {
  expect([[5], [1, 5], [1, 5, 2], [5, 1], [0, 1, 0]].map(lengthOf)).toEqual([5, 4, 2, 0, Number.POSITIVE_INFINITY]);
  expect(['.2f', '012,.3~f', '$,.2f', '~s', '', '20'].map(isWide)).toEqual(Array(6).fill(false));
  expect(['099999d', '>5000', '5000,.2~f'].map(isWide)).toEqual([true, true, true]);
});
