/** Whose name a renaming is about, whether the new one is free, and what is left to a person. */
import { describe, expect, it } from 'vitest';
import type { Renamed } from '../../../../interpreters/renaming.ts';
import { renamedInTypescript } from '../../../../interpreters/typescript/renaming.ts';
import { usesOfTypescript } from '../../../../interpreters/typescript/uses.ts';
import type { Uses, UsesAsk } from '../../../../interpreters/uses.ts';
import type { Paragraph } from '../../../../server/protocol/document.ts';
import type { Form } from '../../../../server/protocol/forms.ts';
import type { NotebookId, ParagraphId } from '../../../../server/protocol/ids.ts';
import { withEdits } from '../../../../server/protocol/rename.ts';
import { createRenames, type MadeTable, type RenameAsk } from '../../../../server/runs/graph/rename.ts';

const NOTEBOOK = 'n' as NotebookId;
const paragraph = (id: string, interpreter: string, source: string, name?: string): Paragraph => ({
  id: id as ParagraphId,
  interpreter,
  source,
  options: {},
  ...(name === undefined ? {} : { name }),
});
const FLIGHTS = paragraph('a', 'sql', 'select 1', 'flights');

/** The engine's answer, by words: what it makes of SQL itself is tested with the engine. */
const bySql = ({ source, rename }: UsesAsk): Uses => ({
  reads: [],
  writes: [...source.matchAll(/create table (\w+)/g)].map(([, name]) => ({ kind: 'table', name: name ?? '' })),
  renamed: {
    edits: rename
      ? [...source.matchAll(new RegExp(`\\b${rename.from}\\b`, 'g'))].map(({ index }) => ({
          start: index,
          end: index + rename.from.length,
          text: rename.to,
        }))
      : [],
    doubts: [],
  },
});

function renames(answer: (ask: UsesAsk) => Uses | undefined = bySql) {
  return createRenames({
    async uses(_notebook, interpreter, { asks }) {
      if (interpreter === 'typescript')
        return asks.map(({ source, rename }) => ({
          ...usesOfTypescript(source),
          ...(rename ? { renamed: renamedInTypescript(source, rename) } : {}),
        }));
      const found = asks.map(answer);
      return found.includes(undefined) ? undefined : found.flatMap((one) => one ?? []);
    },
  });
}

const plan = (
  paragraphs: readonly Paragraph[],
  ask: Partial<RenameAsk> = {},
  {
    forms = [],
    made = [],
    answer,
  }: { forms?: readonly Form[]; made?: readonly MadeTable[]; answer?: typeof bySql } = {},
) => renames(answer).plan(NOTEBOOK, { paragraphs, forms }, { from: 'flights', to: 'late', ...ask }, made);

it('changes all that names the result, and nothing else', async () => {
  const found = await plan([
    FLIGHTS,
    paragraph('b', 'sql', 'from flights'),
    paragraph('c', 'typescript', "flights.join(table('flights')); sql('from flights')"),
    paragraph('d', 'shell', 'cat tables/flights.parquet # tables/flights.parquet\necho "# tables/flights.parquet"'),
    paragraph('e', 'markdown', 'flights'),
    paragraph('f', 'sql', 'from planes'),
  ]);
  expect(found.owner).toBe('a');
  expect(
    Object.fromEntries(found.texts.map(({ paragraph: id, source, edits }) => [id, withEdits(source, edits)])),
  ).toEqual({
    b: 'from late',
    c: "late.join(table('late')); sql('from late')",
    d: 'cat tables/late.parquet # tables/flights.parquet\necho "# tables/late.parquet"',
  });
  expect(found.left).toEqual([]);
});

it('finds it in the query of a form’s options', async () => {
  const form: Form = {
    name: 'origin',
    type: 'select',
    default: null,
    options: { query: 'select origin from flights' },
  };
  const { forms } = await plan([FLIGHTS], {}, { forms: [form] });
  expect(forms.map(({ form: name, source, edits }) => [name, withEdits(source, edits)])).toEqual([
    ['origin', 'select origin from late'],
  ]);
});

it('writes the name as its paragraph does, however the caret found it', async () => {
  const found = await plan([FLIGHTS, paragraph('b', 'typescript', 'flights.rows()')], { from: 'FLIGHTS' });
  expect(found.texts).toHaveLength(1);
});

describe('the new name', () => {
  const refused = async (code: string, ...args: Parameters<typeof plan>): Promise<void> => {
    await expect(plan(...args)).rejects.toMatchObject({ code });
  };
  it('has to be one', async () => {
    for (const to of ['', 'two words', '1st', 'a-b', 'x'.repeat(64)]) await refused('name-unfit', [FLIGHTS], { to });
    await plan([FLIGHTS], { to: '항공편' });
  });
  it('has to be free', async () => {
    await refused('name-in-use', [FLIGHTS, paragraph('b', 'sql', '', 'Late')]);
    await refused('name-in-use', [FLIGHTS, paragraph('b', 'sql', 'create table late as from x')]);
    await refused('name-in-use', [FLIGHTS], {}, { made: [{ name: 'late', source: 'session' }] });
    await plan([FLIGHTS], {}, { made: [{ name: 'late', source: 'file' }] });
    // Only letters become larger.
    await plan([FLIGHTS], { to: 'Flights' });
  });
  it('is the paragraph’s that has it by now', async () => {
    const renamed = paragraph('a', 'sql', 'select 1', 'late');
    const found = await plan([renamed, paragraph('b', 'sql', 'from flights')], { paragraph: 'a' as ParagraphId });
    expect(found).toMatchObject({ owner: 'a', texts: [{ paragraph: 'b' }] });
  });
});

describe('a variable of the name', () => {
  const use = paragraph('c', 'typescript', "flights.rows(); table('flights')");
  it('hides the table from what comes after it', async () => {
    const found = await plan([FLIGHTS, paragraph('b', 'typescript', 'const flights = 1'), use]);
    expect(found.texts.map(({ source, edits }) => withEdits(source, edits))).toEqual(["flights.rows(); table('late')"]);
    expect(found.left).toEqual([]);
  });
  it('is what a type speaks of, too', async () => {
    const typed = paragraph('c', 'typescript', 'type F = typeof flights');
    expect((await plan([FLIGHTS, typed])).texts.map(({ source, edits }) => withEdits(source, edits))).toEqual([
      'type F = typeof late',
    ]);
    expect((await plan([FLIGHTS, paragraph('b', 'typescript', 'const flights = 1'), typed])).texts).toEqual([]);
  });
  it('clashes with the new name', async () => {
    const found = await plan([FLIGHTS, paragraph('b', 'typescript', 'const late = 1'), use]);
    expect(found).toMatchObject({ texts: [], left: [{ paragraph: 'c', why: 'clash' }] });
  });
});

it('says of a text that was not read, was not understood, or clashes', async () => {
  const texts = [FLIGHTS, paragraph('b', 'sql', 'from flights')];
  const answering = (renamed: Renamed | undefined) =>
    plan(texts, {}, { answer: () => ({ reads: [], writes: [], ...(renamed ? { renamed } : {}) }) });
  expect((await answering(undefined)).left).toEqual([{ paragraph: 'b', why: 'unread' }]);
  expect((await answering({ edits: [], doubts: [{ start: 5, end: 12 }] })).left).toEqual([
    { paragraph: 'b', why: 'doubt' },
  ]);
  const edits = [{ start: 5, end: 12, text: 'late' }];
  expect(await answering({ edits, doubts: [], clash: { start: 5, end: 12 } })).toMatchObject({
    texts: [],
    left: [{ paragraph: 'b', why: 'clash' }],
  });
});

it('lets a program write the new name in place of the old one, and nothing else', async () => {
  const texts = [FLIGHTS, paragraph('b', 'sql', 'from flights')];
  for (const edit of [
    { start: 5, end: 12, text: 'late; drop table x' },
    { start: 0, end: 12, text: 'late' },
    { start: 0, end: 4, text: 'late' },
    { start: 5, end: 12, text: '"late" "x"' },
    { start: 5, end: 12, text: "table('late'); f('late')" },
  ]) {
    const found = await plan(
      texts,
      {},
      { answer: () => ({ reads: [], writes: [], renamed: { edits: [edit], doubts: [] } }) },
    );
    expect(found).toMatchObject({ texts: [], left: [{ paragraph: 'b', why: 'doubt' }] });
  }
});
