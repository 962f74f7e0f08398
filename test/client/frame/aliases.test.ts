import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { addAliases, aliased } from '../../../client/frame/aliases.ts';
import { createBudget } from '../../../client/frame/budget.ts';
import { countedInterpreter } from '../../../client/frame/expressions.ts';
import { readSpec } from '../../../client/frame/reading.ts';
import type { Row } from '../../../client/frame/rows.ts';
import { tipRows } from '../../../client/frame/tip-rows.ts';
import { settleTitles } from '../../../client/frame/titles.ts';
import { charts as words } from '../../../client/words/charts.ts';

const NAMES = [
  'plain',
  'constructor',
  'toString',
  'hasOwnProperty',
  '__proto__',
  'a.b[0]["c"]',
  'Sepal.Length',
  `it's "quoted"`,
  '"first"',
  "'x'",
  '\\',
  'a\\b',
  'two\nlines',
  '',
  'datum',
  '__count',
];
const escaped = (name: string): string => name.replace(/[\\.[\]'"]/g, '\\$&');
const rowOf = (name: string, value: number, k: string): Row =>
  Object.defineProperty({ k, v: value }, name, { value, enumerable: true, configurable: true, writable: true });

type Item = { readonly tooltip?: unknown; readonly width?: number; readonly role?: string; readonly items?: Item[] };
const itemsOf = (mark: Item): Item[] =>
  mark.role === 'mark'
    ? (mark.items ?? [])
    : (mark.items ?? []).flatMap((group) => (group.items ?? []).flatMap(itemsOf));

/** The bars that come of a spec, with what each says under the pointer. */
async function drawn(encoding: object, name: string) {
  const rows = [rowOf(name, 7, 'p'), rowOf(name, 9, 'q')];
  const text = JSON.stringify({ data: { name: 'odd' }, mark: { type: 'bar', tooltip: true }, encoding });
  const { spec, data, restore } = readSpec(text, new Map([['odd', rows]]));
  const compiled = compile(spec).spec;
  const titles = settleTitles(compiled, restore);
  const named = (compiled.data ?? []).map((one) =>
    one.name === 'odd' ? { ...one, values: [...data.get('odd')!] } : one,
  );
  const runtime = vega.parse({ ...compiled, data: named as vega.Data[] }, undefined, { ast: true });
  const problems: unknown[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, said) => problems.push(said));
  const view = new vega.View(runtime, { expr: countedInterpreter(expressionInterpreter, createBudget()), logger });
  await view.runAsync();
  expect(problems).toEqual([]);
  const items = itemsOf((view.scenegraph() as unknown as { root: Item }).root);
  return {
    titles,
    tips: items.map(({ tooltip }) => tipRows(tooltip, restore)),
    widths: items.map(({ width }) => width),
  };
}

describe.each(NAMES)('a column called %j', (name) => {
  it.each([escaped(name), name])('is drawn, named as %j', async (field) => {
    const bars = await drawn({ x: { field, type: 'quantitative' }, y: { field: 'k', type: 'nominal' } }, name);
    expect(bars.tips[0]).toEqual([
      { name, value: '7' },
      { name: 'k', value: 'p' },
    ]);
    expect(bars.widths).toEqual([expect.closeTo(233.3, 0), 300]);
    if (name !== '') expect(bars.titles).toContain(name);
  });

  it('is drawn aggregated, and as categories and colours', async () => {
    const field = escaped(name);
    const mean = await drawn({ x: { field, aggregate: 'mean' }, y: { field: 'k' } }, name);
    expect(mean.tips[1]).toEqual([
      { name: `Mean of ${name}`, value: '9' },
      { name: 'k', value: 'q' },
    ]);
    const count = await drawn({ x: { field, type: 'nominal' }, y: { aggregate: 'count' } }, name);
    expect(count.tips[0]?.[0]).toEqual({ name, value: '7' });
    const colour = await drawn(
      { x: { field: 'v', type: 'quantitative' }, y: { field: 'k' }, color: { field, type: 'nominal' } },
      name,
    );
    expect(colour.tips[0]?.[2]).toEqual({ name, value: '7' });
  });
});

it('lets a path into a column be a path, and leaves what needs no other name as it is', () => {
  const columns = new Set(['place', 'place.city', 'x y', 'it’s']);
  const spec = { mark: 'bar', encoding: { x: { field: 'place.city' }, y: { field: 'x y' }, color: { field: 'it’s' } } };
  expect(aliased(spec, columns)).toMatchObject({ spec, names: new Map() });
  expect(aliased({ field: 'place\\.city' }, columns).names.size).toBe(1);
});

it('takes no name that is taken', () => {
  const columns = new Set(['a.b', 'column_0_']);
  const { spec, names, restore } = aliased({ field: 'a.b', title: '_column_0_' }, columns);
  expect(spec).toEqual({ field: '__column_0_', title: '_column_0_' });
  const rows: Row[] = [{ 'a.b': 1, column_0_: 2 }];
  addAliases(rows, names);
  expect(rows).toEqual([{ 'a.b': 1, column_0_: 2, __column_0_: 1 }]);
  expect(restore('Mean of __column_0_ by column_0_')).toBe('Mean of a.b by column_0_');
});

it('says what of rows of its own can’t be drawn', () => {
  const spec = { data: { values: [{ constructor: 1 }] }, mark: 'bar', encoding: { x: { field: 'constructor' } } };
  expect(() => readSpec(JSON.stringify(spec), new Map())).toThrow(words.reserved('constructor'));
  const made = { data: { name: 't' }, transform: [{ calculate: '1', as: '__proto__' }], mark: 'bar' };
  expect(() => readSpec(JSON.stringify(made), new Map())).toThrow(words.reserved('__proto__'));
});
