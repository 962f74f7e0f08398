/**
 * A view that aggregates: one row for each of its groups is made in the engine, and the page does it all again over those rows.
 * A group's row holds, for each field it is grouped by, the value of one of its own rows, which the page bins and cuts into the
 * same bin and unit; and for each aggregate its value under a name of its own, aggregated again by what leaves one value as it
 * is. So scales, axes, stacks, titles and selections come of the same encoding as over all rows.
 */
import { binSql, binsOf, paramsOf } from './bins.ts';
import { checkSpoken, type Defined, definedIn, mapDefined } from './encoding.ts';
import { asDouble, columnOf, type Flow, freshNames, isSpec, NotPushed, type Spec } from './kinds.ts';
import { keyOf, measureOf } from './measures.ts';
import type { Extents } from './steps.ts';
import { markOf } from './thin.ts';
import { unitKeys } from './units.ts';

export type Grouped = { readonly sql: string; readonly encoding: Spec; readonly columns: readonly string[] };

type Group = { readonly keys: readonly string[]; readonly def: Spec };

/** `extra`: definitions that a facet around the view groups by; they come back as they are to stand there. */
export async function grouped(
  view: Spec,
  flow: Flow,
  extents: Extents,
  extra: readonly Defined[] = [],
): Promise<Grouped & { readonly extra: readonly Spec[] }> {
  const encoding = isSpec(view.encoding) ? view.encoding : {};
  const fresh = freshNames(flow);
  const groups = new Map<Spec, Group>();
  const plain = new Set<string>();
  const fields = new Map<string, { readonly sql: string; readonly keys: Set<string> }>();
  const all = [...extra, ...definedIn(encoding)];

  for (const one of all) {
    if (one.def.aggregate !== undefined) continue;
    const { keys, def } = await groupOf(one, flow, extents);
    const column = columnOf(flow, one.def.field);
    groups.set(one.def, { keys, def });
    const known = fields.get(column.name) ?? { sql: column.sql, keys: new Set<string>() };
    for (const key of keys) known.keys.add(key);
    fields.set(column.name, known);
    if (def.bin === undefined && def.timeUnit === undefined) plain.add(column.name);
  }
  checkSpoken({ ...view, data: undefined, transform: undefined, encoding: bare(encoding) }, (field) =>
    plain.has(field),
  );

  const measures = new Map<string, string>();
  const measured = (sql: string): string => {
    const known = measures.get(sql) ?? fresh(`${measures.size}`);
    measures.set(sql, known);
    return known;
  };
  // Where marks are stacked Vega-Lite sorts by the sum of all rows, elsewhere by the lowest.
  const isStacked = STACKED.has(markOf(view)) && definedIn(encoding).some(({ channel }) => STACKING.has(channel));
  const joins: { readonly by: readonly string[]; readonly sql: string; readonly name: string }[] = [];
  let ordered = false;

  const written = (one: Defined): Spec => {
    const { def } = one;
    if (def.aggregate !== undefined) {
      const { sql, again } = measureOf(def.aggregate, def.field, flow);
      if (Object.hasOwn(def, 'sort') && isSpec(def.sort)) throw new NotPushed('other', 'sort');
      return { ...def, field: measured(sql), aggregate: again, ...titled(one, view, flow) };
    }
    const group = groups.get(def);
    if (!group) throw new NotPushed('field', String(def.field));
    return { ...group.def, ...sorted(group) };
  };

  /** A discrete scale sorted by a measure: by one of all rows of each of its values. */
  function sorted({ def, keys }: Group): Spec {
    const { sort } = def;
    // What a list leaves out stands in the order of the table.
    if (sort === null || Array.isArray(sort)) ordered = true;
    const by = sortedBy(sort, encoding);
    if (!by) return {};
    const { field, op, order } = by;
    if (op === undefined) {
      // By the field's own values: they are all there.
      if (typeof field === 'string' && plain.has(field) && !isStacked) return {};
      throw new NotPushed('other', 'sort without op');
    }
    const measure = measureOf(op, field, flow);
    if (measure.adds) return { sort: { field: measured(measure.sql), op: measure.again, ...order } };
    const name = fresh(`s${joins.length}`);
    joins.push({ by: keys, sql: measure.sql, name });
    return { sort: { field: name, op: 'max', ...order } };
  }

  const first = extra.map(written);
  const rewritten = mapDefined(encoding, written);
  const keys = [...new Set([...fields.values()].flatMap((one) => [...one.keys]))];
  return {
    encoding: rewritten,
    extra: first,
    columns: [...fields.keys()],
    sql: statement({ flow, keys, fields, measures, joins, ordered, number: fresh('n') }),
  };
}

async function groupOf({ channel, def }: Defined, flow: Flow, extents: Extents): Promise<Group> {
  const column = columnOf(flow, def.field);
  if (def.type === 'temporal' && column.kind !== 'date' && column.kind !== 'time' && column.kind !== 'number')
    throw new NotPushed('field', column.name);
  if (def.type === 'quantitative' && column.kind !== 'number') throw new NotPushed('field', column.name);
  const { bin, timeUnit } = def;
  const params = bin === undefined || bin === false || bin === null ? undefined : paramsOf(bin, channel);
  if (params) {
    if (column.kind !== 'number' || timeUnit !== undefined) throw new NotPushed('field', column.name);
    const given = params.extent;
    const extent = Array.isArray(given)
      ? ([Number(given[0]), Number(given[1])] as const)
      : await extents(flow.sql, column.name);
    if (!extent) throw new NotPushed('field', column.name);
    const key = binSql(asDouble(column), binsOf(params, extent));
    return { keys: [key], def: { ...def, bin: { ...params, extent: [...extent] } } };
  }
  if (timeUnit !== undefined && timeUnit !== null) {
    const keys = unitKeys(timeUnit, column);
    if (keys) return { keys: [...keys, `${column.sql} is null`], def };
  }
  return { keys: [keyOf(column)], def };
}

type Sorting = { readonly field: unknown; readonly op: unknown; readonly order: Spec };

/** What a sort by a field or by another channel measures. */
function sortedBy(sort: unknown, encoding: Spec): Sorting | undefined {
  if (typeof sort === 'string' && sort !== 'ascending' && sort !== 'descending') {
    const order = sort.startsWith('-') ? { order: 'descending' } : {};
    return byChannel(sort.replace(/^-/, ''), order, encoding);
  }
  if (!isSpec(sort)) return undefined;
  const order = sort.order === undefined ? {} : { order: sort.order };
  if (typeof sort.encoding === 'string') return byChannel(sort.encoding, order, encoding);
  return { field: sort.field, op: sort.op, order };
}

function byChannel(channel: string, order: Spec, encoding: Spec): Sorting {
  const by = encoding[channel];
  if (!isSpec(by)) throw new NotPushed('other', `sort by ${channel}`);
  return { field: by.field, op: by.aggregate, order };
}

/**
 * The title that Vega-Lite makes of a field and its aggregate, before the field was called otherwise. Of one without a title
 * it is what tips say, and the axis or legend has none.
 */
function titled({ channel, def }: Defined, view: Spec, flow: Flow): Spec {
  if (def.title !== undefined && def.title !== null) return {};
  const { config } = view;
  if (isSpec(config) && (config.fieldTitle !== undefined || config.countTitle !== undefined))
    throw new NotPushed('other', 'config');
  const op = String(def.aggregate);
  const title =
    op === 'count'
      ? 'Count of Records'
      : `${op.charAt(0).toUpperCase()}${op.slice(1)} of ${columnOf(flow, def.field).name}`;
  if (def.title === undefined) return { title };
  const guide = channel === 'x' || channel === 'y' ? 'axis' : LEGENDS.has(channel) ? 'legend' : undefined;
  if (guide === undefined || def[guide] === null) return { title };
  return { title, [guide]: { ...(isSpec(def[guide]) ? def[guide] : {}), title: null } };
}

const STACKED = new Set(['bar', 'area', 'arc']);
const STACKING = new Set([
  'color',
  'fill',
  'stroke',
  'opacity',
  'fillOpacity',
  'strokeOpacity',
  'detail',
  'strokeWidth',
]);
STACKING.add('size').add('shape').add('strokeDash').add('order').add('tooltip').add('url').add('href').add('key');
const LEGENDS = new Set(['color', 'fill', 'stroke', 'size', 'opacity', 'fillOpacity', 'strokeOpacity', 'strokeWidth']);

/** An encoding without what is looked after elsewhere. */
function bare(encoding: Spec): Spec {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (!isSpec(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'field' && key !== 'sort' && key !== 'title')
        .map(([key, one]) => [key, key === 'test' ? one : strip(one)]),
    );
  };
  return isSpec(encoding) ? (strip(encoding) as Spec) : {};
}

type Parts = {
  readonly flow: Flow;
  readonly keys: readonly string[];
  readonly fields: ReadonlyMap<string, { readonly sql: string }>;
  readonly measures: ReadonlyMap<string, string>;
  readonly joins: readonly { readonly by: readonly string[]; readonly sql: string; readonly name: string }[];
  readonly ordered: boolean;
  readonly number: string;
};

function statement({ flow, keys, fields, measures, joins, ordered, number }: Parts): string {
  const rows = ordered ? `select *, row_number() over () as ${number} from (${flow.sql})` : flow.sql;
  const by = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`;
  const list = [
    ...[...fields.values()].map(({ sql }) => `min(${sql}) as ${sql}`),
    ...[...measures].map(([sql, name]) => `${sql} as ${name}`),
    ...joins.flatMap(({ by: keysOf }, join) => keysOf.map((key, index) => `${key} as ${number}_${join}_${index}`)),
    ...(ordered ? [`min(${number}) as ${number}`] : []),
  ];
  const groups = `select ${list.length === 0 ? 'count(*) as n' : list.join(', ')} from (${rows})${by}${keys.length === 0 ? ' having count(*) > 0' : ''}`;
  const shown = [
    ...[...fields.values()].map(({ sql }) => `g.${sql}`),
    ...[...measures.values()].map((name) => `g.${name}`),
  ];
  const found = joins.map(({ by: keysOf, sql, name }, join) => {
    const names = keysOf.map((_, index) => `${number}_${join}_${index}`);
    const sides = names.map((one) => `g.${one} is not distinct from s${join}.${one}`);
    const select = [...keysOf.map((key, index) => `${key} as ${names[index]}`), `${sql} as ${name}`];
    return ` left join (select ${select.join(', ')} from (${flow.sql}) group by ${keysOf.join(', ')}) s${join} on ${sides.join(' and ')}`;
  });
  const columns = [...shown, ...joins.map(({ name }, join) => `s${join}.${name}`)];
  const order = ordered ? `g.${number}` : [...fields.values()].map(({ sql }) => `g.${sql}`).join(', ');
  return `select ${columns.join(', ')} from (${groups}) g${found.join('')}${order === '' ? '' : ` order by ${order}`}`;
}
