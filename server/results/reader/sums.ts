/** Count, sum and mean of a range of a view, wherever it lies. */
import type { RangeSums } from '../../protocol/table/sums.ts';
import { isInteger, numberOf } from './chart/columns.ts';
import type { Connection, Value } from './engine.ts';
import type { Table } from './tables.ts';

type Column = Table['columns'][number];

/** `clause`: `from …` of the rows that are meant. A sum of one column of whole numbers or decimals is exact. */
export async function sumsOf(
  connection: Connection,
  columns: readonly Column[],
  { clause, values }: { readonly clause: string; readonly values: readonly Value[] },
): Promise<RangeSums> {
  const numbers = columns.filter(isNumber);
  const [only] = numbers;
  const sum =
    only && numbers.length === 1
      ? `sum(${isInteger(only.type) || only.type.kind === 'decimal' ? only.name : numberOf(only)})`
      : added(numbers.map((column) => `coalesce(sum((${numberOf(column)})::double), 0)`));
  const counts = (some: readonly Column[]): string => added(some.map(({ name }) => `count(${name})`)) || '0';
  const list = [...new Set(columns.map(({ name }) => name))].join(', ');
  const [row] = await (
    await connection.run(
      `select (${counts(columns)})::double, (${counts(numbers)})::double, (${sum || 'null'})::varchar, (${sum || 'null'})::double from (select ${list} ${clause})`,
      values,
    )
  ).getRows();
  const [count, present, text, total] = row ?? [];
  const answer = { values: Number(count), numbers: Number(present) };
  if (answer.numbers === 0 || typeof text !== 'string') return answer;
  return { ...answer, sum: text, mean: Number(total) / answer.numbers };
}

/** In pairs of pairs: the engine refuses what is nested a thousand deep, as a sum of so many would be. */
function added(terms: readonly string[]): string {
  if (terms.length < 3) return terms.join(' + ');
  const half = Math.ceil(terms.length / 2);
  return `(${added(terms.slice(0, half))}) + (${added(terms.slice(half))})`;
}

const isNumber = ({ type }: Column): boolean =>
  type.kind === 'decimal' ||
  (type.kind === 'fixed' && (type.arrow.type === 'int' || type.arrow.type === 'float')) ||
  (type.kind === 'text' && (type.form === 'hugeint' || type.form === 'uhugeint'));
