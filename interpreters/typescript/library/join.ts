/** Two relations side by side. Key columns appear once; a name that both have otherwise gets a suffix on the right. */
import { quoteName } from '../../arrow/names.ts';
import { q, raw, type Sql } from '../lambda/pieces.ts';
import { type Call, fail } from './failures.ts';
import { known } from './names.ts';
import type { Step } from './plan.ts';
import { compute, type Known, type Relation, relation, source } from './relation.ts';

export function joinRelations(
  left: Relation,
  right: Relation,
  step: Extract<Step, { verb: 'join' }>,
  call: Call,
): Relation {
  const pairs = step.kind === 'cross' ? [] : (step.on ?? shared(left, right, call));
  for (const [a, b] of pairs) {
    known(left, a, call);
    known(right, b, call);
  }
  const on = pairs.map(([a, b]) => `l.${quoteName(a)} = r.${quoteName(b)}`).join(' and ');
  const from = q`${source(left)} as l ${step.kind} join ${source(right)} as r${on === '' ? '' : ` on ${on}`}`;
  if (step.kind === 'semi' || step.kind === 'anti')
    return compute(relation(from, left.columns), [raw('l.*')], left.columns);
  const taken = new Set(left.columns.map(({ name }) => name.toLowerCase()));
  const items: Sql[] = [];
  const columns: Known[] = [];
  for (const column of left.columns) {
    const pair = pairs.find(([a, b]) => a === column.name && a === b);
    items.push(raw(leftItem(column.name, pair !== undefined, step.kind)));
    columns.push(column);
  }
  for (const column of right.columns) {
    if (pairs.some(([a, b]) => b === column.name && a === b)) continue;
    const name = unique(column.name, taken, step.suffix);
    taken.add(name.toLowerCase());
    items.push(raw(`r.${quoteName(column.name)}${name === column.name ? '' : ` as ${quoteName(name)}`}`));
    columns.push({ ...column, name });
  }
  return compute(relation(from, columns), items, columns);
}

function leftItem(name: string, key: boolean, kind: string): string {
  const quoted = quoteName(name);
  if (key && kind === 'right') return `r.${quoted}`;
  return key && kind === 'full' ? `coalesce(l.${quoted}, r.${quoted}) as ${quoted}` : `l.${quoted}`;
}

function shared(left: Relation, right: Relation, call: Call): readonly (readonly [string, string])[] {
  const names = left.columns
    .map(({ name }) => name)
    .filter((name) => right.columns.some((column) => column.name === name));
  if (names.length > 0) return names.map((name) => [name, name] as const);
  throw fail(
    'argument',
    'The two have no column in common to join on.',
    { call },
    { hint: "Say which belong together: { on: { origin: 'code' } }." },
  );
}

function unique(name: string, taken: ReadonlySet<string>, suffix: string): string {
  let result = name;
  while (taken.has(result.toLowerCase())) result += suffix;
  return result;
}
