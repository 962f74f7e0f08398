import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failures } from '../../interpreters/errors.ts';
import { findInterpreter, interpreters } from '../../interpreters/registry.ts';

const root = join(import.meta.dirname, '../..');

test('names and aliases are words of a fence, and none means two interpreters', () => {
  const words = interpreters.flatMap(({ name, aliases }) => [name, ...aliases]);
  for (const word of words) expect(word).toMatch(/^[a-z][a-z0-9-]*$/);
  expect(new Set(words).size).toBe(words.length);
});

test('an interpreter is found by its name and its aliases in any case', () => {
  expect(findInterpreter('SQL')?.name).toBe('sql');
  expect(findInterpreter('md')?.name).toBe('markdown');
  expect(findInterpreter('cobol')).toBe(undefined);
});

test('every program of the list is there', () => {
  for (const { program } of interpreters) {
    if (program.kind === 'node') expect(existsSync(join(root, 'interpreters', `${program.main}.ts`))).toBe(true);
  }
});

test('docs/interpreters.md lists every code of the catalogue with its hint, and no other', () => {
  const page = readFileSync(join(root, 'docs/interpreters.md'), 'utf8').split('## Codes of failures')[1] ?? '';
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, code, hint]) => [code, hint]);
  expect(rows).toEqual(Object.entries(failures));
});
