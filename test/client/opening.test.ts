/** What the page begins with: all that `client/main.tsx` imports before anything is asked for. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const IMPORT = /^(?:import|export)\s+(?:(?<what>[^'";]*?)\s+from\s+)?'(?<from>[^']+)';/gm;

/** Types are gone once it is built. */
const isOfTypes = (what: string): boolean =>
  /^type\b/.test(what) ||
  (/^\{[^}]*\}$/.test(what) &&
    what
      .slice(1, -1)
      .split(',')
      .every((name) => name.trim() === '' || /^type\s/.test(name.trim())));

function opening(): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const read = (file: string): void => {
    const name = relative(root, file);
    if (files.has(name) || !existsSync(file)) return;
    files.add(name);
    if (!/\.tsx?$/.test(file)) return;
    for (const { groups } of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const from = groups?.from ?? '';
      if (isOfTypes(groups?.what ?? '')) continue;
      if (from.startsWith('.')) read(join(dirname(file), from));
      else packages.add(from);
    }
  };
  read(join(root, 'client/main.tsx'));
  return { files: [...files].sort(), packages: [...packages].sort() };
}

const { files, packages } = opening();

it('begins with these packages and no other', () => {
  expect(packages).toEqual([
    '@uwdata/flechette',
    'fractional-indexing',
    'highlight.js/lib/core',
    'lib0/decoding',
    'lib0/encoding',
    'markdown-it',
    'solid-js',
    'solid-js/web',
    'y-protocols/awareness',
    'yjs',
  ]);
});

it('begins with the words of a notebook and no other', () => {
  expect(files.filter((file) => file.startsWith('client/words/'))).toEqual([
    'client/words/account.ts',
    'client/words/en.ts',
    'client/words/forms.ts',
    'client/words/numbers.ts',
    'client/words/outputs.ts',
  ]);
});

it('fetches what few visits need when it is asked for', () => {
  expect(files).toContain('client/notebook/NotebookView.tsx');
  const fetched = /^client\/(home|palette|published|report|rename|share|trash|versions|embed|land|depends)\//;
  expect(files.filter((file) => fetched.test(file))).toEqual([]);
  expect(files).not.toContain('client/outputs/chart/chart.css');
});
