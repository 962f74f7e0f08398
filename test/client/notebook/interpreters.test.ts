import { expect, test } from 'vitest';
import { choiceOf, interpreters } from '../../../client/notebook/interpreters.ts';
import { interpreters as registry } from '../../../interpreters/registry.ts';
import { MAGIC_WORDS } from '../../../server/protocol/magic.ts';

test('people can pick every interpreter that there is, by its name and its other words', () => {
  const ours = interpreters.map(({ name, aliases }) => [name, aliases]);
  const theirs = registry.map(({ name, aliases }) => [name, aliases]);
  expect(new Map(ours as [string, readonly string[]][])).toEqual(new Map(theirs as [string, readonly string[]][]));
});

test('after % stand the same words', () => {
  const words = registry.flatMap(({ name, aliases }) => [name, ...aliases].map((word) => [word, name]));
  expect(MAGIC_WORDS).toEqual(Object.fromEntries(words));
});

test('between paragraphs stand SQL, TypeScript, Shell and Text; a digit also reaches Vega-Lite', () => {
  expect(interpreters.filter(({ bar }) => bar).map(({ label }) => label)).toEqual([
    'SQL',
    'TypeScript',
    'Shell',
    'Text',
  ]);
  expect(interpreters.map(({ name }) => name)).toEqual(['sql', 'typescript', 'shell', 'markdown', 'vega-lite']);
  expect(choiceOf('sh')?.name).toBe('shell');
});
