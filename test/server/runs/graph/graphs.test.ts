import { expect, it } from 'vitest';
import type { Paragraph } from '../../../../server/protocol/document.ts';
import type { NotebookId, ParagraphId } from '../../../../server/protocol/ids.ts';
import { createGraphs } from '../../../../server/runs/graph/graphs.ts';

const written = {
  paragraphs: [
    { id: 'p' as ParagraphId, interpreter: 'typescript', source: 'same text', options: {} } satisfies Paragraph,
  ],
  forms: [],
};

it('what the program of one notebook says of a text is believed of that notebook alone', async () => {
  const asked: string[] = [];
  const graphs = createGraphs({
    uses: async (notebook) => {
      asked.push(notebook);
      return [{ reads: [], writes: [{ kind: 'table', name: `of_${notebook}` }] }];
    },
  });
  const writes = async (notebook: string) =>
    (await graphs.of(notebook as NotebookId, written, true)).nodes[0]?.writes.map(({ name }) => name);
  expect(await writes('one')).toEqual(['of_one']);
  expect(await writes('two')).toEqual(['of_two']);
  expect(await writes('one')).toEqual(['of_one']);
  expect(asked).toEqual(['one', 'two']);
});

it('no more is remembered than there is room for: the longest unused is asked about again', async () => {
  const asked: string[] = [];
  const uses = async (notebook: NotebookId) => {
    asked.push(notebook);
    return [{ reads: [], writes: [{ kind: 'table' as const, name: 'x'.repeat(100) }] }];
  };
  const graphs = createGraphs({ uses }, 400);
  for (const notebook of ['one', 'two', 'one', 'three', 'one', 'two'])
    await graphs.of(notebook as NotebookId, written, true);
  expect(asked).toEqual(['one', 'two', 'three', 'two']);
});
