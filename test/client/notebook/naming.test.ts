import { expect, test } from 'vitest';
import { nameIn } from '../../../client/notebook/naming.ts';

const named = { name: 'by_hour', source: 'named' } as const;
const odd = { name: "it's `mine`", source: 'session' } as const;
const file = { name: "data/O'Hare.csv", source: 'file' } as const;

test('a name goes into each language as that takes it', () => {
  expect(['sql', 'typescript', 'shell', 'vega-lite'].map((language) => nameIn(language, named))).toEqual([
    'by_hour',
    "table('by_hour')",
    'tables/by_hour.parquet',
    '"by_hour"',
  ]);
  expect(nameIn('markdown', named)).toBeUndefined();
});

test('odd names stay data', () => {
  expect(nameIn('typescript', odd)).toBe("table('it\\'s `mine`')");
  expect(nameIn('shell', odd)).toBe("'tables/it'\\''s `mine`.parquet'");
  expect(nameIn('sql', odd)).toBe('"it\'s `mine`"');
});

test('files are read as files', () => {
  expect(nameIn('sql', file)).toBe("'data/O''Hare.csv'");
  expect(nameIn('typescript', file)).toBe("table('data/O\\'Hare.csv')");
  expect(nameIn('shell', { name: 'data/a.csv', source: 'file' })).toBe('data/a.csv');
});
