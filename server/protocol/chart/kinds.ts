/** What a column is to a chart, by its type and name: the engine's types are many, a chart's scales are few. */
import type { Column } from '../outputs.ts';

/** `other` can be grouped by, as its text; no chart begins with it. */
export type ChartKind = 'number' | 'time' | 'category' | 'other';

const NUMBERS =
  /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|INT[1248]?|FLOAT[48]?|REAL|DOUBLE|BIGNUM|DECIMAL|NUMERIC|INTERVAL)(\(|$)/;
const TIMES = /^(DATE$|TIMESTAMP|DATETIME)/;
const OTHERS = /^(STRUCT|MAP|UNION|JSON|VARIANT|BLOB|GEOMETRY|BIT|"NULL"|NULL)/;

export function kindOfType(type: string): ChartKind {
  const name = type.trim().toUpperCase();
  if (name.endsWith(']')) return 'other';
  if (NUMBERS.test(name)) return 'number';
  if (TIMES.test(name)) return 'time';
  return OTHERS.test(name) ? 'other' : 'category';
}

/** Whether values of it can be summed: truth values count as 0 and 1, so that their mean is a share. */
export const isMeasurable = (type: string): boolean =>
  kindOfType(type) === 'number' || /^BOOL(EAN)?$/i.test(type.trim());

const isFractional = (type: string): boolean => /^(FLOAT|REAL|DOUBLE|DECIMAL|NUMERIC|INTERVAL)/i.test(type.trim());

/** Words of a name: `avgDelay_ms` → avg, delay, ms. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const IDS = new Set(['id', 'ids', 'uuid', 'guid', 'key', 'pk', 'hash', 'rowid', 'zip', 'zipcode', 'postcode', 'phone']);
const ORDINALS = new Set(
  'year yr quarter month week day hour minute second weekday dow doy isodow isoyear decade century bin bucket level rank 년 월 일 시 요일 분기'.split(
    ' ',
  ),
);
const SUMS = new Set(
  'n cnt count counts total totals sum amount revenue sales qty quantity orders flights requests rows hits visits views clicks errors calls bytes cost costs spend events users items units passengers population 건수 수 수량 합계 매출 금액 인원'.split(
    ' ',
  ),
);
const MEANS = new Set(
  'avg average mean median rate ratio share pct percent percentage price temp temperature score speed latency delay age p50 p90 p95 p99 min max stddev 평균 비율'.split(
    ' ',
  ),
);

/** Names things, and measures nothing. */
export function isIdentifier({ name, type }: Column): boolean {
  if (type.trim().toUpperCase() === 'UUID') return true;
  const words = wordsOf(name);
  const last = words.at(-1);
  return last !== undefined && IDS.has(last) && !isFractional(type);
}

/** Numbers that are places in an order, an hour or a year: an axis, not a measure. */
export function isOrdinal({ name, type }: Column): boolean {
  const words = wordsOf(name);
  const said = words.some((word) => SUMS.has(word) || MEANS.has(word));
  const last = words.at(-1);
  return kindOfType(type) === 'number' && !said && last !== undefined && ORDINALS.has(last);
}

/** Counts and amounts add up; delays, prices and rates do not. */
export function aggregateOf({ name, type }: Column): 'sum' | 'mean' {
  const words = wordsOf(name);
  if (!isMeasurable(type) || kindOfType(type) !== 'number' || words.some((word) => MEANS.has(word))) return 'mean';
  return words.some((word) => SUMS.has(word)) ? 'sum' : 'mean';
}
