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
