/**
 * Small charts, one for each value of a row and a column. They are one statement all the same: each row is given the number
 * of its panel and its colour together, which stands where a colour does, and the answer is taken apart again.
 */
import type { ChartAnswer } from '../../../protocol/chart/answer.ts';
import type { ChartNote } from '../../../protocol/chart/note.ts';
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import type { ChartColumn } from './columns.ts';
import type { Ask } from './gather.ts';
import { MOST_COLOURS } from './grouped.ts';
import { isIn, placeIn, type Top, topOf } from './top.ts';

/** Panels beside and above each other that are still charts. */
const COLUMNS = 4;
const ROWS = 4;
/** Values of all panels together that an answer has room for, and of one of them. */
const VALUES = 2800;
const LEAST = 10;
const MOST = 80;

export type Facets = {
  readonly plan: ChartPlan;
  /** What stands for the colour. */
  readonly colour: ChartColumn;
  readonly only: readonly string[];
  /** How many of them there may be. */
  readonly most: number;
  /** Places on x of one panel. */
  readonly places: number;
  apart(answer: ChartAnswer): ChartAnswer;
};

const ONE: Omit<Top, 'column'> = { keys: [null], hashes: [], of: 1 };

export async function facetsOf(ask: Ask): Promise<Facets | undefined> {
  const { plan } = ask;
  if (!plan.row && !plan.column) return undefined;
  const row = plan.row && (await topOf(ask, plan.row.column, ROWS));
  const column = plan.column && (await topOf(ask, plan.column.column, COLUMNS));
  const colour = plan.colour && (await topOf(ask, plan.colour.column, MOST_COLOURS));
  const across = (column ?? ONE).keys.length;
  const colours = colour ? colour.keys.length + 1 : 1;
  const place = (top: Top | undefined, others: string) => (top ? placeIn(top, others) : '0');
  const code = `((${place(row, '0')} * ${across} + ${place(column, '0')}) * ${colours} + ${place(colour, String(colours - 1))})::usmallint`;
  const most = Math.max(1, (row ?? ONE).keys.length * across * colours);
  const type = { sql: 'USMALLINT', kind: 'fixed', width: 2, arrow: { type: 'int', bits: 16, signed: false } } as const;
  const apart = (answer: ChartAnswer): ChartAnswer => {
    const { colour: coded, notes, ...rest } = answer;
    const codes = coded?.scale === 'category' ? coded.at.map((at) => Number(coded.keys[at])) : [];
    const others = colour !== undefined && codes.some((one) => one % colours === colours - 1);
    const left: ChartNote[] = [...notOf('row', row), ...notOf('column', column)];
    if (colour && others) left.push(topNote('colour', colour, true));
    return {
      ...rest,
      ...(colour
        ? {
            colour: {
              scale: 'category',
              keys: others ? [...colour.keys, null] : [...colour.keys],
              ...(others ? { rest: Math.max(1, colour.of - colour.keys.length) } : {}),
              at: codes.map((one) => one % colours),
            },
          }
        : {}),
      facet: {
        ...(row ? { row: { keys: [...row.keys] } } : {}),
        ...(column ? { column: { keys: [...column.keys] } } : {}),
        at: codes.map((one) => Math.floor(one / colours)),
      },
      notes: [...notes, ...left],
    };
  };
  return {
    plan: { ...plan, colour: { column: plan.x.column, kind: 'category' } },
    colour: { name: code, type },
    only: [row, column].flatMap((top) => (top ? [isIn(top)] : [])),
    most,
    places: Math.max(LEAST, Math.min(MOST, Math.floor(VALUES / most))),
    apart,
  };
}

const notOf = (channel: 'row' | 'column', top: Top | undefined): ChartNote[] =>
  top && top.of > top.keys.length ? [topNote(channel, top, false)] : [];

const topNote = (channel: 'row' | 'column' | 'colour', { keys, of, about }: Top, together: boolean): ChartNote => ({
  kind: 'top',
  channel,
  shown: keys.length,
  of,
  together,
  ...(about ? { about } : {}),
});
