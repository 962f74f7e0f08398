import { expect, it } from 'vitest';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { literal } from '../../../server/results/reader/pivot/statement.ts';

const formsIn = (source: string): readonly string[] =>
  formsOf([], [{ id: 'p' as ParagraphId, interpreter: 'sql', source }]).forms.map(({ name }) => name);

it('a value in the statement of a pivot is the value, and declares no form', () => {
  expect(literal("O'Hare")).toBe("'O''Hare'");
  expect(formsIn("select 'cost ${q=abc} and ${r=1}'")).toEqual(['q', 'r']);
  expect(literal('cost ${q=abc} and ${r=1}')).toBe("('cost $' || '{q=abc} and $' || '{r=1}')");
  expect(formsIn(`select ${literal('cost ${q=abc} and ${r=1}')}`)).toEqual([]);
  expect(literal('$5 {a}')).toBe("'$5 {a}'");
});
