import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each room may import, first match wins; paths from the root. A folder may always import its own files. */
const rules: readonly { readonly from: RegExp; readonly to: RegExp }[] = [
  { from: /^interpreters\/arrow\//, to: /^interpreters\/arrow\// },
  { from: /^interpreters\/[^/]+\.ts$/, to: /^interpreters\/[^/]+\.ts$/ },
  { from: /^interpreters\/sql\//, to: /^interpreters\/([^/]+\.ts$|arrow\/|sql\/)/ },
  { from: /^interpreters\/typescript\//, to: /^interpreters\/([^/]+\.ts$|arrow\/|typescript\/)/ },
  { from: /^interpreters\//, to: /^interpreters\/([^/]+\.ts$|arrow\/)/ },
  // What a notebook declares in place is what the engine binds: one grammar.
  { from: /^server\/protocol\/forms\//, to: /^(server\/protocol\/|interpreters\/placeholders\.ts$)/ },
  { from: /^server\/protocol\//, to: /^server\/protocol\// },
  { from: /^server\/storage\//, to: /^server\/(protocol|storage)\// },
  {
    from: /^server\/rooms\//,
    to: /^server\/(errors\.ts|protocol\/|storage\/|rooms\/|access\/|workspace\/contract\.ts)/,
  },
  { from: /^server\/workspace\//, to: /^server\/(errors\.ts|protocol\/|storage\/|workspace\/)/ },
  {
    from: /^server\/sessions\//,
    to: /^(server\/(errors\.ts|protocol\/|storage\/disk\/remove\.ts|sessions\/)|interpreters\/[^/]+\.ts$)/,
  },
  {
    from: /^server\/results\//,
    to: /^(server\/(errors\.ts|protocol\/|storage\/|results\/|sessions\/contract\.ts)|interpreters\/arrow\/|interpreters\/[^/]+\.ts$)/,
  },
  {
    from: /^server\/runs\//,
    to: /^(server\/(errors\.ts|protocol\/|storage\/|runs\/|sessions\/contract\.ts|results\/contract\.ts)|interpreters\/[^/]+\.ts$)/,
  },
  { from: /^server\/access\//, to: /^server\/(errors\.ts|protocol\/|storage\/|access\/)/ },
  {
    from: /^server\/visitors\//,
    to: /^(server\/(errors\.ts|words\.ts|config\.ts|protocol\/|storage\/|access\/|runs\/|visitors\/|(rooms|results|sessions|workspace)\/contract\.ts|rooms\/clock\.ts|sessions\/folders\.ts)|interpreters\/[^/]+\.ts$)/,
  },
  {
    from: /^server\/network\//,
    to: /^(server\/(protocol\/|network\/|sessions\/network\.ts)|interpreters\/[^/]+\.ts$)/,
  },
  { from: /^server\/tls\//, to: /^server\/protocol\// },
  { from: /^server\/metrics\//, to: /^$/ },
  { from: /^server\//, to: /^(server\/|interpreters\/[^/]+\.ts$)/ },
  { from: /^client\/build\//, to: /^client\/build\// },
  // What a column's values are when they are read: one parser of the engine's names of types.
  {
    from: /^client\/editor\/typescript\/tables\.ts$/,
    to: /^(client\/(?!build\/)|server\/protocol\/|interpreters\/typescript\/library\/types\.ts$)/,
  },
  // A layout is kept only if the engine reads the same tokens.
  {
    from: /^client\/editor\/format\/sql\.ts$/,
    to: /^(client\/(?!build\/)|server\/protocol\/|interpreters\/(placeholders|sql\/lexer)\.ts$)/,
  },
  { from: /^client\//, to: /^(client\/(?!build\/)|server\/protocol\/)/ },
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:from\s*)?['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g;

function sources(): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  for (const folder of ['client', 'server', 'interpreters']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|tsx)$/.test(entry)) continue;
      const file = join(folder, entry);
      const text = readFileSync(join(root, file), 'utf8').replace(/import\s*\{[^}]*\}/g, (list) =>
        list.replace(/\n/g, ' '),
      );
      const found = [...text.matchAll(IMPORT)].map((match) =>
        relative(root, resolve(root, dirname(file), match[1] ?? match[2]!)),
      );
      imports.set(
        file,
        found.filter((path) => /\.(ts|tsx)$/.test(path)),
      );
    }
  }
  return imports;
}

const imports = sources();

describe('layers', () => {
  it('reads imports at all', () => {
    expect(imports.get('server/protocol/runs.ts')).toContain('server/protocol/outputs.ts');
  });

  it('point downhill', () => {
    const wrong: string[] = [];
    for (const [file, targets] of imports) {
      const rule = rules.find(({ from }) => from.test(file));
      for (const target of targets) {
        if (dirname(target) === dirname(file) || !rule || rule.to.test(target)) continue;
        wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('let nothing but the development server import main.ts', () => {
    const wrong = [...imports].filter(([, targets]) => targets.includes('server/main.ts')).map(([file]) => file);
    expect(wrong).toEqual(['server/dev.ts']);
  });

  it('have no cycles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of imports.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
