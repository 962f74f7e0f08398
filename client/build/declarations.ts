/**
 * What the compiler in the page knows before anybody writes: the language's own declarations, without the browser's, and
 * those of what every TypeScript paragraph sees. Read when the page is built.
 */
import { readFileSync } from 'node:fs';
import { libFileMap } from 'monaco-editor/languages/features/typescript/lib/lib';

/** Files that declare what a paragraph sees, from the package's root. */
const GLOBALS = ['interpreters/typescript/api.d.ts', 'client/editor/typescript/globals.d.ts'];
const FIRST = ['lib.esnext.d.ts', 'lib.decorators.d.ts', 'lib.decorators.legacy.d.ts'];

export type Declarations = {
  readonly language: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, string>>;
};

export function readDeclarations(root: URL): Declarations {
  return {
    language: languageFrom(FIRST, libFileMap),
    globals: Object.fromEntries(
      GLOBALS.map((path) => [path.replaceAll('/', '-'), readFileSync(new URL(path, root), 'utf8')]),
    ),
  };
}

/** These files and all that they name. */
export function languageFrom(
  first: readonly string[],
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const taken = new Map<string, string>();
  const waiting = [...first];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const text = files[name];
    if (taken.has(name)) continue;
    if (text === undefined) throw new Error(`The compiler has no ${name}`);
    taken.set(name, text);
    for (const [, lib] of text.matchAll(/\/\/\/\s*<reference lib="([^"]+)"/g)) waiting.push(`lib.${lib}.d.ts`);
  }
  return Object.fromEntries(taken);
}
