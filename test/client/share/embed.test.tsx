import { cleanup, render, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, expect, test } from 'vitest';
import { choosable } from '../../../client/notebook/choosable.ts';
import { NewEmbedForm } from '../../../client/share/NewEmbed.tsx';

afterEach(cleanup);

const document = (all: readonly (readonly [interpreter: string, source: string, name?: string])[]) =>
  choosable({
    document: {
      order: () => all.map((_, index) => `p${index}`),
      paragraph: (id: string) => {
        const [interpreter, source, name = ''] = all[Number(id.slice(1))]!;
        return { interpreter: () => interpreter, source: () => source, name: () => name };
      },
    } as never,
  });
const NOTEBOOK = document([
  ['markdown', '\n## Why `late`?\n\nBecause.'],
  ['markdown', '- [ ] **Look** at [this](https://x.example)'],
  ['sql', 'select `a` from t', 'late'],
  ['markdown', '1. one'],
]);

test('paragraphs are told by their first lines, prose as it reads', () => {
  expect(NOTEBOOK.map(({ title }) => title.replace(/^\S+\s+/, ''))).toEqual([
    'Why late?',
    'Look at this',
    'late: select `a` from t',
    'one',
  ]);
});

test.each([
  [undefined, NOTEBOOK, 'p2'],
  ['p1', NOTEBOOK, 'p1'],
  [undefined, NOTEBOOK.slice(0, 2), 'p0'],
])('what is embedded where %s was chosen is code, where there is any', async (paragraph, paragraphs, chosen) => {
  render(() => (
    <NewEmbedForm paragraphs={paragraphs} paragraph={paragraph} busy={false} onMake={() => {}} onClose={() => {}} />
  ));
  const field = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Paragraph' });
  await waitFor(() => expect(field.value).toBe(chosen));
});
