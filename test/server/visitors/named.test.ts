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
import type { ResultId } from '../../../server/protocol/ids.ts';
import type { NamedResult } from '../../../server/sessions/contract.ts';
import { bringNamed, forgetNamed } from '../../../server/visitors/named.ts';

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
