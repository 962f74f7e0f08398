/**
 * Forms where an author wrote them, `${day=2015-01-01}`: found in SQL and in prose, with their places. One grammar for the
 * page, the server and the engine, so that what a notebook declares is what is bound. Pure.
 *
 *   ${name}  ${name=default}  ${name=default,a|b(Label)}  ${type:name(Label)=default,options}
 *
 * In SQL one counts in code and inside '…'; comments, "names", dollar quotes and blobs are left alone. In prose it counts
 * outside code spans, fences and behind no backslash. It stands on one line; `\` before `, | ( ) } \` takes its meaning away.
 */
export type Placeholder = {
  /** Of `${…}`, in UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** The word before the colon. */
  readonly type?: string;
  readonly label?: string;
  readonly default?: string;
  readonly choices?: readonly { readonly value: string; readonly label?: string }[];
  /** In SQL: in code, or in a text in quotes (`escaped`: E'…') that begins and ends there. */
  readonly inside: { readonly kind: 'code' } | Quoted;
};

export type Quoted = {
  readonly kind: 'text';
  readonly escaped: boolean;
  readonly start: number;
  readonly end: number;
};

/** Longer ones are text: a placeholder is read by people. */
const LONGEST = 10_000;

const BODY = /^(?:([a-z][a-z-]*)(?:\([^()]*\))?:)?([A-Za-z_][A-Za-z0-9_]*)(?:\(((?:[^()\\]|\\.)*)\))?(?:=(.*))?$/s;
const TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const WORD = /[\p{L}\p{N}_]/u;
const CODE = { kind: 'code' } as const;

export function placeholdersIn(sql: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  let at = 0;
  while (at < sql.length) {
    const char = sql[at];
    if (char === '$') {
      const one = placeholderAt(sql, at, CODE);
      if (one) found.push(one);
      at = one?.end ?? afterDollar(sql, at);
    } else if (char === "'") {
      const text = quotedAt(sql, at);
      if (!isBlob(sql, at)) found.push(...inText(sql, text));
      at = text.end;
    } else at = afterOther(sql, at);
  }
  return found;
}

/** Behind a comment, a quoted name, or the one character that stands here. */
function afterOther(sql: string, at: number): number {
  const pair = sql.slice(at, at + 2);
  if (pair === '--') return orEnd(sql, sql.indexOf('\n', at));
  if (pair === '/*') return afterComment(sql, at);
  if (pair[0] === '"') return orEnd(sql, sql.indexOf('"', at + 1), 1);
  return at + 1;
}

const orEnd = (text: string, at: number, length = 0): number => (at === -1 ? text.length : at + length);

function afterDollar(sql: string, at: number): number {
  TAG.lastIndex = at;
  // `a$b$c` is one word.
  const tag = at > 0 && WORD.test(sql[at - 1] ?? '') ? undefined : TAG.exec(sql)?.[0];
  return tag ? orEnd(sql, sql.indexOf(tag, at + tag.length), tag.length) : at + 1;
}

/** Comments nest. */
function afterComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    const pair = sql.slice(at, at + 2);
    if (pair !== '/*' && pair !== '*/') continue;
    depth += pair === '/*' ? 1 : -1;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}

const prefixed = (sql: string, at: number, letters: string): boolean =>
  letters.includes(sql[at - 1] ?? ' ') && !(at > 1 && WORD.test(sql[at - 2] ?? ''));
const isBlob = (sql: string, at: number): boolean => prefixed(sql, at, 'xX');

function quotedAt(sql: string, start: number): Quoted {
  const escaped = prefixed(sql, start, 'eE');
  let at = start + 1;
  while (at < sql.length) {
    if (escaped && sql[at] === '\\') at += 2;
    else if (sql[at] !== "'") at += 1;
    else if (sql[at + 1] === "'") at += 2;
    else return { kind: 'text', escaped, start: start - (escaped ? 1 : 0), end: at + 1 };
  }
  return { kind: 'text', escaped, start: start - (escaped ? 1 : 0), end: sql.length };
}

function inText(sql: string, text: Quoted): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const last = text.end - 1;
  for (let at = text.start; at < last; at += 1) {
    if (text.escaped && sql[at] === '\\') at += 1;
    else if (sql[at] === '$') {
      const one = placeholderAt(sql, at, text);
      if (!one || one.end > last) continue;
      found.push(one);
      at = one.end - 1;
    }
  }
  return found;
}

function placeholderAt(text: string, start: number, inside: Placeholder['inside']): Placeholder | undefined {
  if (text[start + 1] !== '{') return undefined;
  const close = closing(text, start + 2);
  if (close === undefined) return undefined;
  const written = text.slice(start + 2, close);
  const body = BODY.exec(inside.kind === 'text' ? written.replaceAll("''", "'") : written);
  const [, type, name, label, rest] = body ?? [];
  if (name === undefined) return undefined;
  const [value, ...choices] = rest === undefined ? [] : split(rest, ',');
  return {
    start,
    end: close + 1,
    name,
    inside,
    ...(type === undefined ? {} : { type }),
    ...(label === undefined ? {} : { label: plain(label) }),
    ...(value === undefined ? {} : { default: plain(value) }),
    // A comma in an option needs no backslash: the first one ends the default.
    ...(choices.length === 0 ? {} : { choices: split(choices.join(','), '|').map(choiceOf) }),
  };
}

function closing(text: string, from: number): number | undefined {
  for (let at = from; at < text.length && at - from < LONGEST; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '}') return at;
    else if (char === '\n' || char === '{') return undefined;
  }
  return undefined;
}

/** At marks that no backslash precedes. */
function split(text: string, mark: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === mark) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function choiceOf(written: string): { readonly value: string; readonly label?: string } {
  const [, value, label] = /^((?:[^()\\]|\\.)*)\(((?:[^()\\]|\\.)*)\)$/s.exec(written) ?? [];
  return value === undefined || label === undefined
    ? { value: plain(written) }
    : { value: plain(value), label: plain(label) };
}

const plain = (text: string): string => text.replaceAll(/\\([,|(){}\\])/g, '$1');

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

export function placeholdersInProse(markdown: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  let fence: string | undefined;
  for (let at = 0; at < markdown.length; ) {
    const end = orEnd(markdown, markdown.indexOf('\n', at), 1);
    const line = markdown.slice(at, end);
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else {
      at = inProse(markdown, at, end, found);
      continue;
    }
    at = end;
  }
  return found;
}

/** One line; a code span may take more. Returns where to go on. */
function inProse(markdown: string, from: number, end: number, found: Placeholder[]): number {
  let at = from;
  while (at < end) {
    const char = markdown[at];
    if (char === '\\') at += 2;
    else if (char === '`') {
      const ticks = /`+/y;
      ticks.lastIndex = at;
      const mark = ticks.exec(markdown)?.[0] ?? '`';
      at = afterSpan(markdown, at + mark.length, mark);
    } else {
      const one = char === '$' ? placeholderAt(markdown, at, CODE) : undefined;
      if (one) found.push(one);
      at = one?.end ?? at + 1;
    }
  }
  return Math.max(at, end);
}

/** Behind a code span that ends in its paragraph; else behind its mark alone. */
function afterSpan(markdown: string, from: number, mark: string): number {
  const paragraph = orEnd(markdown, markdown.slice(from).search(/\n[ \t]*\n/) + 1 || -1, from);
  for (const { 0: ticks, index } of markdown.slice(from, paragraph).matchAll(/`+/g)) {
    if (ticks.length === mark.length) return from + index + ticks.length;
  }
  return from;
}
