/**
 * The interpreters there are. To add one: a folder here, a row in this list, and a test that calls the shared acceptance
 * suite (`docs/interpreters.md`).
 */
export type InterpreterColor = 'blue' | 'green' | 'violet' | 'amber' | 'teal' | 'grey';

/** Where a paragraph's work is done. `main` is a path below `interpreters/`, without its ending. */
export type Program =
  | { readonly kind: 'page' }
  /** Node runs `main`; `packages` are the folders of `node_modules` it needs beside its bundle. */
  | {
      readonly kind: 'node';
      readonly main: string;
      readonly packages: readonly string[];
      readonly flags?: readonly string[];
    }
  /** The process of another interpreter runs it too. */
  | { readonly kind: 'within'; readonly interpreter: string }
  /** `command` of the system runs the file `main`, or `main` is executable itself. */
  | { readonly kind: 'system'; readonly main: string; readonly command?: string };

export type InterpreterEntry = {
  readonly name: string;
  readonly title: string;
  /** Other first words of a fence that mean it; kept as written in files. */
  readonly aliases: readonly string[];
  /** How its text is coloured, named as highlight.js and Monaco name languages. */
  readonly language: string;
  readonly color: InterpreterColor;
  readonly program: Program;
  /** Its code may reach hosts that are granted to the notebook. */
  readonly network?: true;
};

export const interpreters: readonly InterpreterEntry[] = [
  {
    name: 'sql',
    title: 'SQL',
    aliases: [],
    language: 'sql',
    color: 'blue',
    program: { kind: 'node', main: 'sql/main', packages: ['@duckdb', 'detect-libc'] },
  },
  {
    name: 'typescript',
    title: 'TypeScript',
    aliases: ['ts'],
    language: 'typescript',
    color: 'violet',
    program: {
      kind: 'node',
      main: 'typescript/main',
      packages: ['isolated-vm', 'node-gyp-build', 'acorn'],
      flags: ['--no-node-snapshot'],
    },
    network: true,
  },
  {
    name: 'shell',
    title: 'Shell',
    aliases: ['sh', 'bash'],
    language: 'bash',
    color: 'green',
    program: { kind: 'node', main: 'shell/main', packages: [] },
    network: true,
  },
  {
    name: 'vega-lite',
    title: 'Vega-Lite',
    aliases: [],
    language: 'json',
    color: 'teal',
    program: { kind: 'within', interpreter: 'sql' },
  },
  {
    name: 'markdown',
    title: 'Markdown',
    aliases: ['md'],
    language: 'markdown',
    color: 'grey',
    program: { kind: 'page' },
  },
];

/** Programs of a session that no paragraph names. */
export const helpers: Readonly<Record<string, Program>> = {
  xlsx: {
    kind: 'node',
    main: 'xlsx/main',
    packages: ['yauzl', 'pend', 'sax'],
    flags: ['--max-old-space-size=1024'],
  },
};

/** The entry that a name or alias means, in any case. */
export function findInterpreter(
  word: string,
  entries: readonly InterpreterEntry[] = interpreters,
): InterpreterEntry | undefined {
  const folded = word.toLowerCase();
  return entries.find(({ name, aliases }) => name === folded || aliases.includes(folded));
}
