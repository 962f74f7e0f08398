/** Layouts of SQL: only blanks change, whatever the formatter makes of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSql } from '../../../../client/editor/format/sql.ts';
import { apply } from '../../../../client/editor/splice.ts';
import { tokenize } from '../../../../interpreters/sql/lexer.ts';

const laidOut = (source: string): string => formatSql(source).splices.reduce(apply, source);

describe('is laid out', () => {
  it.each([
    [
      'a query',
      "select origin,count(*) as n from flights where delay>60 and origin in ('SEA','JFK') group by origin order by n desc limit 10",
      [
        'select',
        '  origin,',
        '  count(*) as n',
        'from flights',
        'where',
        '  delay > 60',
        "  and origin in ('SEA', 'JFK')",
        'group by origin',
        'order by n desc',
        'limit 10',
      ],
    ],
    ['FROM first', 'from t   select a where b', ['from t', 'select a', 'where b']],
    [
      'forms',
      'select * from t where x>$day and y=${day=2015-01-01} limit ${n}',
      ['select *', 'from t', 'where', '  x > $day', '  and y = ${day=2015-01-01}', 'limit ${n}'],
    ],
    [
      'casts, arrows, lambdas, structs, lists and slices',
      "select x::int,j->'a'->>'b',list_transform(l,x->x+1),list_filter(l,lambda x:x>1),{'a':1,'b':[1,2]},l[1:2]",
      [
        'select',
        '  x::int,',
        "  j -> 'a' ->> 'b',",
        '  list_transform(l, x -> x + 1),',
        '  list_filter(l, lambda x: x > 1),',
        "  {'a': 1, 'b': [1, 2]},",
        '  l[1:2]',
      ],
    ],
    [
      'what the formatter would take for something else',
      "select $$ a';  b $$,1_000,0x1F,1e-5,e'a\\'  b',a.\"b  c\",?,$1 from t",
      [
        'select',
        "  $$ a';  b $$,",
        '  1_000,',
        '  0x1F,',
        '  1e-5,',
        "  e'a\\'  b',",
        '  a."b  c",',
        '  ?,',
        '  $1',
        'from t',
      ],
    ],
    [
      'operators of the engine',
      'select a@>b,a&&b,a!~~b,@a,#1',
      ['select', '  a @> b,', '  a && b,', '  a !~~ b,', '  @ a,', '  #1'],
    ],
    ['several statements', 'create table x as select 1;from x', ['create table x as', 'select 1;', '', 'from x']],
    [
      'comments, whose lines stay',
      '-- one\nselect 1, /* two\n      three */ 2 from t',
      ['-- one', 'select', '  1,', '  /* two', '      three */', '  2', 'from t'],
    ],
    [
      'joins',
      'select * from a left join b using(id) asof join c on a.t>=c.t qualify row_number() over(order by x)=1',
      [
        'select *',
        'from',
        '  a',
        '  left join b using (id)',
        '  asof join c on a.t >= c.t',
        'qualify',
        '  row_number() over (',
        '    order by x',
        '  ) = 1',
      ],
    ],
    [
      'a pivot',
      'pivot flights on origin using sum(delay) group by dest',
      ['pivot flights on origin using sum(delay)', 'group by dest'],
    ],
  ])('%s', (_, source, lines) => {
    expect(formatSql(source).isLeft).toBe(false);
    expect(laidOut(source)).toBe(lines.join('\n'));
    // Once is enough.
    expect(formatSql(laidOut(source)).splices).toEqual([]);
  });
});

it('takes line ends of other systems and tabs for blanks, and leaves emoji in texts alone', () => {
  const source = "select\t'🛫\r\n🛬',b\r\nfrom\tt -- 🛫\r\n";
  expect(laidOut(source)).toBe("select\n  '🛫\r\n🛬',\n  b\nfrom t -- 🛫");
});

describe('is left as it is', () => {
  it.each(["select 'open", 'select /* open', 'select "open', 'selct 1 frm ('])('%s', (source) => {
    expect(formatSql(source)).toEqual({ splices: [], isLeft: true });
  });

  it('where two texts are one because a line ends between them', () => {
    for (const source of ["select 'a'\n  'b'", "select 'a'\n'b' from t"]) {
      const made = laidOut(source);
      expect(made.replaceAll(/'a'\s*\n\s*'b'/g, '')).not.toContain("'a'");
    }
  });

  it('where it is more than the page has time for', () => {
    const rows = (count: number) =>
      `select * from (values ${Array.from({ length: count }, () => "('a',1)").join(',')}) t`;
    expect(formatSql(rows(1_000)).isLeft).toBe(false);
    expect(formatSql(rows(20_000))).toEqual({ splices: [], isLeft: true });
  });

  it('statement by statement', () => {
    const source = 'select   1 ; selct ( from ; select   2';
    expect(formatSql(source).isLeft).toBe(true);
    expect(laidOut(source)).toBe('select 1 ; selct ( from ; select 2');
  });
});

it('changes nothing but blanks, and does it in the fewest splices', () => {
  const source = 'select a, b from flights where x';
  const { splices } = formatSql(source);
  for (const { at, remove, insert } of splices) {
    expect(source.slice(at, at + remove).trim()).toBe('');
    expect(insert.trim()).toBe('');
  }
  // Behind `select`, behind the comma, before `from` and before `where`.
  expect(splices).toHaveLength(4);
});

it('keeps every token of whatever is written', () => {
  const words = fc.constantFrom(
    ...[
      'select',
      'from',
      'where',
      'a',
      'b.c',
      '"d e"',
      "'f  g'",
      '(',
      ')',
      ',',
      ';',
      '*',
      '::',
      '->',
      '->>',
      '-',
      '=',
      '>=',
    ],
    ...[
      '{',
      '}',
      '[',
      ']',
      ':',
      '1',
      '1.5',
      '$x',
      '${y=1}',
      '?',
      '-- z\n',
      '/* u */',
      '$$ v $$',
      'and',
      'case',
      'end',
      'as',
    ],
    ...[
      'join',
      'on',
      'group by',
      'limit',
      '!',
      '@',
      '#1',
      '<>',
      '|',
      '||',
      '.',
      '~',
      '%',
      'between',
      'with',
      'values',
      '\n',
      '항공',
    ],
  );
  fc.assert(
    fc.property(
      fc.array(words, { maxLength: 40 }),
      fc.array(fc.constantFrom('', ' ', '\n', '  '), { minLength: 40, maxLength: 40 }),
      (parts, gaps) => {
        const source = parts.map((part, index) => part + gaps[index]).join('');
        const tokens = (text: string) => tokenize(text).map(({ kind, text: said }) => `${kind} ${said}`);
        expect(tokens(laidOut(source))).toEqual(tokens(source));
      },
    ),
    { numRuns: 300, seed: Number(process.env.SEED ?? 1) },
  );
});
