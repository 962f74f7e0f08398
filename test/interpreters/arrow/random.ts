/** Random DuckDB types, each with SQL literals of its values, for property tests of the encoder and its inverse. */
import fc from 'fast-check';

export type RandomType = { readonly sql: string; readonly value: fc.Arbitrary<string> };

const integer = (sql: string, bits: number, signed: boolean): RandomType => {
  const top = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const bottom = signed ? -top - 1n : 0n;
  const edges = fc.constantFrom(bottom, top, 0n, 1n);
  return { sql, value: fc.oneof(fc.bigInt(bottom, top), edges).map((value) => `'${value}'::${sql}`) };
};
const text = (value: string): string => `'${value.replaceAll("'", "''").replaceAll('\0', '')}'`;
const cast = (sql: string, value: fc.Arbitrary<string>): RandomType => ({
  sql,
  value: value.map((literal) => `'${literal}'::${sql}`),
});

const pointed = (value: bigint, scale: number): string => {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}0`.replace(
    /0$/,
    '',
  );
};

const date = fc.integer({ min: -700_000, max: 2_900_000 }).map((days) => `(date '1970-01-01' + ${days})`);
const micros = fc.bigInt(-(10n ** 17n), 10n ** 17n);
const clock = fc.integer({ min: 0, max: 86_399_999 }).map((ms) => new Date(ms).toISOString().slice(11, 23));
const zone = fc
  .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 59 }))
  .map(([sign, hours, minutes]) => `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', 'exactly 12 b', 'exactly 13 by', '한국어 텍스트, 조금 더 길게'),
);

const scalars: readonly RandomType[] = [
  { sql: 'BOOLEAN', value: fc.boolean().map(String) },
  integer('TINYINT', 8, true),
  integer('SMALLINT', 16, true),
  integer('INTEGER', 32, true),
  integer('BIGINT', 64, true),
  integer('HUGEINT', 128, true),
  integer('UTINYINT', 8, false),
  integer('USMALLINT', 16, false),
  integer('UINTEGER', 32, false),
  integer('UBIGINT', 64, false),
  integer('UHUGEINT', 128, false),
  { sql: 'BIGNUM', value: fc.bigInt(-(10n ** 80n), 10n ** 80n).map((value) => `'${value}'::BIGNUM`) },
  {
    sql: 'BIT',
    value: fc.array(fc.boolean(), { minLength: 1, maxLength: 70 }).map((bits) => `'${bits.map(Number).join('')}'::BIT`),
  },
  { sql: 'FLOAT', value: fc.float().map((value) => `'${value}'::FLOAT`) },
  { sql: 'DOUBLE', value: fc.double().map((value) => `'${value}'::DOUBLE`) },
  ...(
    [
      [4, 2],
      [9, 0],
      [18, 9],
      [38, 11],
    ] as const
  ).map(([width, scale]) => ({
    sql: `DECIMAL(${width},${scale})`,
    value: fc
      .bigInt(-(10n ** BigInt(width)) + 1n, 10n ** BigInt(width) - 1n)
      .map((value) => `'${pointed(value, scale)}'::DECIMAL(${width},${scale})`),
  })),
  { sql: 'VARCHAR', value: words.map(text) },
  {
    sql: 'BLOB',
    value: fc.uint8Array({ maxLength: 30 }).map((bytes) => `from_hex('${Buffer.from(bytes).toString('hex')}')`),
  },
  { sql: 'DATE', value: date },
  cast('TIME', clock),
  cast(
    'TIME_NS',
    clock.map((time) => `${time}000123`),
  ),
  cast(
    'TIME WITH TIME ZONE',
    fc.tuple(clock, zone).map((parts) => parts.join('')),
  ),
  { sql: 'TIMESTAMP', value: micros.map((value) => `make_timestamp(${value}::bigint)`) },
  { sql: 'TIMESTAMP_S', value: micros.map((value) => `make_timestamp(${value}::bigint)::TIMESTAMP_S`) },
  { sql: 'TIMESTAMP_MS', value: micros.map((value) => `make_timestamp(${value}::bigint)::TIMESTAMP_MS`) },
  {
    sql: 'TIMESTAMP_NS',
    value: fc.bigInt(-(10n ** 18n), 10n ** 18n).map((value) => `make_timestamp_ns(${value}::bigint)`),
  },
  { sql: 'TIMESTAMP WITH TIME ZONE', value: micros.map((value) => `make_timestamptz(${value}::bigint)`) },
  {
    sql: 'INTERVAL',
    value: fc
      .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 }), fc.integer())
      .map(([months, days, us]) => `(to_months(${months}) + to_days(${days}) + to_microseconds(${us}))`),
  },
  { sql: 'UUID', value: fc.uuid().map((uuid) => `'${uuid}'::UUID`) },
  { sql: "ENUM('a', 'b''c', '한')", value: fc.constantFrom("'a'", "'b''c'", "'한'") },
];

/** Types with others inside. Values carry a cast of their own, so that an empty list knows its type. */
const nested = (inner: fc.Arbitrary<RandomType>): fc.Arbitrary<RandomType> =>
  fc.oneof(
    inner.map((child) => list(child)),
    fc.tuple(inner, fc.integer({ min: 1, max: 3 })).map(([child, size]) => array(child, size)),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map(struct),
    inner.map((child) => map(child)),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map(union),
  );

const maybe = (child: RandomType): fc.Arbitrary<string> => fc.option(child.value, { nil: 'null', freq: 3 });

const typed = (sql: string, value: fc.Arbitrary<string>): RandomType => ({
  sql,
  value: value.map((literal) => `(${literal})::${sql}`),
});

const list = (child: RandomType): RandomType =>
  typed(
    `${child.sql}[]`,
    fc.array(maybe(child), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  );

const array = (child: RandomType, size: number): RandomType =>
  typed(
    `${child.sql}[${size}]`,
    fc.array(maybe(child), { minLength: size, maxLength: size }).map((items) => `[${items.join(', ')}]`),
  );

const struct = (children: readonly RandomType[]): RandomType =>
  typed(
    `STRUCT(${children.map((child, index) => `f${index} ${child.sql}`).join(', ')})`,
    fc
      .tuple(...children.map(maybe))
      .map((items) => `{${items.map((item, index) => `'f${index}': ${item}`).join(', ')}}`),
  );

const map = (child: RandomType): RandomType =>
  typed(
    `MAP(VARCHAR, ${child.sql})`,
    fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), maybe(child)), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((pairs) => `MAP {${pairs.map(([key, value]) => `'${key}': ${value}`).join(', ')}}`),
  );

const union = (children: readonly RandomType[]): RandomType =>
  typed(
    `UNION(${children.map((child, index) => `m${index} ${child.sql}`).join(', ')})`,
    fc
      .nat(children.length - 1)
      .chain((index) =>
        maybe(children[index]!).map((item) => `union_value(m${index} := (${item})::${children[index]!.sql})`),
      ),
  );

const scalar = fc.constantFrom(...scalars);
const one = fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: nested(scalar) });
export const randomType: fc.Arbitrary<RandomType> = fc.oneof(
  { weight: 2, arbitrary: scalar },
  { weight: 2, arbitrary: nested(one) },
);

export type RandomTable = { readonly types: readonly string[]; readonly rows: readonly (readonly string[])[] };

export const randomTable: fc.Arbitrary<RandomTable> = fc
  .array(randomType, { minLength: 1, maxLength: 4 })
  .chain((types) =>
    fc
      .array(fc.tuple(...types.map(maybe)), { minLength: 1, maxLength: 20 })
      .map((rows) => ({ types: types.map(({ sql }) => sql), rows })),
  );
