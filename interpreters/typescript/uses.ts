/**
 * What a TypeScript paragraph reads and leaves, from its syntax tree alone: variables that it declares or assigns to, free
 * names (a variable of an earlier paragraph, else a table), and the tables that it names in texts, `table('flights')`,
 * `.save('late')`, and in `sql` the words of what is written. A name that is put together while it runs is not seen.
 */
import type { AnyNode } from 'acorn';
import { boundUses, MOST_READ, type Use, type Uses } from '../uses.ts';
import { childrenOf, scopesOf } from './compile/scopes.ts';
import { parseSource } from './compile/syntax.ts';

const NEVER_SURE = 'a program';

export function usesOfTypescript(source: string): Uses {
  if (source.length > MOST_READ) return { reads: [], writes: [], varies: NEVER_SURE };
  try {
    const { program } = parseSource(source);
    const { top, uses } = scopesOf(program);
    const free = uses.filter(({ scope }) => scope === undefined);
    const reads: Use[] = free.map(({ name }) => ({ kind: 'name', name }));
    const writes: Use[] = [...top.names]
      .filter(([, kind]) => kind !== 'import')
      .map(([name]) => ({ kind: 'variable', name }));
    for (const { name, write } of free) if (write) writes.push({ kind: 'variable', name });
    const words: string[] = [];
    for (const statement of program.body) visit(statement, { reads, writes, words });
    return boundUses({ reads, writes, words, varies: NEVER_SURE });
  } catch {
    // It does not run either.
    return { reads: [], writes: [], varies: NEVER_SURE };
  }
}

type Found = { readonly reads: Use[]; readonly writes: Use[]; readonly words: string[] };

function visit(node: AnyNode, found: Found): void {
  switch (node.type) {
    case 'CallExpression': {
      const { callee } = node;
      const text = textOf(node.arguments[0]);
      if (text !== undefined && callee.type === 'Identifier' && callee.name === 'table')
        found.reads.push({ kind: 'table', name: text });
      else if (text !== undefined && callee.type === 'Identifier' && callee.name === 'sql')
        found.words.push(...wordsOf(text));
      else if (
        text !== undefined &&
        callee.type === 'MemberExpression' &&
        callee.property.type === 'Identifier' &&
        callee.property.name === 'save'
      )
        found.writes.push({ kind: 'table', name: text });
      break;
    }
    case 'TaggedTemplateExpression':
      if (node.tag.type === 'Identifier' && node.tag.name === 'sql')
        for (const { value } of node.quasi.quasis) found.words.push(...wordsOf(value.cooked ?? value.raw));
      break;
    case 'Literal':
      if (typeof node.value === 'string') files(node.value, found);
      break;
    case 'TemplateLiteral':
      for (const { value } of node.quasis) files(value.cooked ?? value.raw, found);
      break;
  }
  for (const child of childrenOf(node)) visit(child, found);
}

/** Paths of data files, alone in a text or among its words. */
function files(text: string, { reads }: Found): void {
  for (const [name] of text.matchAll(/(?<![\p{L}\p{N}_/.])(?:data|tables)\/[\p{L}\p{N}_./-]+/gu))
    reads.push({ kind: 'file', name });
}

function textOf(node: AnyNode | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.quasis.length === 1) return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}_][\p{L}\p{N}\p{M}_]*/gu) ?? [];
