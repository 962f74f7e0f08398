/** Monaco's languages: ours by the lexers that colour the static text, others by Monaco's own definitions, on use. */
import { type IDisposable, languages } from 'monaco-editor/editor';
import { languageOf, lexers, namesOf } from './colour.ts';
import type { Lexer } from './lexers/lexer.ts';

const PAIRS = [
  { open: '(', close: ')' },
  { open: '[', close: ']' },
  { open: '{', close: '}' },
  { open: "'", close: "'" },
  { open: '"', close: '"' },
  { open: '`', close: '`' },
];

const SQL: languages.LanguageConfiguration = {
  comments: { lineComment: '--', blockComment: ['/*', '*/'] },
  brackets: [
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
  ],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: PAIRS,
};

const TYPESCRIPT: languages.LanguageConfiguration = {
  comments: { lineComment: '//', blockComment: ['/*', '*/'] },
  brackets: SQL.brackets ?? [],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
    { open: '`', close: '`', notIn: ['string', 'comment'] },
    { open: '/**', close: ' */', notIn: ['string'] },
  ],
  surroundingPairs: PAIRS,
  indentationRules: { increaseIndentPattern: /^.*[{[(][^)\]}]*$/, decreaseIndentPattern: /^\s*[}\])].*$/ },
  onEnterRules: [
    {
      beforeText: /^\s*\/\*\*(?!\/)([^*]|\*(?!\/))*$/,
      action: { indentAction: languages.IndentAction.None, appendText: ' * ' },
    },
    {
      beforeText: /^\s*\*([ ]([^*]|\*(?!\/))*)?$/,
      action: { indentAction: languages.IndentAction.None, appendText: '* ' },
    },
  ],
};

const SHELL: languages.LanguageConfiguration = {
  comments: { lineComment: '#' },
  brackets: SQL.brackets ?? [],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: PAIRS,
  indentationRules: {
    increaseIndentPattern: /^.*(?:[{(]|\b(?:then|do|else))\s*$/,
    decreaseIndentPattern: /^\s*(?:[})]|(?:fi|done|else|elif|esac)\b)/,
  },
};

const JSON_TEXT: languages.LanguageConfiguration = {
  brackets: [
    ['[', ']'],
    ['{', '}'],
  ],
  autoClosingPairs: [
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: '"', close: '"', notIn: ['string'] },
  ],
  indentationRules: { increaseIndentPattern: /^.*[{[][^}\]]*$/, decreaseIndentPattern: /^\s*[}\]]/ },
};

const MARKDOWN: languages.LanguageConfiguration = {
  comments: { blockComment: ['<!--', '-->'] },
  surroundingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '`', close: '`' },
    { open: '*', close: '*' },
    { open: '_', close: '_' },
    { open: '$', close: '$' },
  ],
};

/** Returns the release. */
export function registerLanguages(): () => void {
  const held: IDisposable[] = [];
  for (const [id, lexer] of Object.entries(lexers)) {
    languages.register({ id, aliases: [id, ...namesOf(id)] });
    held.push(languages.setTokensProvider(id, tokensOf(lexer)));
  }
  const ways = { sql: SQL, typescript: TYPESCRIPT, shell: SHELL, json: JSON_TEXT, markdown: MARKDOWN };
  for (const [id, way] of Object.entries(ways)) held.push(languages.setLanguageConfiguration(id, way));
  return () => {
    for (const each of held) each.dispose();
  };
}

/** Monaco's name of the language, which is ready when this resolves. */
export async function bringLanguage(interpreter: string): Promise<string> {
  const language = languageOf(interpreter);
  if (Object.hasOwn(lexers, language)) return language;
  switch (language) {
    case 'python':
      await import('monaco-editor/languages/definitions/python/register');
      return 'python';
    default:
      return 'plaintext';
  }
}

class State implements languages.IState {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  clone(): State {
    return this;
  }
  equals(other: languages.IState): boolean {
    return other instanceof State && other.name === this.name;
  }
}

function tokensOf(lexer: Lexer<string>): languages.TokensProvider {
  return {
    getInitialState: () => new State(lexer.start),
    tokenize: (line, state) => {
      const { tokens, state: next } = lexer.line(line, state instanceof State ? state.name : lexer.start);
      return {
        tokens: tokens.map(({ start, type }) => ({ startIndex: start, scopes: type === 'plain' ? '' : type })),
        endState: new State(next),
      };
    },
  };
}
