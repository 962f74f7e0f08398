/** What the menu of a field on a pivot's side offers: how its values come together, where else it may stand, its leaving. */
import type { Column } from '../../../server/protocol/outputs.ts';
import { aggregatesOf } from '../../../server/protocol/pivot/plan.ts';
import { PIVOT_UNITS, type PivotField, type PivotSpec } from '../../../server/protocol/pivot.ts';
import { calendarOf, kindOf } from '../../../server/protocol/table/kinds.ts';
import type { MenuItem } from '../../parts/Menu.tsx';
import { pivot as words } from '../../words/pivot.ts';
import { group } from '../table/numbers.ts';
import { isFull, moved, type Place, removed, SIDES, stepped, withField, withValue } from './change.ts';

/** Bins that are offered. */
const WIDTHS = [1, 10, 100, 1000] as const;

/** A pivot and who is told of its change. */
export type Changing = {
  readonly spec: PivotSpec;
  readonly columns: readonly Column[];
  readonly onSpec: (spec: PivotSpec) => void;
};

/** All that can be done with a field where it stands. */
export function itemsOf({ spec, onSpec, columns }: Changing, place: Place, type: string): MenuItem[] {
  const { side, at } = place;
  const items: MenuItem[] = side === 'values' ? ofValue(spec, at, type, onSpec) : ofField(spec, place, type, onSpec);
  const others = SIDES.filter((other) => other !== side && !isFull(spec, other));
  const one = spec[side][at];
  const move = (by: -1 | 1): MenuItem => ({
    label: by < 0 ? words.earlier : words.later,
    do: () => onSpec(stepped(spec, place, by)),
  });
  return [
    ...items,
    ...(items.length > 0 ? (['rule'] as const) : []),
    ...(at > 0 ? [move(-1)] : []),
    ...(at < spec[side].length - 1 ? [move(1)] : []),
    ...(one?.column === undefined ? [] : others).map((other) => ({
      label: words.moveTo(words.sides[other]),
      do: () => onSpec(moved(spec, place, { side: other, at: spec[other].length }, columns)),
    })),
    { label: words.remove, do: () => onSpec(removed(spec, place)) },
  ];
}

/** How its values come together, in words. */
export const saidOf = ({ unit, bin }: PivotField): string => {
  if (unit) return words.units[unit];
  return bin === undefined ? '' : bin === 'auto' ? words.bins : words.wide(group(String(bin)));
};

function ofValue(spec: PivotSpec, at: number, type: string, onSpec: (spec: PivotSpec) => void): MenuItem[] {
  const value = spec.values[at];
  if (value?.column === undefined) return [];
  return [
    { heading: words.aggregate },
    ...aggregatesOf(type).map((aggregate) => ({
      label: words.aggregates[aggregate],
      checked: value.aggregate === aggregate,
      do: () => onSpec(withValue(spec, at, { ...value, aggregate })),
    })),
  ];
}

function ofField(spec: PivotSpec, place: Place, type: string, onSpec: (spec: PivotSpec) => void): MenuItem[] {
  const field = place.side === 'values' ? undefined : spec[place.side][place.at];
  if (!field) return [];
  const { column, unit, bin } = field;
  const choice = (label: string, checked: boolean, next: PivotField): MenuItem => ({
    label,
    checked,
    do: () => onSpec(withField(spec, place, next)),
  });
  if (calendarOf(type)) {
    return [
      { heading: words.stretches },
      choice(words.each, unit === undefined, { column }),
      ...PIVOT_UNITS.map((one) => choice(words.units[one], unit === one, { column, unit: one })),
    ];
  }
  if (kindOf(type) !== 'number') return [];
  const widths = typeof bin === 'number' && !WIDTHS.some((width) => width === bin) ? [bin, ...WIDTHS] : WIDTHS;
  return [
    { heading: words.bins },
    choice(words.each, bin === undefined, { column }),
    choice(words.automatic, bin === 'auto', { column, bin: 'auto' }),
    ...widths.map((width) => choice(words.wide(group(String(width))), bin === width, { column, bin: width })),
  ];
}
