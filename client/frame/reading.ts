/** A spec as it comes, made ready for the compiler: refused in words where nothing can come of it, its columns reachable. */
import type { TopLevelSpec } from 'vega-lite';
import { charts as words } from '../words/charts.ts';
import { addAliases, aliased, reservedField } from './aliases.ts';
import { MARKS, unknownKeys, unknownMark } from './names.ts';
import type { Row } from './rows.ts';

export type Read = {
  readonly spec: TopLevelSpec;
  readonly data: ReadonlyMap<string, readonly Row[]>;
  /** What of the spec nothing comes of, in words. */
  readonly strange: readonly string[];
  readonly restore: (text: string) => string;
};

const SHOWS = ['mark', 'layer', 'concat', 'hconcat', 'vconcat', 'repeat', 'facet', 'spec'];

export function readSpec(text: string, data: ReadonlyMap<string, readonly Row[]>): Read {
  const given: unknown = JSON.parse(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(words.noObject);
  if ('$schema' in given && /\/vega\/v\d/.test(String(given.$schema))) throw new Error(words.vega);
  if (!SHOWS.some((name) => name in given)) throw new Error(words.nothing);
  const mark = unknownMark(given);
  if (mark !== undefined) throw new Error(words.mark(mark, MARKS));
  const columns = new Set([...data.values()].flatMap(([first]) => Object.keys(first ?? {})));
  const { spec, names, restore } = aliased(given, columns);
  const reserved = reservedField(spec);
  if (reserved !== undefined) throw new Error(words.reserved(reserved));
  for (const rows of data.values()) addAliases(rows, names);
  const strange = unknownKeys(given).map(({ kind, name }) => words.unknown[kind](name.slice(0, MAX_NAME)));
  // What else it is the compiler judges.
  return { spec: spec as TopLevelSpec, data, strange, restore };
}

const MAX_NAME = 100;

/** What a chart says of itself to those who do not see it: what its author wrote, or what its axes are called. */
export function labelOf({ description, title }: TopLevelSpec, axes: readonly string[]): string {
  const own = typeof description === 'string' ? description : titleText(title);
  return own === '' ? axes.join(', ') : own;
}

function titleText(title: TopLevelSpec['title']): string {
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  return Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : '';
}
