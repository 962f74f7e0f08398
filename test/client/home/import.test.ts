import { expect, test } from 'vitest';
import { pathFor, titleIn } from '../../../client/home/import.ts';

test('a file comes under the title that its text has', () => {
  expect(titleIn('---\ntitle: "Late flights"\n---\n# Other', 'x.md')).toBe('Late flights');
  expect(titleIn('---\r\nauthor: A\r\n---\r\n# Late *again*\r\n', 'x.md')).toBe('Late again');
  expect(titleIn('text\n\n---\n\ntitle: no\n\n---\n', 'sales 2024.nb.md')).toBe('sales 2024');
});

test('it keeps its name, in the folder shown', () => {
  expect(pathFor('sales.md', '')).toBe('sales.nb.md');
  expect(pathFor('sales.nb.md', 'a/b')).toBe('a/b/sales.nb.md');
});
