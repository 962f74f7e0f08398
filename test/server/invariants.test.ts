/** Each invariant of the stores has tests that carry its number, and `docs/durability.md` names them all. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** `invariant file` of each test that carries one. */
function carriers(): ReadonlySet<string> {
  const folder = join(root, 'test');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  return new Set(
    files.flatMap((name) => {
      const titles = readFileSync(join(folder, name), 'utf8').matchAll(/\(invariant (\d)\)/g);
      return [...titles].map(([, number]) => `${number} test/${name}`);
    }),
  );
}

/** The same, as the document's table has it: `| 3 | … | `test/…`, `test/…` |`. */
function documented(): ReadonlySet<string> {
  const rows = readFileSync(join(root, 'docs', 'durability.md'), 'utf8').matchAll(/^\| (\d) \|.*\|(.*)\|$/gm);
  return new Set(
    [...rows].flatMap(([, number, files]) => [...files!.matchAll(/`([^`]+)`/g)].map(([, file]) => `${number} ${file}`)),
  );
}

describe('the invariants', () => {
  it('each have a test that carries the number', () => {
    const found = new Set([...carriers()].map((one) => Number(one[0])));
    expect([...found].sort()).toEqual(ALL);
  });

  it('are documented with the files of their tests, and no others', () => {
    expect([...documented()].sort()).toEqual([...carriers()].sort());
  });
});
