/**
 * A query while it is put together: one SELECT in its parts, and the columns it gives. A verb adds its part where SQL
 * takes it in that order, else it wraps what there is.
 */
import type { Column } from '../../protocol.ts';
import { join, q, raw, type Sql } from '../lambda/pieces.ts';

/** A column; its type where it is known without asking. */
export type Known = { readonly name: string; readonly type?: string };

export type Block = {
  readonly from: Sql;
  readonly where: readonly Sql[];
  /** What is selected; all columns of `from` if absent. */
  readonly items?: readonly Sql[];
  /** `items` are names of columns of `from`, nothing computed. */
  readonly plain: boolean;
  readonly group: number;
  readonly order: readonly Sql[];
  readonly limit?: { readonly rows: number | undefined; readonly offset: number };
  readonly distinct: Sql;
};

export type Relation = { readonly block: Block; readonly columns: readonly Known[] };

export function relation(from: Sql, columns: readonly Known[]): Relation {
  return { block: { from, where: [], plain: true, group: 0, order: [], distinct: [] }, columns };
}

export function print({ block }: Relation): Sql {
  const { from, where, items, group, order, limit, distinct } = block;
  const lines: Sql[] = [q`select ${distinct}${items ? join(items, ', ') : '*'}`, q`from ${from}`];
  if (where.length > 0) lines.push(q`where ${join(where, ' and ')}`);
  if (group > 0) lines.push(q`group by ${Array.from({ length: group }, (_, index) => index + 1).join(', ')}`);
  if (order.length > 0) lines.push(q`order by ${join(order, ', ')}`);
  if (limit?.rows !== undefined) lines.push(raw(`limit ${limit.rows}`));
  if (limit && limit.offset > 0) lines.push(raw(`offset ${limit.offset}`));
  return join(lines, '\n');
}

/** As an item of FROM: a bare table stays one. */
export const source = (one: Relation): Sql =>
  isBare(one) ? one.block.from : ['(', '\n', ...indent(print(one)), '\n', ')'];

/** Line ends of ours stand as pieces of their own: those within another piece may be part of a text or a name. */
const indent = (sql: Sql): Sql => [
  '  ',
  ...sql.map((part) => (typeof part === 'string' && /^\n *$/.test(part) ? `${part}  ` : part)),
];

const isBare = ({ block }: Relation): boolean =>
  !block.items && block.where.length === 0 && block.order.length === 0 && !block.limit && block.distinct.length === 0;

export const wrap = (one: Relation): Relation => (isBare(one) ? one : relation(source(one), one.columns));

const change = (one: Relation, block: Partial<Block>, columns = one.columns): Relation => ({
  block: { ...one.block, ...block },
  columns,
});

/** Nothing was computed, grouped or cut yet: conditions may still be added. */
const isOpen = ({ block }: Relation): boolean => block.plain && !block.limit && block.distinct.length === 0;

export function where(one: Relation, conditions: readonly Sql[]): Relation {
  const open = isOpen(one) ? one : wrap(one);
  return change(open, { where: [...open.block.where, ...conditions] });
}

/** Only these columns, in this order. */
export function pick(one: Relation, names: readonly Sql[], columns: readonly Known[]): Relation {
  const open = one.block.plain && one.block.distinct.length === 0 && one.block.order.length === 0 ? one : wrap(one);
  return change(open, { items: names }, columns);
}

/** Computed columns: `items` are all of the SELECT. */
export function compute(one: Relation, items: readonly Sql[], columns: readonly Known[]): Relation {
  const open = isOpen(one) && !one.block.items && one.block.order.length === 0 ? one : wrap(one);
  return change(open, { items, plain: false }, columns);
}

/** The first `group` items are what is grouped by; an order before it means nothing any more. */
export function grouped(one: Relation, items: readonly Sql[], group: number, columns: readonly Known[]): Relation {
  const open = isOpen(one) ? one : wrap(one);
  return change(open, { items, plain: false, group, order: [] }, columns);
}

/** The newest order goes first, an earlier one decides between equals. */
export function order(one: Relation, keys: readonly Sql[]): Relation {
  const open = one.block.limit || one.block.distinct.length > 0 ? wrap(one) : one;
  return change(open, { order: [...keys, ...open.block.order] });
}

export function limit(one: Relation, rows: number | undefined, offset: number): Relation {
  const open = one.block.limit ? wrap(one) : one;
  return change(open, { limit: { rows, offset } });
}

export function distinct(one: Relation, on: Sql): Relation {
  const open = isOpen(one) && (on.length === 0 || !one.block.items) && one.block.order.length === 0 ? one : wrap(one);
  return change(open, { distinct: on.length === 0 ? ['distinct '] : q`distinct on (${on}) ` });
}

/** Types that were not known. */
export function typed(one: Relation, described: readonly Column[]): Relation {
  return {
    block: one.block,
    columns: one.columns.map((column, index) => ({ ...column, type: described[index]?.type ?? 'VARCHAR' })),
  };
}
