/** A viewer's settings of a table, and what follows from them for its columns. Pure. */
import type { Column } from '../../../server/protocol/outputs.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { type ColumnFormat, sortIn, type TableSettings } from '../../../server/protocol/table/settings.ts';
import type { Look } from './cells.ts';
import type { Order } from './sort.ts';
import { isGrouped } from './types.ts';

export const orderOf = (settings: TableSettings, names: readonly string[]): Order =>
  sortIn(settings, names).map(({ column, descending }) => ({ column: names.indexOf(column), descending }));

export const sortOf = (order: Order, names: readonly string[]): readonly string[] =>
  order.map(({ column, descending }) => `${descending ? '-' : ''}${names[column]!}`);

export function lookOf({ name, type }: Column, format: ColumnFormat | undefined): Look {
  const kind = kindOf(type);
  return {
    kind,
    grouped: format === 'number' || (format === undefined && isGrouped(name, kind)),
    ...(format ? { format } : {}),
  };
}

/** One step to a side, among the columns that are shown; the others keep their places beside their neighbours. */
export function moved(shown: readonly number[], all: readonly string[], place: number, by: -1 | 1): readonly string[] {
  const at = shown.indexOf(place);
  const other = shown[at + by];
  const list = [...shown];
  if (at < 0 || other === undefined) return list.map((one) => all[one]!);
  list[at] = other;
  list[at + by] = place;
  return list.map((one) => all[one]!);
}

export function toggled(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

/** Without what says nothing. */
export function compact(settings: TableSettings): TableSettings | undefined {
  const said = Object.entries(settings).filter(([, value]) => {
    if (value === undefined || value === '') return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
