import { expect, it } from 'vitest';
import { schemaOf } from '../../../../client/editor/schema.ts';
import { toldAt } from '../../../../client/editor/sql/hover.ts';
import type { Completion, SessionTable } from '../../../../server/protocol/messages.ts';

const flights: SessionTable = {
  name: 'flights',
  source: 'named',
  rows: 3_000_000,
  columns: [{ name: 'delay', type: 'INTEGER' }],
};
const file: SessionTable = { name: 'data/x.csv', source: 'file', columns: [{ name: 'n', type: 'BIGINT' }] };
const item = (kind: Completion['kind'], label: string, detail?: string): Completion => ({
  ...{ kind, label, insert: label, start: 0 },
  ...(detail === undefined ? {} : { detail }),
});

/** Asked at `|`; completion offers what stands behind the dot of an alias, else columns and tables. */
const hover = (marked: string) =>
  toldAt(marked.replace('|', ''), marked.indexOf('|'), {
    tables: async () => [flights, file],
    complete: async (text, offset) => {
      const before = text.slice(0, offset);
      if (/\bf\.$/.test(before)) return [item('column', 'delay', 'INTEGER')];
      if (before.endsWith('.')) return [];
      return [item('column', 'delay', 'INTEGER · flights'), item('column', '지연', 'DATE'), item('table', 'flights')];
    },
  });

it('tells a table, a column, and what an alias stands for', async () => {
  expect(await hover('select delay from fli|ghts f')).toMatchObject({
    kind: 'table',
    table: flights,
    start: 18,
    end: 25,
  });
  expect(await hover('select "FLI|GHTS".x')).toMatchObject({ kind: 'table', name: 'flights' });
  expect(await hover("from 'data/|x.csv'")).toMatchObject({ kind: 'table', table: file });
  expect(await hover('select f.del|ay')).toMatchObject({
    kind: 'column',
    detail: 'INTEGER · flights',
    start: 9,
    end: 14,
  });
  expect(await hover('select 😀, 지|연')).toMatchObject({ kind: 'column', name: '지연', start: 11, end: 13 });
  expect(await hover('select * from flights |f')).toMatchObject({
    kind: 'table',
    name: 'f',
    table: { columns: [{ name: 'delay' }] },
  });
});

it('says nothing of words, functions, comments and empty places', async () => {
  for (const text of ['sel|ect 1', 'select ma|x(1)', '-- fli|ghts', 'select 1 |', '|', "'flights|'"]) {
    const told = await hover(text);
    if (text !== "'flights|'") expect([text, told]).toEqual([text, undefined]);
  }
});

it('writes a schema that no name can break out of', () => {
  expect(schemaOf(flights)).toBe('3,000,000 rows · 1 column\n\n```\ndelay  INTEGER\n```');
  const wild = schemaOf({ columns: [{ name: '```\n[x](command:run)', type: 'STRUCT(`a` INTEGER)' }] });
  expect(wild.split('\n').slice(2)).toEqual(['````', '``` [x](command:run)  STRUCT(`a` INTEGER)', '````']);
  expect(schemaOf({ columns: [] })).toBe('Its columns are known once it was read.');
  expect(schemaOf({ columns: flights.columns }, 50)).toContain('… and 49 more');
});
