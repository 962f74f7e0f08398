/** What a TypeScript paragraph reads and leaves, by its syntax tree. */
import { expect, it } from 'vitest';
import { usesOfTypescript } from '../../../interpreters/typescript/uses.ts';
import type { Use } from '../../../interpreters/uses.ts';

const names = (uses: readonly Use[], kind: Use['kind']): string[] =>
  uses.flatMap((use) => (use.kind === kind ? [use.name] : []));

it('declares variables, and leaves those of functions to them', () => {
  const { reads, writes } = usesOfTypescript(
    'const rate: number = base * 2;\nlet { a, b: [c] } = rest;\nfunction f(x: string) { const inner = x; return inner + other; }\nimport { z } from "./z.ts";',
  );
  expect(names(writes, 'variable').toSorted()).toEqual(['a', 'c', 'f', 'rate']);
  expect(names(reads, 'name').toSorted()).toEqual(['base', 'other', 'rest']);
});

it('assigns to a variable of an earlier paragraph', () => {
  expect(names(usesOfTypescript('total += 1').writes, 'variable')).toEqual(['total']);
});

it('names tables in texts, files, and the words of SQL', () => {
  const { reads, writes, words } = usesOfTypescript(
    "await table('flights').filter(f => f.delay > 60).save('late');\nsql`select * from airports where code = ${code}`;\nconst rows = sql('from planes');\nawait file('data/x.csv'); `${dir}/data/y.csv`",
  );
  expect(names(reads, 'table')).toEqual(['flights']);
  expect(names(writes, 'table')).toEqual(['late']);
  expect(names(reads, 'file')).toEqual(['data/x.csv']);
  expect(words).toEqual(expect.arrayContaining(['airports', 'planes']));
});

it('is nothing of what is no program, and of a text that is no person’s', () => {
  expect(usesOfTypescript('const = (')).toMatchObject({ reads: [], writes: [] });
  expect(usesOfTypescript(`"${'x'.repeat(300_000)}"`)).toMatchObject({ reads: [], writes: [] });
});
