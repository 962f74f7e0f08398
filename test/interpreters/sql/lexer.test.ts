import duckdb from '@duckdb/node-bindings';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literalOf, nameOf, splitStatements, tokenize } from '../../../interpreters/sql/lexer.ts';
import { type Memory, openMemory } from '../arrow/database.ts';

let memory: Memory;
beforeAll(async () => {
  memory = await openMemory();
});
afterAll(() => memory.close());

const texts = (source: string): string[] => splitStatements(source).map(({ text }) => text);

test('statements end at semicolons outside of strings, names and comments', () => {
  expect(
    texts(`select ';' ; select ";" from t; -- ; \n select 1 /* ; /* ; */ ; */ ; select $$;$$; select $a$;$$;$a$`),
  ).toEqual([
    "select ';'",
    'select ";" from t',
    '-- ; \n select 1 /* ; /* ; */ ; */',
    'select $$;$$',
    'select $a$;$$;$a$',
  ]);
});

test('quotes are doubled inside of quotes; only E-strings know a backslash', () => {
  expect(texts(`select 'it''s;' ; select E'it\\';' ; select '\\'; select "a"";"`)).toEqual([
    "select 'it''s;'",
    "select E'it\\';'",
    "select '\\'",
    'select "a"";"',
  ]);
});

test('a comment ends with its line, however that ends', async () => {
  expect(texts('select 1 -- \r; select 2 -- \r\n; select 3 -- \n')).toEqual([
    'select 1 --',
    'select 2 --',
    'select 3 --',
  ]);
  const { statement_count: count } = await duckdb.extract_statements(memory.connection, 'select 1 -- \r; select 2');
  expect(count).toBe(2);
});

test('comments and semicolons alone are no statement', () => {
  expect(texts('-- only a comment')).toEqual([]);
  expect(texts(' ;; /* x */ ; ')).toEqual([]);
  expect(texts('')).toEqual([]);
});

test('a statement knows where it starts in the paragraph', () => {
  const source = 'select 1;\n\n  select 2;';
  const [, second] = splitStatements(source);
  expect(source.slice(second?.start, (second?.start ?? 0) + (second?.text.length ?? 0))).toBe('select 2');
});

test('an unfinished string, name or comment says so', () => {
  expect(tokenize("select 'abc").at(-1)).toMatchObject({ kind: 'string', open: true });
  expect(tokenize('select "abc').at(-1)).toMatchObject({ kind: 'quoted', open: true });
  expect(tokenize('select 1 /* abc').at(-1)).toMatchObject({ kind: 'comment', open: true });
  expect(tokenize('select 1 -- abc').at(-1)).toMatchObject({ kind: 'comment', open: true });
  expect(tokenize("select 'abc'").at(-1)).not.toHaveProperty('open');
});

test('Korean words are words, and numbers are numbers', () => {
  expect(tokenize('select 이름, 1.5e10 from 표').map(({ kind }) => kind)).toEqual([
    'word',
    'word',
    'symbol',
    'number',
    'word',
    'word',
  ]);
});

test('names and literals lose their quotes', () => {
  const [name, text] = tokenize(`"a""b" 'it''s'`);
  expect(nameOf(name!)).toBe('a"b');
  expect(literalOf(text)).toBe("it's");
  expect(literalOf(tokenize('$$x$$')[0])).toBe(undefined);
});

test('texts of any characters are covered by tokens and white space, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (source) => {
      let at = 0;
      for (const token of tokenize(source)) {
        expect(source.slice(at, token.start).trim()).toBe('');
        expect(token.text).toBe(source.slice(token.start, token.end));
        expect(token.end).toBeGreaterThan(token.start);
        at = token.end;
      }
      expect(source.slice(at).trim()).toBe('');
    }),
  );
});

/** Pieces of SQL that the engine accepts, with traps for a splitter. */
const piece = fc.constantFrom(
  'select 1',
  "select 'a;b'",
  "select 'it''s;'",
  'select 1 as ";"',
  'select $$ ; $$',
  'select $t$ ; $$ ; $t$',
  "select E'\\';'",
  'select 1 -- ; x\n',
  'select 1 /* ; */',
  'select 1 /* /* ; */ ; */',
  'select 2-1',
  'select 4/2',
  "select x'ab'",
  'create or replace temp table t as select 1 as a',
  'values (1), (2)',
);
const gap = fc.constantFrom(';', ';;', ' ; ', ';\n\n', '; -- c ; \n', '; /* ; */');

test('it counts the statements that the engine counts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(piece, gap), { minLength: 1, maxLength: 6 }), async (pairs) => {
      const source = pairs.map(([text, end]) => text + end).join('');
      const { statement_count: count } = await duckdb.extract_statements(memory.connection, source);
      expect(splitStatements(source).length).toBe(count);
    }),
  );
});
