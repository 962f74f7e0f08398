/** The most frequent values of a column, by their hashes: so that a statement can name them without any text of theirs. */
import { numberFrom } from './answers.ts';
import { type ChartColumn, groupOf, labelOf, whereOf } from './columns.ts';
import { type Ask, query } from './gather.ts';
import { sampleOf } from './sample.ts';
import { varietyOf } from './variety.ts';

export type Top = {
  readonly column: ChartColumn;
  /** In the order they are shown; a number where the column is one. */
  readonly keys: readonly (string | number | null)[];
  readonly hashes: readonly string[];
  /** Values there are. */
  readonly of: number;
  /** `of` is estimated, and so is which are the most frequent. */
  readonly about?: true;
};

export async function topOf(ask: Ask<unknown>, place: number, most: number): Promise<Top> {
  const { known, connection, table } = ask;
  const column = table.columns[place]!;
  const variety = await varietyOf(known.varieties, connection, table, place);
  const where = variety.kind === 'many' ? sampleOf(ask.rows).where : [];
  const value = groupOf(column);
  const isNumber =
    column.type.kind === 'decimal' ||
    (column.type.kind === 'fixed' && ['int', 'float'].includes(column.type.arrow.type));
  const order = column.type.kind === 'enum' ? 'enum_code(v)' : isNumber ? 'v' : 'null';
  const rows = await query(
    connection,
    `select hash(v)::varchar, ${labelOf('v')}, v is null, (${order})::double, count(*) over ()::double
      from (select ${value} as v, count(*) as n from ${table.sql}${whereOf(where)} group by all)
      order by n desc, v::varchar limit ${most}`,
  );
  const { compare } = new Intl.Collator('en', { numeric: true });
  const found = rows
    .map((row) => ({
      hash: String(row[0]),
      label: row[2] === true ? null : String(row[1]),
      order: numberFrom(row[3]),
    }))
    .sort((a, b) => {
      if (a.label === null || b.label === null) return a.label === b.label ? 0 : a.label === null ? 1 : -1;
      return a.order !== null && b.order !== null ? a.order - b.order : compare(a.label, b.label);
    });
  return {
    column,
    keys: found.map(({ label, order }) => (isNumber && order !== null ? order : label)),
    hashes: found.map(({ hash }) => hash),
    of: variety.kind === 'many' ? variety.about : Number(rows[0]?.[4] ?? 0),
    ...(variety.kind === 'many' ? { about: true } : {}),
  };
}

/** The place of a row's value; `others` where it is none of them. */
export function placeIn({ column, hashes }: Top, others: string): string {
  const cases = hashes.map((hash, place) => `when ${hash}::ubigint then ${place}`).join(' ');
  return hashes.length === 0 ? others : `(case hash(${groupOf(column)}) ${cases} else ${others} end)`;
}

export const isIn = ({ column, hashes }: Top): string =>
  hashes.length === 0
    ? 'false'
    : `hash(${groupOf(column)}) in (${hashes.map((hash) => `${hash}::ubigint`).join(', ')})`;
