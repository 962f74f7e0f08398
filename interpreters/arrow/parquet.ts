/**
 * What Parquet can't hold as it is: HUGEINT would become a DOUBLE, intervals lose their microseconds, times their zones,
 * and some types are refused. They are written as the nearest type that keeps every value: DECIMAL(38,0) where all fit, else
 * text as `::varchar` gives it.
 */
import type { DuckType } from './types.ts';

type Typed = { readonly name: string; readonly type: DuckType };

/** Columns that are decimals in Parquet if every value fits: the caller looks. */
export const isWide = (type: DuckType): boolean =>
  type.kind === 'text' && (type.form === 'hugeint' || type.form === 'uhugeint');

export const fitsDecimal = (value: string): string =>
  `coalesce(bool_and(try_cast(${value} as decimal(38,0)) is not null) filter (${value} is not null), true)`;

/** `decimal`: whether this column's values fit DECIMAL(38,0). */
export function parquetValue({ name, type }: Typed, decimal: boolean): string {
  if (isWide(type)) return `${name}::${decimal ? 'decimal(38,0)' : 'varchar'}`;
  const target = held(type);
  return target === type.sql ? name : `${name}::${target}`;
}

/** The type that Parquet holds exactly, as SQL; the same where it does. */
function held(type: DuckType): string {
  switch (type.kind) {
    case 'text':
      return type.form === 'uuid' ? type.sql : 'VARCHAR';
    case 'enum':
    case 'union':
    case 'foreign':
    case 'null':
      return 'VARCHAR';
    case 'fixed':
      return type.sql === 'TIME_NS' ? 'VARCHAR' : type.sql === 'TIMESTAMP_S' ? 'TIMESTAMP' : type.sql;
    case 'list':
    case 'array': {
      const child = held(type.child);
      return child === type.child.sql && type.kind === 'list' ? type.sql : `${child}[]`;
    }
    case 'map': {
      const key = held(type.key);
      const value = held(type.value);
      return key === type.key.sql && value === type.value.sql ? type.sql : `MAP(${key}, ${value})`;
    }
    case 'struct': {
      const types = type.members.map((member) => held(member.type));
      if (types.every((target, index) => target === type.members[index]!.type.sql)) return type.sql;
      if (type.members.some((member) => member.name === '')) return 'VARCHAR';
      return `STRUCT(${type.members.map((member, index) => `"${member.name.replaceAll('"', '""')}" ${types[index]}`).join(', ')})`;
    }
    default:
      return type.sql;
  }
}
