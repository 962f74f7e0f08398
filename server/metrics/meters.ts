/**
 * Counters and histograms of one server, cheap enough for each edit: an observation is a search in a dozen numbers and
 * three additions. Written as Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
 */
import { type Counter, type Histogram, METERS, type Meter } from './catalogue.ts';

export interface Meters {
  /** Label values in the order of the catalogue. */
  count(name: Counter, labels?: readonly string[], by?: number): void;
  observe(name: Histogram, seconds: number, labels?: readonly string[]): void;
  /** All meters, those without a value yet too, and the gauges of the moment. */
  render(gauges: Gauges): string;
}

export type Gauge = {
  readonly help: string;
  /** It only grows. */
  readonly kind?: 'counter';
  /** One number, or several with their labels. */
  readonly value: number | readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
};
/** By name, without the prefix. */
export type Gauges = Readonly<Record<string, Gauge>>;

/** Of one meter: whatever came in a label, a scrape stays small. Further ones are counted as `other`. */
const MOST_SERIES = 100;
const PREFIX = 'gondola_';

type Series = { readonly labels: readonly string[]; sum: number; count: number; readonly buckets: number[] };

export function openMeters(): Meters {
  const meters = new Map<Meter, Map<string, Series>>();

  function seriesOf(name: Meter, labels: readonly string[]): Series {
    let all = meters.get(name);
    if (!all) {
      all = new Map();
      meters.set(name, all);
    }
    const known = all.get(labels.join('\n'));
    if (known) return known;
    const kept = all.size < MOST_SERIES ? labels : labels.map(() => 'other');
    const key = kept.join('\n');
    const found = all.get(key);
    if (found) return found;
    const definition = METERS[name];
    const buckets = definition.kind === 'histogram' ? definition.buckets.map(() => 0) : [];
    const fresh: Series = { labels: kept, sum: 0, count: 0, buckets };
    all.set(key, fresh);
    return fresh;
  }

  return {
    count(name, labels = [], by = 1) {
      seriesOf(name, labels).count += by;
    },
    observe(name, seconds, labels = []) {
      const series = seriesOf(name, labels);
      series.count += 1;
      series.sum += seconds;
      const at = METERS[name].buckets.findIndex((most) => seconds <= most);
      if (at >= 0) series.buckets[at]! += 1;
    },
    render(gauges) {
      const lines: string[] = [];
      for (const [name, definition] of Object.entries(METERS) as [Meter, (typeof METERS)[Meter]][]) {
        const full = PREFIX + name;
        lines.push(`# HELP ${full} ${definition.help}`, `# TYPE ${full} ${definition.kind}`);
        const known = [...(meters.get(name)?.values() ?? [])];
        // Without labels there is a zero from the start: a rate over it is known from the first event.
        if (known.length === 0 && definition.labels.length === 0) known.push(seriesOf(name, []));
        for (const series of known) {
          const labels = definition.labels.map((label, at) => [label, series.labels[at] ?? ''] as const);
          if (definition.kind === 'counter') lines.push(`${full}${written(labels)} ${series.count}`);
          else lines.push(...histogram(full, definition.buckets, labels, series));
        }
      }
      for (const [name, { help, kind = 'gauge', value }] of Object.entries(gauges)) {
        lines.push(`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} ${kind}`);
        const all = typeof value === 'number' ? [[{}, value] as const] : value;
        for (const [labels, one] of all) lines.push(`${PREFIX}${name}${written(Object.entries(labels))} ${one}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

type Labels = readonly (readonly [string, string])[];

function histogram(name: string, buckets: readonly number[], labels: Labels, series: Series): readonly string[] {
  let below = 0;
  const counted = buckets.map((most, at) => {
    below += series.buckets[at]!;
    return `${name}_bucket${written([...labels, ['le', String(most)]])} ${below}`;
  });
  return [
    ...counted,
    `${name}_bucket${written([...labels, ['le', '+Inf']])} ${series.count}`,
    `${name}_sum${written(labels)} ${series.sum}`,
    `${name}_count${written(labels)} ${series.count}`,
  ];
}

const written = (labels: Labels): string =>
  labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
