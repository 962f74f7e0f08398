import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| (?!from whom|-)/.test(line))
  .map((line) => {
    const [, who = '', promise = '', mechanism = '', test = ''] = line.split('|').map((cell) => cell.trim());
    return { who, promise, mechanism, test };
  });
const filesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);

describe('docs/security.md', () => {
  it('has a promise against each who may come', () => {
    expect(rows.length).toBeGreaterThan(25);
    const actors = new Set(rows.map(({ who }) => who));
    for (const who of [
      'a stranger on the network',
      'a holder of a link',
      'a reader',
      'a runner',
      'a writer',
      'an owner',
      'a hostile notebook',
      'a hostile web page',
      'code in a paragraph',
    ])
      expect([...actors]).toContain(who);
  });

  it.each(rows)('$promise: a mechanism and a test, which exist', ({ mechanism, test }) => {
    const [mechanisms, tests] = [filesIn(mechanism), filesIn(test)];
    expect(mechanisms.length).toBeGreaterThan(0);
    expect(tests.length).toBeGreaterThan(0);
    for (const path of [...mechanisms, ...tests]) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    for (const path of tests) expect(path).toMatch(/\.test\.tsx?$/);
    for (const path of mechanisms) expect(path).not.toMatch(/^test\//);
  });

  it('says what is not promised, and whom to tell', () => {
    for (const heading of ['## Reporting', '## Not promised']) expect(text).toContain(heading);
    expect(text).toMatch(/sandbox: off.*container/);
  });
});
