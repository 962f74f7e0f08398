/**
 * Bins as Vega makes them (the algorithm of its `bin`: a power of the base, divided while there is room, its ends made
 * round), so that a value stands in the same one here and there. Pure.
 */
import { isSpec, literal, NotPushed, type Spec } from './kinds.ts';

export type Bins = { readonly start: number; readonly stop: number; readonly step: number };

/** Bins of a channel where the spec says nothing. */
const FEW = new Set(['row', 'column', 'size', 'color', 'fill', 'stroke', 'strokeWidth', 'opacity', 'fillOpacity']);
FEW.add('strokeOpacity').add('shape');
const DEFAULT = { few: 6, dashes: 4, axis: 10, transform: 20 } as const;

/** What the spec asks of a bin, in full; undefined: its values are bins already. */
export function paramsOf(bin: unknown, channel: string | undefined): Spec | undefined {
  if (bin === 'binned' || (isSpec(bin) && bin.binned === true)) return undefined;
  const given: Spec = isSpec(bin) ? bin : {};
  if (bin !== true && !isSpec(bin)) throw new NotPushed('other', 'bin');
  for (const [key, value] of Object.entries(given))
    if (!isPlain(key, value)) throw new NotPushed('other', `bin.${key}`);
  const most =
    channel === undefined
      ? DEFAULT.axis
      : channel === 'strokeDash'
        ? DEFAULT.dashes
        : FEW.has(channel)
          ? DEFAULT.few
          : DEFAULT.axis;
  return given.maxbins || given.step ? given : { ...given, maxbins: most };
}

function isPlain(key: string, value: unknown): boolean {
  switch (key) {
    case 'maxbins':
    case 'step':
      return typeof value === 'number' && value > 0 && Number.isFinite(value);
    case 'base':
      return typeof value === 'number' && value > 1 && Number.isFinite(value);
    case 'anchor':
    case 'minstep':
      return typeof value === 'number' && Number.isFinite(value);
    case 'nice':
    case 'binned':
      return typeof value === 'boolean';
    case 'extent':
      return isNumbers(value) && value.length === 2 && value[0]! < value[1]!;
    case 'steps':
    case 'divide':
      return isNumbers(value) && value.length > 0 && value.every((one) => one > 0);
    default:
      return false;
  }
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one));

/** Steps that widen a bin; a base above one ends it long before. */
const MOST_STEPS = 400;

export function binsOf(params: Spec, extent: readonly [number, number]): Bins {
  const number = (key: string): number | undefined => {
    const value = params[key];
    return typeof value === 'number' ? value : undefined;
  };
  const list = (key: string): readonly number[] | undefined => {
    const value = params[key];
    return isNumbers(value) ? value : undefined;
  };
  const most = number('maxbins') || DEFAULT.transform;
  const base = number('base') || 10;
  const [low, high] = extent;
  const span = high - low || Math.abs(low) || 1;
  const step =
    number('step') ?? stepOf(span, most, base, number('minstep') ?? 0, list('steps'), list('divide') ?? [5, 2]);
  const level = Math.log(step);
  const precision = level >= 0 ? 0 : Math.trunc(-level / Math.log(base)) + 1;
  let [start, stop] = [low, high];
  if (params.nice !== false) {
    const round = Math.floor(low / step + base ** (-precision - 1)) * step;
    start = low < round ? round - step : round;
    stop = Math.ceil(high / step) * step;
  }
  if (stop === start) stop = start + step;
  stop = start + Math.ceil((stop - start) / step) * step;
  const anchor = number('anchor');
  const moved = anchor === undefined ? 0 : anchor - (start + step * Math.floor((anchor - start) / step));
  return { start: start + moved, stop: stop + moved, step };
}

function stepOf(
  span: number,
  most: number,
  base: number,
  least: number,
  steps: readonly number[] | undefined,
  divide: readonly number[],
): number {
  if (steps) {
    const wanted = span / most;
    const first = steps.findIndex((one) => one >= wanted);
    return steps[Math.max(0, (first < 0 ? steps.length : first) - 1)]!;
  }
  const level = Math.ceil(Math.log(most) / Math.log(base));
  let step = Math.max(least, base ** (Math.round(Math.log(span) / Math.log(base)) - level));
  for (let tries = 0; Math.ceil(span / step) > most && tries < MOST_STEPS; tries += 1) step *= base;
  for (const one of divide) {
    const finer = step / one;
    if (finer >= least && span / finer <= most) step = finer;
  }
  return step;
}

/** Which bin a double is in, as a whole number: those without one, and beyond either end, apart. */
export function binSql(value: string, { start, stop, step }: Bins): string {
  const [from, to, wide] = [start, stop, step].map(literal);
  const inner = `greatest(${from}, least(${value}, ${literal(stop - step)}))`;
  return `case when ${value} is null then null when isnan(${value}) then -2 when ${value} < ${from} then -1
    when ${value} > ${to} then 1e300 else floor(1e-14::double + (${inner} - ${from}) / ${wide}) end`;
}
