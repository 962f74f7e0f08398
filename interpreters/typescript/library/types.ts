/** The engine's names of types (`duckdb.type` of a field), as far as reading a column needs them. */
export type ColumnType =
  | { readonly kind: 'boolean' | 'text' | 'bigtext' | 'blob' | 'date' | 'null' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal'; readonly scale: number }
  /** Units of `per` a second; a time of day reads as text. */
  | { readonly kind: 'timestamp' | 'time'; readonly per: number }
  | { readonly kind: 'list'; readonly child: ColumnType }
  | { readonly kind: 'array'; readonly child: ColumnType; readonly size: number }
  | { readonly kind: 'struct' | 'union'; readonly members: readonly Member[] }
  | { readonly kind: 'map'; readonly key: ColumnType; readonly value: ColumnType };
export type Member = { readonly name: string; readonly type: ColumnType };

const SIMPLE: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: { kind: 'boolean' },
  TINYINT: { kind: 'integer', bits: 8, signed: true },
  SMALLINT: { kind: 'integer', bits: 16, signed: true },
  INTEGER: { kind: 'integer', bits: 32, signed: true },
  BIGINT: { kind: 'integer', bits: 64, signed: true },
  UTINYINT: { kind: 'integer', bits: 8, signed: false },
  USMALLINT: { kind: 'integer', bits: 16, signed: false },
  UINTEGER: { kind: 'integer', bits: 32, signed: false },
  UBIGINT: { kind: 'integer', bits: 64, signed: false },
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  DATE: { kind: 'date' },
  TIME: { kind: 'time', per: 1e6 },
  TIME_NS: { kind: 'time', per: 1e9 },
  TIMESTAMP_S: { kind: 'timestamp', per: 1 },
  TIMESTAMP_MS: { kind: 'timestamp', per: 1e3 },
  TIMESTAMP: { kind: 'timestamp', per: 1e6 },
  TIMESTAMP_NS: { kind: 'timestamp', per: 1e9 },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', per: 1e6 },
  BLOB: { kind: 'blob' },
  HUGEINT: { kind: 'bigtext' },
  UHUGEINT: { kind: 'bigtext' },
  BIGNUM: { kind: 'bigtext' },
  '"NULL"': { kind: 'null' },
};

/** Everything that has no form of its own in JavaScript travels as text. */
export function parseType(name: string): ColumnType {
  const size = /\[(\d*)\]$/.exec(name);
  if (size) {
    const child = parseType(name.slice(0, size.index));
    return size[1] ? { kind: 'array', child, size: Number(size[1]) } : { kind: 'list', child };
  }
  if (Object.hasOwn(SIMPLE, name)) return SIMPLE[name] ?? { kind: 'text' };
  const decimal = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(name);
  if (decimal) return { kind: 'decimal', scale: Number(decimal[1]) };
  const nested = /^(STRUCT|UNION|MAP)\(([\s\S]*)\)$/.exec(name);
  if (!nested) return { kind: 'text' };
  const items = split(nested[2] ?? '');
  if (nested[1] === 'MAP') {
    return { kind: 'map', key: parseType(items[0] ?? ''), value: parseType(items[1] ?? '') };
  }
  return { kind: nested[1] === 'STRUCT' ? 'struct' : 'union', members: items.map(member) };
}

/** At commas outside of quotes and brackets. */
function split(text: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '(' || sign === '[') depth += 1;
    else if (sign === ')' || sign === ']') depth -= 1;
    else if (sign === ',' && depth === 0) {
      items.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const rest = text.slice(start).trim();
  return rest === '' ? items : [...items, rest];
}

/** `name TYPE` or `"a name" TYPE`. */
function member(item: string): Member {
  const quoted = /^"((?:[^"]|"")*)"\s+/.exec(item);
  if (quoted) return { name: (quoted[1] ?? '').replaceAll('""', '"'), type: parseType(item.slice(quoted[0].length)) };
  const space = item.indexOf(' ');
  return { name: item.slice(0, space), type: parseType(item.slice(space + 1)) };
}
