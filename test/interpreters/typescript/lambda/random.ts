/** Random tables and random lambdas over them, both as text. */
import fc from 'fast-check';

/** Rows of the columns that every random lambda may use; SQL of their values. */
export const rows = (): fc.Arbitrary<string> => {
  const orNull = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof({ arbitrary: value, weight: 5 }, { arbitrary: fc.constant('null'), weight: 1 });
  const double = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `${value.toExponential()}::double`),
    fc.integer({ min: -5, max: 5 }).map((value) => `${value}::double`),
    fc.constantFrom(
      "'nan'::double",
      "'infinity'::double",
      "'-infinity'::double",
      "'-0'::double",
      '0.5::double',
      '-0.5::double',
      '2.5::double',
      '1e-320::double',
    ),
  );
  const int = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })).map(String);
  const big = fc.oneof(
    fc.integer({ min: -4, max: 4 }).map(String),
    fc.constantFrom('9007199254740991', '-9007199254740991', '9007199254740992', '9007199254740990'),
  );
  const decimal = fc.integer({ min: -99999, max: 99999 }).map((value) => `${(value / 100).toFixed(2)}::decimal(9,2)`);
  const text = fc
    .oneof(
      fc.constantFrom(
        '',
        'a',
        'b',
        'ab',
        'A',
        'é',
        'ß',
        '😀',
        '😀b',
        '\ufffd',
        '\u{ffff}x',
        ' a ',
        '\u00a0x\t',
        'a,b',
        ',',
        'abab',
        '0',
        'null',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }).filter((value) => !value.includes('\0')),
    )
    .map((value) => `'${value.replaceAll("'", "''")}'`);
  const flag = fc.constantFrom('true', 'false');
  const date = fc.oneof(
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((value) => value.toISOString().replace('Z', '')),
    fc.constantFrom(
      '1969-12-31T23:59:59.999999',
      '1970-01-01T00:00:00',
      '2024-02-29T12:34:56.789012',
      '2024-02-29T12:34:56.789',
      '0001-01-01T00:00:00',
    ),
  );
  const row = fc.tuple(
    orNull(double),
    orNull(double),
    orNull(int),
    orNull(int),
    orNull(big),
    orNull(decimal),
    orNull(text),
    orNull(text),
    orNull(flag),
    orNull(flag),
    orNull(date.map((value) => `timestamp '${value}'`)),
    orNull(date.map((value) => `timestamp '${value}'`)),
    orNull(date.map((value) => `date '${value.slice(0, 10)}'`)),
  );
  return fc
    .array(
      row.map((values) => `(${values.join(', ')})`),
      { minLength: 1, maxLength: 12 },
    )
    .map((all) => all.join(',\n'));
};
export const COLUMNS = ['x', 'y', 'i', 'j', 'n', 'd', 's', 't', 'p', 'q', 'u', 'v', 'w'];

export const createTable = (name: string, values: string): string => `create or replace table ${name} as
  select x::double as x, y::double as y, i::integer as i, j::integer as j, n::bigint as n, d::decimal(9,2) as d, s::varchar as s, t::varchar as t,
    p::boolean as p, q::boolean as q, u::timestamp as u, v::timestamp as v, w::date as w
  from (values ${values}) as t(${COLUMNS.join(', ')})`;

/** Expressions by kind; `f` is the row. */
const expressions = fc.letrec<{ number: string; string: string; boolean: string; date: string }>((tie) => {
  const number = tie('number');
  const string = tie('string');
  const boolean = tie('boolean');
  const date = tie('date');
  const small = fc.integer({ min: -3, max: 6 }).map(String);
  const literal = fc.oneof(small, fc.constantFrom('0.5', '1e3', '-0', '2 ** 31', '1 / 0', 'NaN', 'captured', '0'));
  const quoted = fc.constantFrom("''", "'a'", "'b'", "'ab'", "','", "'é'", "'😀'", "'zz'", 'word');
  const binary = (left: fc.Arbitrary<string>, operator: readonly string[], right: fc.Arbitrary<string>) =>
    fc.tuple(left, fc.constantFrom(...operator), right).map(([a, op, b]) => `(${a} ${op} ${b})`);
  const orders = ['<', '<=', '>', '>=', '===', '!==', '==', '!='];
  const choose = (one: fc.Arbitrary<string>) =>
    fc.tuple(boolean, one, one).map(([test, a, b]) => `(${test} ? ${a} : ${b})`);
  return {
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('f.x', 'f.y', 'f.i', 'f.j', 'f.n', 'f.d'),
      literal,
      binary(number, ['+', '-', '*', '/', '%'], number),
      fc.tuple(number, fc.constantFrom('2', '0.5')).map(([a, power]) => `((${a}) ** ${power})`),
      fc
        .tuple(fc.constantFrom('abs', 'floor', 'ceil', 'round', 'trunc', 'sign', 'sqrt'), number)
        .map(([name, a]) => `Math.${name}(${a})`),
      fc.tuple(fc.constantFrom('min', 'max'), number, number).map(([name, a, b]) => `Math.${name}(${a}, ${b})`),
      number.map((a) => `(-(${a}))`),
      fc.tuple(number, number).map(([a, b]) => `(${a} ?? ${b})`),
      fc.tuple(number, fc.constantFrom('||', '&&'), number).map(([a, op, b]) => `(${a} ${op} ${b})`),
      choose(number),
      fc.tuple(string, quoted).map(([s, what]) => `(${s}).indexOf(${what})`),
      fc
        .tuple(
          date,
          fc.constantFrom(
            'getTime',
            'getUTCFullYear',
            'getUTCMonth',
            'getUTCDate',
            'getUTCDay',
            'getUTCHours',
            'getUTCMinutes',
            'getUTCSeconds',
            'getUTCMilliseconds',
            'valueOf',
          ),
        )
        .map(([a, name]) => `(${a}).${name}()`),
      binary(date, ['-'], date),
      fc.oneof(number, boolean, date).map((a) => `Number(${a})`),
      number.map((a) => `(+(${a}))`),
    ),
    string: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('f.s', 'f.t'),
      quoted,
      binary(string, ['+'], string),
      binary(string, ['+'], fc.constantFrom('f.i', 'f.n', 'f.p', '5')),
      fc
        .tuple(string, fc.constantFrom('slice', 'substring'), small, fc.option(small))
        .map(([s, name, a, b]) => `(${s}).${name}(${b === null ? a : `${a}, ${b}`})`),
      fc.tuple(string, fc.constantFrom('charAt', 'at'), small).map(([s, name, a]) => `(${s}).${name}(${a})`),
      fc
        .tuple(string, fc.constantFrom('.', '?.'), fc.constantFrom('trim', 'trimStart', 'trimEnd'))
        .map(([s, dot, name]) => `(${s})${dot}${name}()`),
      fc.tuple(boolean, string, quoted).map(([test, a, b]) => `\`\${${test} ? \`[\${${a}}]\` : ${b}}!\``),
      fc
        .tuple(string, fc.constantFrom('replace', 'replaceAll'), quoted, string)
        .map(([s, name, a, b]) => `(${s}).${name}(${a}, ${b})`),
      fc
        .tuple(
          string,
          fc.constantFrom('padStart', 'padEnd'),
          fc.integer({ min: 0, max: 6 }),
          fc.constantFrom("'x'", "'ab'", "'😀'"),
        )
        .map(([s, name, n, c]) => `(${s}).${name}(${n}, ${c})`),
      fc.tuple(string, fc.integer({ min: 0, max: 3 })).map(([s, n]) => `(${s}).repeat(${n})`),
      fc.tuple(string, string).map(([a, b]) => `(${a}).concat(${b})`),
      fc.tuple(string, fc.integer({ min: 0, max: 2 })).map(([s, n]) => `(${s}).split(',')[${n}]`),
      fc.tuple(string, string).map(([a, b]) => `\`\${${a}}-\${${b}}\``),
      fc.constantFrom('f.i', 'f.j', 'f.p').map((a) => `\`<\${${a}}>\``),
      fc.tuple(string, string).map(([a, b]) => `(${a} ?? ${b})`),
      fc.tuple(string, fc.constantFrom('||', '&&'), string).map(([a, op, b]) => `(${a} ${op} ${b})`),
      choose(string),
      fc.constantFrom('f.i', 'f.n', 'f.p', 'f.s').map((a) => `String(${a})`),
      date.map((a) => `(${a}).toISOString()`),
    ),
    boolean: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('f.p', 'f.q', 'true', 'false'),
      binary(number, orders, number),
      binary(string, orders, string),
      binary(date, orders, date),
      binary(boolean, ['===', '!==', '&&', '||'], boolean),
      fc.oneof(boolean, number, string, date).map((a) => `(!(${a}))`),
      fc
        .tuple(fc.oneof(number, string, boolean, date), fc.constantFrom('===', '!==', '==', '!='))
        .map(([a, op]) => `(${a} ${op} null)`),
      fc
        .tuple(string, fc.constantFrom('startsWith', 'endsWith', 'includes'), string)
        .map(([a, name, b]) => `(${a}).${name}(${b})`),
      fc
        .tuple(fc.constantFrom('[1, 2, -3]', '[0, null]', '[]', '[0.5, NaN]', 'numbers'), number)
        .map(([list, a]) => `${list}.includes(${a})`),
      fc
        .tuple(fc.constantFrom("['a', 'b']", "['', null]", 'words'), string)
        .map(([list, a]) => `${list}.includes(${a})`),
      fc
        .tuple(fc.constantFrom('Number.isNaN', 'isNaN', 'Number.isFinite', 'isFinite', 'Number.isInteger'), number)
        .map(([name, a]) => `${name}(${a})`),
      fc.oneof(number, string, boolean, date).map((a) => `Boolean(${a})`),
      choose(boolean),
      fc.tuple(boolean, boolean).map(([a, b]) => `(${a} ?? ${b})`),
    ),
    date: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('f.u', 'f.v', 'f.w'),
      fc.constantFrom("new Date('2024-02-29T12:34:56.789Z')", 'new Date(0)', 'moment'),
      fc.tuple(date, date).map(([a, b]) => `(${a} ?? ${b})`),
      choose(date),
    ),
  };
});
const KINDS = ['number', 'string', 'boolean', 'date'] as const;
type Kind = (typeof KINDS)[number];

/** A `const` of a kind stands for this column in what follows it. */
const STANDS_FOR: Readonly<Record<Kind, RegExp>> = {
  number: /f\.x\b/g,
  string: /f\.s\b/g,
  boolean: /f\.p\b/g,
  date: /f\.u\b/g,
};

/** Statements that give one kind, or nothing; names of `depth` and below are theirs. */
const statements = (kind: Kind, depth: number): fc.Arbitrary<string> => {
  const value = expressions[kind];
  const end = fc.oneof(
    { arbitrary: value.map((one) => `return ${one};`), weight: 6 },
    { arbitrary: fc.constantFrom('return null;', ';', 'return;'), weight: 1 },
  );
  if (depth === 0) return end;
  const rest = statements(kind, depth - 1);
  const test = expressions.boolean;
  const local = fc.constantFrom(...KINDS).chain((other) =>
    fc.tuple(expressions[other], rest).map(([one, after]) => {
      const name = `c${depth}`;
      return `const ${name} = ${one}; ${after.replace(STANDS_FOR[other], name)}`;
    }),
  );
  return fc.oneof(
    { arbitrary: end, weight: 1 },
    { arbitrary: local, weight: 4 },
    { arbitrary: fc.tuple(test, value, rest).map(([b, one, after]) => `if (${b}) return ${one}; ${after}`), weight: 2 },
    {
      arbitrary: fc.tuple(test, rest, rest).map(([b, one, after]) => `if (${b}) { ${one} } else { ${after} }`),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(test, rest, value, rest)
        .map(([b, one, two, after]) => `if (${b}) { ${one} return ${two} } ${after}`),
      weight: 2,
    },
  );
};

/** Statements within statements: more make lambdas too long to be translated. */
const DEPTH = 3;

/** Lambdas: of an expression or of statements, over the row by name or by its fields. */
export const lambdas: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...KINDS).chain((kind) =>
      fc.oneof(
        expressions[kind].map((one) => `(${one})`),
        statements(kind, DEPTH).map((one) => `{ ${one} }`),
      ),
    ),
    fc.constantFrom('f', 'f', 'fields'),
  )
  .map(([body, form]) =>
    form === 'f' ? `f => ${body}` : `({ ${COLUMNS.join(', ')} }) => ${body.replace(/\bf\.(?=[a-z]\b)/g, '')}`,
  );

export const CAPTURES = {
  captured: 2.5,
  word: 'ab',
  moment: new Date('1999-12-31T23:59:59.999Z'),
  numbers: [1, -1, 0.5],
  words: ['a', 'é'],
};
