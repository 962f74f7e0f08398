/**
 * Lexers colour one line at a time and carry a state to the next. The same lexer colours the static text, the plain
 * field and Monaco: focusing a paragraph changes no colour.
 */
export type TokenType = 'keyword' | 'string' | 'number' | 'name' | 'comment' | 'heading' | 'strong' | 'plain';
export type Token = { readonly start: number; readonly type: TokenType };
export type Line<State> = { readonly tokens: readonly Token[]; readonly state: State };

export type Lexer<State extends string> = {
  readonly start: State;
  line(text: string, state: State): Line<State>;
};

/** Adds a token, joining neighbours of one type. */
export function push(tokens: Token[], start: number, type: TokenType): void {
  if (tokens.at(-1)?.type !== type) tokens.push({ start, type });
}
