import { expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { type Entry, textContent } from '../../../server/workspace/entry.ts';
import { searchEntries } from '../../../server/workspace/search.ts';
import { languages } from './parts.ts';

function entry(index: number): Entry {
  const text = `# Report ${index}\n\n${'매출 보고서, and prose about flights and their delays.\n'.repeat(30)}\`\`\`sql\nselect ${index}\n\`\`\`\n`;
  const path = `team${index % 100}/n${index}.nb.md`;
  const stamp = { changed: index, size: text.length, mark: String(index) };
  return { id: `n${index}` as NotebookId, path, stamp, ...textContent(text, path, languages) };
}

it('of ten thousand notebooks keeps within twice its 100 ms', () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => entry(index));
  for (const [query, count] of [
    ['보고', 10_000],
    ['select 777', 19],
    ['zebra', 0],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const began = performance.now();
      expect(searchEntries(entries, query)).toHaveLength(count);
      times.push(performance.now() - began);
    }
    expect(Math.min(...times)).toBeLessThan(200);
  }
});
