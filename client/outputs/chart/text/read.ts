/**
 * The chart of the builder that a Vega-Lite spec is the text of; undefined where there is more in it, or another thing, than the
 * builder has. A guess is made of its parts and written out again: only where that is the same text is nothing lost. Pure.
 */

import { isRecord } from '../../../../server/protocol/chart/option.ts';
import { CHANNELS, type Channel, type ChannelName, readChart } from '../../../../server/protocol/chart.ts';
import { alike } from '../../../alike.ts';
import {
  type Automatic,
  type FieldType,
  HISTOGRAM,
  MOST_UNITS,
  NUMBER,
  type Part,
  UNITS,
  type Written,
  write,
} from './write.ts';

export function read(spec: unknown): Written | undefined {
  if (!isRecord(spec) || !isRecord(spec.data) || typeof spec.data.name !== 'string') return undefined;
  const { $schema: _, ...bare } = spec;
  const guess = guessOf(bare, spec.data.name);
  return guess && alike(write(guess), bare) ? guess : undefined;
}

/** The same of a text; comments and what else is no JSON are nobody's chart. */
export function readText(text: string): Written | undefined {
  try {
    return read(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function guessOf(spec: Part, table: string): Written | undefined {
  const [first, second] = Array.isArray(spec.layer) ? spec.layer : [];
  const encoding = partOf(spec.encoding);
  const inner = partOf(partOf(first).encoding);
  const all = first ? { ...encoding, ...inner } : encoding;
  const mark = markOf(first ? partOf(first).mark : spec.mark, all);
  if (!mark) return undefined;
  const isPie = mark === 'pie';
  const isMap = mark === 'map';
  const defs: { readonly [channel in ChannelName]?: unknown } = {
    x: isPie ? all.color : isMap ? all.longitude : all.x,
    y:
      mark === 'histogram'
        ? undefined
        : isPie
          ? all.theta
          : isMap
            ? all.latitude
            : mark === 'number'
              ? all.text
              : all.y,
    y2: partOf(partOf(second).encoding).y,
    colour: isPie ? undefined : all.color,
    size: all.size,
    row: all.row,
    column: all.column,
  };
  const found: Record<string, unknown> = { mark };
  const types: Partial<Record<ChannelName, FieldType>> = {};
  const automatic: { x?: Automatic; y?: Automatic } = {};
  for (const channel of CHANNELS) {
    const def = defs[channel];
    if (!isRecord(def)) continue;
    if (MEASURED[mark]?.includes(channel) && def.aggregate === undefined) return undefined;
    found[channel] = channelOf(def, mark, channel);
    const type = typeOf(def);
    if (type) types[channel] = type;
    const own = automaticOf(def);
    if (own && (channel === 'x' || channel === 'y')) automatic[channel] = own;
  }
  const tips = Array.isArray(all.tooltip) ? all.tooltip.map(partOf) : undefined;
  if (tips) found.tooltip = tips.map(({ field }) => unescaped(field));
  if (mark !== 'pie' && mark !== 'heat') {
    const { stack } = partOf(all.y);
    if (stack === 'normalize') found.stack = 'share';
    else if (stack === null || all.xOffset !== undefined) found.stack = 'apart';
  }
  const { show: __, mark: ___, ...settings } = readChart(found);
  return {
    table,
    chart: { mark, ...settings },
    types,
    automatic,
    tips: (tips ?? []).map((def) => typeOf(def) ?? 'nominal'),
  };
}

function markOf(mark: unknown, encoding: Part): Written['chart']['mark'] | undefined {
  if (alike(mark, HISTOGRAM)) return 'histogram';
  if (alike(mark, NUMBER)) return 'number';
  switch (mark) {
    case 'bar':
    case 'line':
    case 'area':
    case 'point':
      return mark;
    case 'arc':
      return 'pie';
    case 'rect':
      return 'heat';
    case 'circle':
      return encoding.longitude === undefined ? undefined : 'map';
    default:
      return undefined;
  }
}

const partOf = (value: unknown): Part => (isRecord(value) ? value : {});

function typeOf({ type }: Part): FieldType | undefined {
  return (['nominal', 'ordinal', 'quantitative', 'temporal'] as const).find((one) => one === type);
}

const unescaped = (field: unknown): string | undefined =>
  typeof field === 'string' ? field.replace(/\\(.)/gs, '$1') : undefined;

/** Marks that may draw each row by itself. */
const EACH = ['point', 'line', 'area'];
/** Channels of others that are measures always. */
const MEASURED: Readonly<Record<string, readonly ChannelName[]>> = {
  bar: ['y', 'y2'],
  line: ['y2'],
  area: ['y2'],
  pie: ['y'],
  number: ['y'],
  heat: ['colour'],
};

function channelOf(def: Part, mark: string, channel: ChannelName): Channel {
  const column = unescaped(def.field);
  const bin =
    isRecord(def.bin) && def.bin.nice === undefined && typeof def.bin.maxbins === 'number'
      ? def.bin.maxbins
      : undefined;
  const unit = Object.entries(UNITS).find(([, name]) => name === def.timeUnit)?.[0];
  const sort = sortOf(def.sort);
  // A row by itself is said in so many words where rows may come together.
  const isEach = def.aggregate === undefined && channel === 'y' && EACH.includes(mark);
  return {
    ...(column === undefined ? {} : { column }),
    ...(def.aggregate === undefined ? (isEach ? { aggregate: 'none' } : {}) : { aggregate: def.aggregate }),
    ...(bin === undefined ? {} : { bin }),
    ...(unit === undefined ? {} : { unit }),
    ...(sort === undefined ? {} : { sort }),
  } as Channel;
}

function sortOf(sort: unknown): Channel['sort'] {
  if (sort === null) return 'table';
  if (sort === 'ascending') return 'name';
  return isRecord(sort) && sort.encoding === 'y' ? 'value' : undefined;
}

function automaticOf({ bin, timeUnit }: Part): Automatic | undefined {
  if (isRecord(bin) && bin.nice === true && typeof bin.maxbins === 'number') return { kind: 'bins', most: bin.maxbins };
  if (!isRecord(timeUnit) || typeof timeUnit.unit !== 'string' || timeUnit.maxbins !== MOST_UNITS) return undefined;
  return { kind: 'unit', unit: timeUnit.unit, step: typeof timeUnit.step === 'number' ? timeUnit.step : 1 };
}
