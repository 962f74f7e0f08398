/** Columns by their names, and the failure where one is not there. */
import { quoteName } from '../../arrow/names.ts';
import type { FailureParts } from '../../errors.ts';
import { q, type Sql } from '../lambda/pieces.ts';
import { type Call, fail, nearest } from './failures.ts';
import type { Known, Relation } from './relation.ts';

export const as = (sql: Sql, alias: string, same = ''): Sql =>
  alias === same ? sql : q`${sql} as ${quoteName(alias)}`;

/** The column of that name, or the failure that says which one may be meant. */
export function known(one: Relation, column: string, call: Call): Known {
  const found = one.columns.find((candidate) => candidate.name === column);
  if (found) return found;
  const { message, parts } = unknownColumn(
    column,
    one.columns.map((candidate) => candidate.name),
  );
  throw fail('unknown-column', message, { call, word: column }, parts);
}

export function unknownColumn(column: string, names: readonly string[]): { message: string; parts: FailureParts } {
  const near = nearest(column, names);
  const list = names.length <= 12 ? ` There are ${names.join(', ')}.` : '';
  return {
    message: `There is no column “${column}”.`,
    parts:
      near === undefined
        ? { hint: `Check the name.${list}` }
        : { hint: `Did you mean ${near}?`, fix: { replacement: near } },
  };
}
