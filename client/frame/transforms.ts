/**
 * Vega's transforms, each asked before it runs how much it is about to make, by its parameters as they stand then: they may
 * come from signals. Put where Vega's own stand in its registry, which is the way to bring transforms to it.
 */
import { allow, type Budget } from './budget.ts';
import { isWide, lengthOf } from './expressions.ts';
import { isCallable, isRecord } from './guards.ts';

type Row = Readonly<Record<string, unknown>>;
type Field = (row: Row) => unknown;
export type Parameters = Readonly<Record<string, unknown>>;
export type Pulse = {
  readonly source?: readonly Row[] | null;
  readonly add: readonly Row[];
  readonly dataflow: unknown;
};
type Step = { transform(parameters: Parameters, pulse: Pulse): unknown };
type Steps = new (...given: unknown[]) => Step;

/** How many rows a step makes of its own; those that it passes on are counted where they were made. */
type Estimate = (parameters: Parameters, rows: readonly Row[]) => number;

const isField = (value: unknown): value is Field => typeof value === 'function';
const fieldsOf = (value: unknown): readonly Field[] => (Array.isArray(value) ? value.filter(isField) : []);
const most = (...values: readonly unknown[]): number => Math.max(...values.map((value) => Number(value) || 0));

/** How many there are of a kind, looked at only where it can matter. */
function distinct(rows: readonly Row[], fields: readonly Field[]): number {
  if (fields.length === 0) return 1;
  return new Set(rows.map((row) => fields.map((field) => String(field(row))).join('\0'))).size;
}

const perGroup = (parameters: Parameters, rows: readonly Row[], steps: number): number =>
  distinct(rows, fieldsOf(parameters.groupby)) * steps;

const ESTIMATES: Readonly<Record<string, Estimate>> = {
  sequence: ({ start, stop, step }) => lengthOf([start, stop, step || 1]),
  density: ({ steps, minsteps, maxsteps }) => most(steps, minsteps, maxsteps, 200),
  kde: (given, rows) => perGroup(given, rows, most(given.steps, given.minsteps, given.maxsteps, 200)),
  quantile: (given, rows) =>
    perGroup(given, rows, Array.isArray(given.probs) ? given.probs.length : 1 / (Number(given.step) || 0.01)),
  // A polynomial of order n solves n × n equations.
  regression: (given, rows) => perGroup(given, rows, 200) + most(given.order) ** 2,
  loess: (_given, rows) => rows.length,
  flatten: ({ fields }, rows) =>
    rows.reduce((sum, row) => sum + most(0, ...fieldsOf(fields).map((field) => lengthOfList(field(row)))), 0),
  fold: ({ fields }, rows) => fieldsOf(fields).length * rows.length,
  pivot: (given, rows) =>
    perGroup(
      given,
      rows,
      isField(given.field) ? Math.min(distinct(rows, [given.field]), Number(given.limit) || Infinity) : 1,
    ),
  impute: (given, rows) =>
    perGroup(
      given,
      rows,
      (isField(given.key) ? distinct(rows, [given.key]) : 1) +
        (Array.isArray(given.keyvals) ? given.keyvals.length : 0),
    ),
  aggregate: ({ cross, groupby }, rows) =>
    cross ? fieldsOf(groupby).reduce((product, field) => product * distinct(rows, [field]), 1) : 0,
  graticule: ({ step, stepMinor, stepMajor, precision }) =>
    [step, stepMinor, stepMajor].reduce((sum: number, one) => sum + lines(one, Number(precision) || 2.5), 0),
  datajoin: (_given, rows) => rows.length,
};

const lengthOfList = (value: unknown): number =>
  Array.isArray(value) || typeof value === 'string' || ArrayBuffer.isView(value)
    ? Number(Reflect.get(Object(value), 'length')) || 0
    : 0;

function lines(step: unknown, precision: number): number {
  if (!Array.isArray(step)) return 0;
  return step.reduce((sum: number, degrees) => sum + (360 / (Number(degrees) || 10)) * (360 / precision), 0);
}

const SPANS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1e3,
  minute: 6e4,
  hour: 36e5,
  day: 864e5,
  date: 864e5,
  week: 6048e5,
  month: 24e8,
  quarter: 72e8,
  year: 3e10,
};

/** A scale as Vega builds it: a function with what it is asked for. */
const asked = (scale: unknown, name: string): readonly unknown[] => {
  const found: unknown = isCallable(scale) ? Reflect.get(scale, name) : undefined;
  const list: unknown = isCallable(found) ? found.call(scale) : found;
  return Array.isArray(list) ? list : [];
};

/** A count, or a span of time that steps through the domain. */
function ticksOf({ count, scale, values }: Parameters): number {
  if (Array.isArray(values)) return values.length;
  if (typeof count === 'number' || count === undefined || count === null) return Number(count ?? 0);
  const { interval, step = 1 } = isRecord(count) ? count : { interval: count };
  const domain = asked(scale, 'domain').map(Number);
  return (
    (Math.max(...domain) - Math.min(...domain)) / (SPANS[String(interval)] ?? 864e5) / Math.max(1, Number(step) || 1)
  );
}

function ticks(given: Parameters): void {
  allow('ticks', ticksOf(given));
  if (isWide(given.formatSpecifier)) allow('ticks', Number.POSITIVE_INFINITY);
}

/** A logarithm to an odd base is walked through digit by digit. */
const MOST_BASE = 1000;

function scale({ bins, schemeCount, base, nice, domain, range }: Parameters): void {
  allow('ticks', most(schemeCount, typeof nice === 'number' ? nice : 0));
  allow('ticks', most(base) > MOST_BASE ? Number.POSITIVE_INFINITY : 0);
  if (bins === undefined || bins === null) return;
  if (Array.isArray(bins)) {
    allow('ticks', bins.length);
    return;
  }
  // What the transform of bins leaves is a function, with these beside it.
  const [start, stop, step] = ['start', 'stop', 'step'].map((name): unknown => Reflect.get(Object(bins), name));
  const ends = (Array.isArray(domain) ? domain : Array.isArray(range) ? range : [0, 0]).map(Number);
  allow('ticks', lengthOf([start ?? Math.min(...ends), stop ?? Math.max(...ends), step]));
}

const CHECKS: Readonly<Record<string, (given: Parameters) => void>> = { axisticks: ticks, legendentries: ticks, scale };

/** Vega's types have the two parameters of `transform` the other way round. */
const isSteps = (value: unknown): value is Steps =>
  isCallable(value) && isRecord(value.prototype) && isCallable(value.prototype.transform);

/** `registry`: Vega's own, by name. `budget`: of the chart that is being drawn. */
export function boundTransforms(registry: object, budget: () => Budget): void {
  const names = new Set([...Object.keys(ESTIMATES), ...Object.keys(CHECKS)]);
  for (const name of names) {
    const Base: unknown = Reflect.get(registry, name);
    if (!isSteps(Base)) throw new Error(`Vega has no transform ${name}`);
    const [estimate, check] = [ESTIMATES[name], CHECKS[name]];
    const Bounded = class extends Base {
      override transform(parameters: Parameters, pulse: Pulse): unknown {
        check?.(parameters);
        if (estimate) budget().hold(this, estimate(parameters, pulse.source ?? pulse.add));
        return super.transform(parameters, pulse);
      }
    };
    Reflect.set(registry, name, Bounded);
  }
}
