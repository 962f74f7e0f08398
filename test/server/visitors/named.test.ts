import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Principal } from '../../../server/access/principal.ts';
import type { ParagraphId, PersonId, RequestId, ResultId, TokenId } from '../../../server/protocol/ids.ts';
import { keyIn, recordsOf } from '../../../server/protocol/keys.ts';
import type { NamedResult } from '../../../server/sessions/contract.ts';
import { bringNamed, forgetNamed } from '../../../server/visitors/named.ts';
import { newWorld, notebook, sql } from '../runs/support.ts';
import { visitorsOf } from './support.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-named-'));
  for (const name of ['results', 'own']) mkdirSync(at(name));
  for (const name of ['a', 'b']) writeFileSync(at('results', `${name}.duckdb`), name);
  writeFileSync(at('own', 'c.duckdb'), 'c');
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, path: string): NamedResult => ({
  name,
  result: name as ResultId,
  source: { kind: 'file', path },
});
const small: NamedResult = {
  name: 's',
  result: 's' as ResultId,
  source: { kind: 'block', read: async () => new Uint8Array() },
};

it('files of named results, and of no other, are linked in; what was made here stays where it is', async () => {
  const tables = [file('a', at('results', 'a.duckdb')), small, file('c', at('own', 'c.duckdb'))];
  for (let time = 0; time < 2; time += 1) {
    const brought = await bringNamed(tables, at('named'), at('own'));
    expect(brought).toEqual([file('a', at('named', 'a.duckdb')), small, tables[2]]);
    expect(readdirSync(at('named'))).toEqual(['a.duckdb']);
    expect(readFileSync(at('named', 'a.duckdb'), 'utf8')).toBe('a');
  }
});

it('a result that went meanwhile is no table, and what is named no more goes', async () => {
  const first = await bringNamed([file('a', at('results', 'a.duckdb'))], at('named'), at('own'));
  rmSync(at('results', 'a.duckdb'));
  expect(readFileSync(at('named', 'a.duckdb'), 'utf8')).toBe('a');
  const next = await bringNamed(
    [file('gone', at('results', 'gone.duckdb')), file('b', at('results', 'b.duckdb'))],
    at('named'),
    at('own'),
  );
  expect([first.length, next.map(({ name }) => name)]).toEqual([1, ['b']]);
  await forgetNamed(next, at('named'));
  expect(readdirSync(at('named'))).toEqual(['b.duckdb']);
  expect(existsSync(at('results', 'b.duckdb'))).toBe(true);
});

it('a link that is there already is used', async () => {
  mkdirSync(at('named'));
  linkSync(at('results', 'a.duckdb'), at('named', 'a.duckdb'));
  const brought = await bringNamed([file('a', at('results', 'a.duckdb'))], at('named'), at('own'));
  expect(brought).toHaveLength(1);
});

it('what went to keep the budget is let go of by sessions that had it', async () => {
  const world = newWorld([sql('a', 'select 1', 'one')]);
  const visitors = visitorsOf(world, {}, folder);
  const ada: Principal = { kind: 'token', token: 'ada' as TokenId };
  const runs = await visitors.open(notebook, ada);
  const by = { id: 'ada' as PersonId, name: 'Ada' };
  const asked = await runs.ask({ request: 'r' as RequestId, by, paragraphs: ['a' as ParagraphId] });
  const named = at(recordsOf(keyIn(asked.runs[0]!.id)!), 'named');
  mkdirSync(named, { recursive: true });
  for (const result of ['gone', 'kept']) linkSync(at('results', 'a.duckdb'), join(named, `${result}.duckdb`));
  world.results.over = ['gone' as ResultId];
  world.runs.enforceBudget();
  await expect.poll(() => readdirSync(named), { timeout: 20_000 }).toEqual(['kept.duckdb']);
  await visitors.close();
});
