/**
 * Colours of static text as HTML. Languages with a lexer of ours use it, so that Monaco shows the same; others come
 * from highlight.js. Both escape, and write classes only.
 */
import hljs from 'highlight.js/lib/core';
import { json } from './lexers/json.ts';
import type { Lexer } from './lexers/lexer.ts';
import { markdown } from './lexers/markdown.ts';
import { shell } from './lexers/shell.ts';
import { sql } from './lexers/sql.ts';
import { typescript } from './lexers/typescript.ts';

/** Past this a paragraph is shown plain: colouring would be felt while typing. */
export const MOST_COLOURED = 100_000;

export const lexers: Readonly<Record<string, Lexer<string>>> = { sql, markdown, typescript, shell, json };

/** The names people write on fences. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['ts', 'typescript'],
  ['js', 'typescript'],
  ['javascript', 'typescript'],
  ['tsx', 'typescript'],
  ['sh', 'shell'],
  ['bash', 'shell'],
  ['zsh', 'shell'],
  ['vega-lite', 'json'],
  ['md', 'markdown'],
  ['duckdb', 'sql'],
  ['py', 'python'],
]);

export function languageOf(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** Other names of a language. */
export const namesOf = (language: string): string[] =>
  [...ALIASES].flatMap(([name, means]) => (means === language ? [name] : []));

/** Brings a language that few need; true if it can now be coloured and could not before. */
export async function bring(name: string): Promise<boolean> {
  if (languageOf(name) !== 'python' || hljs.getLanguage('python')) return false;
  hljs.registerLanguage('python', (await import('highlight.js/lib/languages/python')).default);
  return true;
}

export function colour(text: string, name: string): string {
  const language = languageOf(name);
  if (text.length > MOST_COLOURED) return escapeHtml(text);
  const lexer = Object.hasOwn(lexers, language) ? lexers[language] : undefined;
  if (lexer) return lexed(text, lexer);
  if (hljs.listLanguages().includes(language)) return hljs.highlight(text, { language, ignoreIllegals: true }).value;
  return escapeHtml(text);
}

function lexed(text: string, lexer: Lexer<string>): string {
  let state = lexer.start;
  return text
    .split('\n')
    .map((line) => {
      const { tokens, state: next } = lexer.line(line, state);
      state = next;
      let html = '';
      for (let index = 0; index < tokens.length; index += 1) {
        const { start, type } = tokens[index]!;
        const piece = escapeHtml(line.slice(start, tokens[index + 1]?.start ?? line.length));
        html += type === 'plain' ? piece : `<span class="code-${type}">${piece}</span>`;
      }
      return html;
    })
    .join('\n');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
