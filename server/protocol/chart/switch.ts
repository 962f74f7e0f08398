/** What stays of a chart when its mark or one of its fields is changed, and which marks suit the fields. Pure. */
import type { Channel, ChannelName, Mark } from '../chart.ts';
import type { Column } from '../outputs.ts';
import { type Chart, chooseChart, is, type Named, named, placeOf, rolesOf } from './choose.ts';
import { aggregateOf, isIdentifier, isMeasurable, isOrdinal, kindOfType } from './kinds.ts';

/** Another mark over the same fields; only what the new mark can't draw is chosen anew. */
export function switchMark(before: Chart, mark: Mark, columns: readonly Column[]): Chart {
  if (before.mark === mark) return before;
  const base = plain(before);
  const chart = base.x ? base : { ...base, ...defaultX(columns) };
  const all = named(columns);
  const find = (channel: Channel | undefined) => all.find((column) => column.key === channel?.column);
  const roles = rolesOf(columns);
  const next: Chart = { ...chart, mark };
  const category = (but?: Named) =>
    [find(chart.x), find(chart.colour), ...roles.categories].find(
      (column) => column && column.key !== but?.key && isNamed(column),
    );
  const time = [find(chart.x), ...roles.times].find((column) => column && kindOfType(column.type) === 'time');
  switch (mark) {
    case 'box': {
      const fits = [find(chart.y), find(chart.x), ...roles.measures, ...roles.ordinals];
      const y = fits.find((column) => column && isMeasurable(column.type));
      const x = [find(chart.x), find(chart.colour)].find((column) => column && column.key !== y?.key) ?? category(y);
      return { mark, ...(x ? { x: x.key === chart.x?.column ? chart.x : is(x) } : {}), ...(y ? { y: is(y) } : {}) };
    }
    case 'heat': {
      const x = find(chart.x) ?? time ?? category();
      const up = [find(chart.colour), ...roles.categories, ...roles.ordinals, ...roles.times].find(
        (one) => one && one.key !== x?.key,
      );
      const measure = summed(chart.y, find(chart.y));
      return { mark, ...(x ? { x: chart.x ?? is(x) } : {}), ...(up ? { y: is(up) } : {}), colour: measure };
    }
    case 'cohort': {
      const who = all.filter(isIdentifier).toSorted((one, other) => Number(isPerson(other)) - Number(isPerson(one)))[0];
      const y = who ?? category(time);
      return { mark, ...(time ? { x: is(time) } : {}), ...(y ? { y: is(y) } : {}) };
    }
    case 'number': {
      const x = find(chart.x);
      const over = x && kindOfType(x.type) === 'time' ? { x: chart.x! } : {};
      return { mark, ...over, y: summed(chart.y, find(chart.y)) };
    }
    case 'spark': {
      const row = category(time);
      const y = summed(chart.y, find(chart.y));
      return { mark, ...(time ? { x: is(time) } : {}), y, ...(row ? { row: is(row) } : {}) };
    }
    case 'map': {
      const where = placeOf(columns) ?? {
        ...(find(chart.x) ? { x: chart.x! } : {}),
        ...(find(chart.y) ? { y: is(find(chart.y)!) } : {}),
      };
      return { mark, ...where, ...(chart.colour ? { colour: chart.colour } : {}) };
    }
    case 'funnel': {
      const x = find(chart.x);
      const steps = x && !hasExtent(x) ? x : (category() ?? x);
      const y = summed(chart.y, find(chart.y));
      return { mark, ...(steps ? { x: steps === x && chart.x ? chart.x : is(steps) } : {}), y };
    }
    case 'histogram': {
      const fits = [find(chart.x), find(chart.y), roles.measures[0], roles.times[0], roles.ordinals[0]];
      const x = fits.find((column) => column && hasExtent(column));
      return x && x.key !== chart.x?.column ? { ...next, x: is(x) } : next;
    }
    case 'pie': {
      const x = find(chart.x);
      const slices = x && !hasExtent(x) ? x : (find(chart.colour) ?? roles.categories[0] ?? roles.ordinals[0] ?? x);
      const y = shared(chart.y, find(chart.y));
      return { ...next, ...(slices && slices !== x ? { x: is(slices) } : {}), y };
    }
    case 'point': {
      const [x, y] = [find(chart.x), find(chart.y)];
      if (x && hasExtent(x) && y) return { ...next, y: { ...chart.y, aggregate: 'none' } };
      const other = roles.measures.find((column) => column.key !== x?.key);
      return x && hasExtent(x) && other ? { ...next, y: { ...is(other), aggregate: 'none' } } : next;
    }
    case 'bar':
      return { ...next, y: summed(chart.y, find(chart.y)) };
    case 'line':
    case 'area': {
      // Points over a time, drawn as a line, are its mean; a count needs no column.
      const y = chart.y ?? { aggregate: 'count' as const };
      return { ...next, y: chart.mark === 'point' && y.aggregate === 'none' ? summed(y, find(y)) : y };
    }
  }
}

function defaultX(columns: readonly Column[]): Pick<Chart, 'x'> {
  const x = chooseChart(columns)?.x;
  return x ? { x } : {};
}

/** The measure of a mark that adds rows up: it can't show each row by itself. */
function summed(channel: Channel | undefined, column: Named | undefined): Channel {
  if (!channel || !column) return { aggregate: 'count' };
  if (channel.aggregate && channel.aggregate !== 'none') return channel;
  return { ...channel, aggregate: isMeasurable(column.type) ? aggregateOf(column) : 'distinct' };
}

/** Slices are parts of a whole: what does not add up, a mean or a price, is counted instead. */
function shared(channel: Channel | undefined, column: Named | undefined): Channel {
  const y = summed(channel, column);
  if (!column || y.aggregate === 'sum' || y.aggregate === 'count' || y.aggregate === 'distinct') return y;
  return aggregateOf(column) === 'sum' ? { ...y, aggregate: 'sum' } : { aggregate: 'count' };
}

const hasExtent = ({ type }: Column): boolean => ['number', 'time'].includes(kindOfType(type));

/** The measure of places that a mark adds up, and what tells its parts apart, whatever channels it has them on. */
function plain(chart: Chart): Chart {
  const { mark, x, y, colour, row } = chart;
  switch (mark) {
    case 'heat':
      return { ...chart, y: colour ?? { aggregate: 'count' }, ...(y?.column ? { colour: { column: y.column } } : {}) };
    case 'cohort':
      return { mark, ...(x ? { x } : {}), y: { aggregate: 'count' } };
    case 'spark': {
      const { row: _, ...rest } = chart;
      return { ...rest, ...(row ? { colour: row } : {}) };
    }
    default:
      return chart;
  }
}

/** A column put on a channel, as people mean it: numbers are added up where the mark does so. */
export function fieldOn(chart: Chart, channel: ChannelName, key: string, columns: readonly Column[]): Chart {
  const column = named(columns).find((one) => one.key === key);
  if (!column) return chart;
  if (!isMeasure(chart.mark, channel)) return { ...chart, [channel]: is(column) };
  if (!isMeasurable(column.type)) return { ...chart, [channel]: { column: key, aggregate: 'distinct' } };
  const raw = chart.mark === 'point' && kindOfType(column.type) === 'number';
  const { aggregate } = chart[channel] ?? {};
  const kept = aggregate && !['none', 'count', 'distinct'].includes(aggregate) ? aggregate : aggregateOf(column);
  return { ...chart, [channel]: { column: key, aggregate: raw || aggregate === 'none' ? 'none' : kept } };
}

/** Whether what a channel shows is made of many rows. */
export function isMeasure(mark: Mark, channel: ChannelName): boolean {
  if (channel === 'y2') return true;
  if (mark === 'heat') return channel === 'colour';
  return channel === 'y' && !['box', 'cohort', 'map'].includes(mark);
}

/**
 * The marks that suit the fields chosen, the likeliest first: a time and a measure a line, two categories a heat map. What is
 * not among them can be drawn, but seldom says much.
 */
export function suited({ x, y, colour, row }: Chart, columns: readonly Column[]): readonly Mark[] {
  const all = named(columns);
  const find = (channel: Channel | undefined) => all.find((column) => column.key === channel?.column);
  const [across, up] = [find(x), find(y)];
  if (placeOf(columns) && across && up && placeOf([across, up])) return ['map', 'point', 'heat'];
  const split = find(colour) ?? find(row);
  const kind = across && kindOfType(across.type);
  if (!across) return up && isMeasurable(up.type) ? ['number', 'box', 'histogram'] : ['number'];
  if (kind === 'time') {
    if (up && isIdentifier(up)) return ['line', 'cohort', 'bar', 'number'];
    return split ? ['line', 'area', 'spark', 'heat', 'bar'] : ['line', 'area', 'bar', 'number', 'histogram'];
  }
  if (kind === 'number' && !isOrdinal(across)) {
    if (up && kindOfType(up.type) === 'number') return ['point', 'line', 'heat', 'histogram'];
    return ['histogram', 'box', 'bar'];
  }
  if (split && split !== across) return ['bar', 'heat', 'line'];
  if (up && y?.aggregate !== 'count' && isMeasurable(up.type)) return ['bar', 'box', 'pie', 'funnel', 'point'];
  return ['bar', 'pie', 'funnel'];
}

const isNamed = ({ type }: Named): boolean => kindOfType(type) === 'category';
const isPerson = ({ name }: Named): boolean =>
  /user|person|customer|member|visitor|account|회원|고객|사용자/i.test(name);
