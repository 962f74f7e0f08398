/** What a statement did, judged by its words: for the text shown in place of a table, and for what has to be put right. */
import { nameOf, type Statement, type Token, wordOf } from './lexer.ts';

export type Effect =
  | { readonly kind: 'begins' }
  | { readonly kind: 'ends' }
  /** The search path may be another. */
  | { readonly kind: 'path' }
  /** Tables or views may have come or gone. */
  | { readonly kind: 'catalog' }
  | { readonly kind: 'none' };

export function effectOf({ tokens }: Statement): Effect {
  const first = wordOf(tokens[0]);
  const second = wordOf(tokens[1]);
  switch (first) {
    case 'begin':
    case 'start':
      return { kind: 'begins' };
    case 'commit':
    case 'rollback':
    case 'abort':
    case 'end':
      return { kind: 'ends' };
    case 'use':
      return { kind: 'path' };
    case 'set':
    case 'reset':
      return /^(search_path|schema|session|local|global)$/.test(second) ? { kind: 'path' } : { kind: 'none' };
    case 'create':
    case 'drop':
    case 'alter':
    case 'attach':
    case 'detach':
      return { kind: 'catalog' };
    default:
      return { kind: 'none' };
  }
}

/** "3 rows inserted." for a statement without a table; empty where there is nothing worth saying. */
export function summaryOf({ tokens }: Statement, changed: number | undefined): string {
  const words = tokens.slice(0, 6).map(wordOf);
  const rows = changed === undefined ? '' : `${changed.toLocaleString('en-US')} ${changed === 1 ? 'row' : 'rows'}`;
  switch (words[0]) {
    case 'insert':
      return `${rows} inserted.`;
    case 'update':
      return `${rows} updated.`;
    case 'delete':
    case 'truncate':
      return `${rows} deleted.`;
    case 'merge':
      return `${rows} merged.`;
    case 'copy':
      return rows === '' ? 'Copied.' : `${rows} copied.`;
    case 'create':
      return `Created ${objectOf(tokens)}${rows === '' ? '' : ` with ${rows}`}.`;
    case 'drop':
      return `Dropped ${objectOf(tokens)}.`;
    case 'alter':
      return `Altered ${objectOf(tokens)}.`;
    case 'with':
      return rows === '' ? '' : `${rows} changed.`;
    default:
      return '';
  }
}

const OBJECTS = new Set([
  'table',
  'view',
  'schema',
  'type',
  'macro',
  'function',
  'sequence',
  'index',
  'database',
  'secret',
]);
const FILLERS = new Set(['if', 'not', 'exists']);

function objectOf(tokens: Statement['tokens']): string {
  const target = targetOf(tokens);
  return target ? `${target.kind} ${target.parts.map(nameOf).join('.')}`.trim() : 'it';
}

/** What a CREATE, DROP, ALTER or DETACH names: what it is, and its name's parts. */
export function targetOf(
  tokens: Statement['tokens'],
): { readonly kind: string; readonly parts: readonly Token[] } | undefined {
  const at = tokens.findIndex((token) => OBJECTS.has(wordOf(token)));
  if (at === -1) return undefined;
  let index = at + 1;
  while (FILLERS.has(wordOf(tokens[index]))) index += 1;
  const parts: Token[] = [];
  for (; index < tokens.length; index += 2) {
    parts.push(tokens[index]!);
    if (tokens[index + 1]?.text !== '.') break;
  }
  return { kind: wordOf(tokens[at]), parts };
}
