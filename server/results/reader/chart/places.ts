/**
 * An axis whose rows stand at whole numbers: categories by their frequency, numbers in bins, times in stretches. What a row
 * is grouped by (`row`) may be finer than what is shown (`start`), as days are put into months only when they are few.
 */
import type { FigureAxis, PlanAxis } from '../../../protocol/chart/figures.ts';
import type { ChartNote } from '../../../protocol/chart/note.ts';
import { binOf } from './bins.ts';
import { isInteger, isPlaced, microsOf, numberOf } from './columns.ts';
import { extentOf } from './extent.ts';
import type { Ask } from './gather.ts';
import { binsOf, exact } from './steps.ts';
import { isIn, placeIn, topOf } from './top.ts';
import { chooseUnit, cutInto, grantUnit } from './units.ts';

export type Places = {
  /** Of a row: a whole number. */
  readonly row: string;
  /** From that, what is told apart. */
  start(key: string): string;
  readonly where: readonly string[];
  /** The axis of those that were found, each once, in any order; and where one of them stands. */
  axis(found: readonly number[]): { readonly axis: FigureAxis; at(value: number): number };
  readonly notes: readonly ChartNote[];
};

/** Undefined where no row has a place. */
export async function placesOf(
  ask: Ask<unknown>,
  { column: at, kind, bin, unit }: PlanAxis,
  most: number,
  channel: 'x' | 'y',
): Promise<Places | undefined> {
  const { known, connection, table } = ask;
  const column = table.columns[at]!;
  if (kind === 'category') return categories(ask, at, most, channel);
  const { span, nulls, infinite } = await extentOf(known.extents, connection, table, at, kind);
  if (!span) return undefined;
  const notes: ChartNote[] = [
    ...(nulls > 0 ? [{ kind: 'null' as const, rows: nulls }] : []),
    ...(infinite > 0 ? [{ kind: 'infinite' as const, rows: infinite }] : []),
  ];
  const value = kind === 'number' ? numberOf(column) : column.name;
  const where = nulls + infinite > 0 ? [isPlaced(column, value)] : [];
  if (span.kind === 'time') {
    const width = span.wall[1] - span.wall[0];
    const every = unit ? grantUnit(unit, width, most) : chooseUnit(width, most, span.grain);
    const cut = cutInto(every, column.type, microsOf(column.name), span.from);
    return {
      ...cut,
      where,
      notes,
      axis: (found) =>
        placed(
          found,
          (micros) => micros / 1000,
          (values) => ({ scale: 'time', values, every }),
        ),
    };
  }
  const whole = isInteger(column.type);
  // Hours and months are places of their own.
  if (bin === undefined && whole && span.to - span.from < most) return categories(ask, at, most, channel);
  const bins = binsOf(span.from, span.to, Math.min(bin ?? most, most), whole);
  return {
    row: binOf(column, bins),
    start: (key) => key,
    where,
    notes,
    axis: (found) =>
      placed(
        found,
        (place) => exact(bins.start + place * bins.step),
        (values) => ({ scale: 'number', values, bin: bins.step }),
      ),
  };
}

/** What was found, in order and each once. */
function placed(
  found: readonly number[],
  scale: (value: number) => number,
  axisOf: (values: number[]) => FigureAxis,
): ReturnType<Places['axis']> {
  const order = [...new Set(found)].sort((a, b) => a - b);
  const places = new Map(order.map((value, index) => [value, index]));
  return { axis: axisOf(order.map(scale)), at: (value) => places.get(value) ?? 0 };
}

async function categories(ask: Ask<unknown>, at: number, most: number, channel: 'x' | 'y'): Promise<Places> {
  const top = await topOf(ask, at, most);
  const left = top.of - top.keys.length;
  return {
    row: `${placeIn(top, 'null')}::utinyint`,
    start: (key) => key,
    where: left > 0 ? [isIn(top)] : [],
    notes:
      left > 0
        ? [
            {
              kind: 'top',
              channel,
              shown: top.keys.length,
              of: top.of,
              together: false,
              ...(top.about ? { about: true } : {}),
            },
          ]
        : [],
    axis: () => ({
      axis: { scale: 'category', keys: [...top.keys], ...(left > 0 ? { left } : {}) },
      at: (value) => value,
    }),
  };
}
