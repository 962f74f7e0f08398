/**
 * A view of rows as they are, where there are too many of them: of a line stay, in each of the steps that a screen can tell
 * apart, the lowest and the highest row, the first, the last and one without a value, where it breaks; of points a sample by the
 * number of the row, with the rows at the ends of both axes. The same rows each time. Pure.
 */
import { quoteName } from '../../../arrow/names.ts';
import { definedIn } from './encoding.ts';
import { columnOf, type Flow, freshNames, hasNaN, isSpec, type Known, NotPushed, type Spec } from './kinds.ts';

/** Steps of a line: pixels of a chart as wide as a column, twice as fine for sharp screens. */
export const LINE_STEPS = 1_500;
/** Below this a line is seen to be cut. */
export const FEWEST_STEPS = 100;
/** Rows that stay of a step. */
export const ROWS_OF_STEP = 5;
/** Points that are still drawn at once, and told apart where they lie apart. */
export const SAMPLE_ROWS = 20_000;

const LINES = ['line', 'trail', 'area'];
const POINTS = ['point', 'circle', 'square', 'tick', 'text', 'rule'];
/** What makes one line of many. */
const SERIES = ['color', 'fill', 'stroke', 'detail', 'opacity', 'size', 'strokeWidth', 'strokeDash', 'shape'];
SERIES.push('row', 'column', 'facet');

export const markOf = (view: Spec): string => String(isSpec(view.mark) ? view.mark.type : view.mark);

export type Thinning =
  | {
      readonly kind: 'line';
      readonly x: Known;
      readonly y: Known;
      readonly series: readonly Known[];
      readonly scale: unknown;
    }
  | { readonly kind: 'points'; readonly axes: readonly Known[] };

/** What a view without aggregates draws; throws where neither lines nor points are thinned. */
export function thinningOf(view: Spec, flow: Flow): Thinning {
  const encoding = isSpec(view.encoding) ? view.encoding : {};
  const mark = markOf(view);
  // Of rows that are thinned out it would fill in those that were left out.
  if (definedIn(encoding).some(({ def }) => isSpec(def.impute))) throw new NotPushed('other', 'impute');
  if (POINTS.includes(mark)) return { kind: 'points', axes: axesOf(encoding, flow) };
  if (!LINES.includes(mark)) throw new NotPushed('mark', mark);
  const defs = definedIn(encoding);
  if (defs.some(({ def }) => cuts(def)) || defs.some(({ channel }) => ['order', 'x2', 'y2'].includes(channel)))
    throw new NotPushed('mark', mark);
  const [x, y] = lineAxes(encoding, flow);
  const lines = defs.filter(({ channel }) => SERIES.includes(channel));
  if (mark === 'area' && lines.length > 0 && !isApart(encoding.y)) throw new NotPushed('mark', 'area, stacked');
  if (lines.some(({ def }) => def.type === 'quantitative' || def.type === 'temporal'))
    throw new NotPushed('mark', mark);
  const series = lines.map(({ def }) => columnOf(flow, def.field));
  return {
    kind: 'line',
    x,
    y,
    scale: scaleOf(encoding.x),
    series: series.filter(({ name }, at) => series.findIndex((one) => one.name === name) === at),
  };
}

const scaleOf = (def: unknown): unknown => (isSpec(def) && isSpec(def.scale) ? def.scale.type : undefined);

/** How far along its axis a number is drawn, where that is not as far as it is large. */
const SCALES: ReadonlyMap<unknown, (value: string) => string> = new Map([
  ['log', (value: string) => `(case when ${value} > 0 then ln(${value}) end)`],
  ['symlog', (value: string) => `(sign(${value}) * ln(1 + abs(${value})))`],
  ['sqrt', (value: string) => `(sign(${value}) * sqrt(abs(${value})))`],
  ['pow', (value: string) => `(sign(${value}) * sqrt(abs(${value})))`],
]);

const isApart = (def: unknown): boolean => isSpec(def) && (def.stack === null || def.stack === false);
const cuts = ({ bin, timeUnit }: Spec): boolean =>
  (bin !== undefined && bin !== false && bin !== null) || timeUnit !== undefined;

/** Along which a line goes: time, or what is across. */
function lineAxes(encoding: Spec, flow: Flow): readonly [Known, Known] {
  const axis = (channel: string): { readonly column: Known; readonly type: unknown } => {
    const def = encoding[channel];
    if (!isSpec(def)) throw new NotPushed('other', channel);
    const column = columnOf(flow, def.field);
    const isContinuous =
      (def.type === 'quantitative' && column.kind === 'number') ||
      (def.type === 'temporal' && ['date', 'time', 'number'].includes(column.kind));
    if (!isContinuous) throw new NotPushed('field', column.name);
    return { column, type: def.type };
  };
  const [x, y] = [axis('x'), axis('y')];
  if (y.type !== 'quantitative') throw new NotPushed('other', 'y');
  return [x.column, y.column];
}

function axesOf(encoding: Spec, flow: Flow): readonly Known[] {
  const found = definedIn(encoding).filter(({ channel }) => AXES.includes(channel));
  const columns = found.map(({ def }) => columnOf(flow, def.field));
  return columns.filter(({ kind }) => kind !== 'text' && kind !== 'boolean');
}
const AXES = ['x', 'y', 'x2', 'y2', 'longitude', 'latitude', 'size', 'color', 'theta', 'radius'];

/** `columns`: those that the view speaks of. */
export function thinnedLine(
  flow: Flow,
  { x, y, series, scale }: Extract<Thinning, { kind: 'line' }>,
  columns: readonly string[],
  steps: number,
): string {
  const fresh = freshNames(flow);
  const [along, up, step, low, high] = ['x', 'y', 'b', 'lo', 'hi'].map(fresh);
  const names = columns.map(quoteName);
  const row = `{${columns.map((name, index) => `'c${index}': ${quoteName(name)}`).join(', ')}}`;
  const number = (column: Known) =>
    column.kind === 'number' ? `${column.sql}::double` : `epoch_us(${column.sql}::timestamp)::double`;
  const place = SCALES.get(scale)?.(number(x)) ?? number(x);
  const rows = `select ${names.join(', ')}, ${place} as ${along}, ${number(y)} as ${up} from (${flow.sql}) where isfinite(${number(x)})`;
  const ends = `select min(${along}) as ${low}, max(${along}) as ${high} from (${rows})`;
  const placed = `select r.*, floor((${along} - ${low}) / nullif(${high} - ${low}, 0) * ${steps}) as ${step} from (${rows}) r, (${ends}) e`;
  const by = [step, ...series.map(({ sql }) => sql)].join(', ');
  const picks = [
    `arg_min(${row}, ${along})`,
    `arg_max(${row}, ${along})`,
    `arg_min(${row}, ${up}) filter (where not isnan(${up}))`,
    `arg_max(${row}, ${up}) filter (where not isnan(${up}))`,
    `arg_min(${row}, ${along}) filter (where ${up} is null or isnan(${up}))`,
  ];
  const picked = `select unnest([${picks.join(', ')}]) as ${step} from (${placed}) group by ${by}`;
  const list = columns.map((name, index) => `${step}.c${index} as ${quoteName(name)}`).join(', ');
  return `select distinct ${list} from (${picked}) where ${step} is not null order by ${x.sql}`;
}

/** A row for each line: each has its own steps. */
export const seriesSql = (flow: Flow, series: readonly Known[]): string =>
  `select distinct ${series.map(({ sql }) => sql).join(', ')} from (${flow.sql})`;

export function sampled(
  flow: Flow,
  { axes }: Extract<Thinning, { kind: 'points' }>,
  columns: readonly string[],
  rows: number,
): string {
  const number = freshNames(flow)('n');
  const every = Math.max(1, Math.ceil(rows / SAMPLE_ROWS));
  const numbered = `select ${columns.map(quoteName).join(', ')}, row_number() over () as ${number} from (${flow.sql})`;
  // NaN is the largest to the engine, and is nowhere on an axis.
  const ends = axes.flatMap((axis) => {
    const there = hasNaN(axis) ? ` filter (where isfinite(${axis.sql}))` : '';
    return ['arg_min', 'arg_max'].map((end) => `${end}(${number}, ${axis.sql})${there}`);
  });
  const kept = ends.length === 0 ? '' : ` or ${number} in (select unnest([${ends.join(', ')}]) from (${numbered}))`;
  return `select ${columns.map(quoteName).join(', ')} from (${numbered}) where hash(${number}) % ${every} = 0${kept} order by ${number}`;
}
