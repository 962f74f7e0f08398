import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bring, colour, languageOf, lexers } from '../../../../client/editor/colour.ts';
import type { TokenType } from '../../../../client/editor/lexers/lexer.ts';

function tokens(language: string, text: string): [string, TokenType][] {
  const lexer = lexers[language]!;
  let state = lexer.start;
  return text.split('\n').flatMap((line) => {
    const read = lexer.line(line, state);
    state = read.state;
    return read.tokens.map(({ start, type }, index): [string, TokenType] => [
      line.slice(start, read.tokens[index + 1]?.start ?? line.length),
      type,
    ]);
  });
}
const typed = (language: string, text: string, type: TokenType) =>
  tokens(language, text)
    .filter((token) => token[1] === type)
    .map(([piece]) => piece);

/** What is left when the tags are taken away and the escapes undone. */
const shown = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');

describe('SQL', () => {
  it('tells keywords, functions, texts, numbers and comments', () => {
    const text = "select avg(delay), 'it''s', 1.5e3 from t -- all\nwhere a >= $day and b = ${x=1}";
    expect(typed('sql', text, 'keyword')).toEqual(['select', 'from', 'where', 'and']);
    expect(typed('sql', text, 'name')).toEqual(['avg']);
    expect(typed('sql', text, 'string')).toEqual(["'it''s'"]);
    expect(typed('sql', text, 'number')).toEqual(['1.5e3', '$day', '${x=1}']);
    expect(typed('sql', text, 'comment')).toEqual(['-- all']);
  });

  it('carries texts, comments and dollar quotes over lines', () => {
    expect(typed('sql', "select 'a\nb' from t", 'string')).toEqual(["'a", "b'"]);
    expect(typed('sql', 'select /* a\nselect */ 1', 'comment')).toEqual(['/* a', 'select */']);
    expect(typed('sql', "$x$ it's\nselect $x$ from t", 'string')).toEqual(["$x$ it's", 'select $x$']);
  });

  it('takes a quoted name for a name, whatever it says', () => {
    expect(typed('sql', 'select "from" from t', 'keyword')).toEqual(['select', 'from']);
  });

  it('takes type names for columns unless they stand where a type stands', () => {
    expect(typed('sql', "select date, hour(date), x::date, cast(y as date), date '2001-01-01'", 'keyword')).toEqual([
      'select',
      'date',
      'cast',
      'as',
      'date',
      'date',
    ]);
  });
});

describe('Markdown', () => {
  it('tells headings, strong words, code, math and links', () => {
    expect(typed('markdown', '# A heading\ntext **strong** `code` $x^2$ [a](b)', 'heading')).toEqual(['# A heading']);
    expect(typed('markdown', 'text **strong** `code` $x^2$ [a](b)', 'strong')).toEqual(['**strong**']);
    expect(typed('markdown', 'text **strong** `code` $x^2$ [a](b)', 'string')).toEqual(['`code`']);
    expect(typed('markdown', 'text **strong** `code` $x^2$ [a](b)', 'number')).toEqual(['$x^2$']);
    expect(typed('markdown', 'text **strong** `code` $x^2$ [a](b)', 'name')).toEqual(['[a](b)']);
  });

  it('leaves what stands in a fence alone until the same fence closes', () => {
    expect(typed('markdown', '````\n# no heading\n```\n````\n# heading', 'heading')).toEqual(['# heading']);
  });
});

describe('colouring', () => {
  const code = fc.string({ unit: fc.constantFrom(...'ab<&>"\'`$*#[]()\n -/;{}\\가👍1'), maxLength: 60 });

  it.each(['sql', 'markdown', 'typescript', 'bash', 'json', 'nonsense', 'constructor', '__proto__'])(
    'of %s changes no character and makes spans only',
    (language) => {
      fc.assert(
        fc.property(code, (text) => {
          const html = colour(text, language);
          expect(shown(html)).toBe(text);
          expect(html.replace(/<span class="[\w -]+">|<\/span>/g, '')).not.toMatch(/[<>]/);
        }),
      );
    },
  );

  it('knows the names people write', () => {
    expect(['ts', 'sh', 'SQL', 'py', 'js'].map(languageOf)).toEqual([
      'typescript',
      'bash',
      'sql',
      'python',
      'typescript',
    ]);
  });

  it('brings Python when it is wanted', async () => {
    expect(colour('def f(): pass', 'python')).toBe('def f(): pass');
    expect(await bring('py')).toBe(true);
    expect(await bring('py')).toBe(false);
    expect(colour('def f(): pass', 'python')).toContain('hljs-keyword');
  });

  it('does not try a text so long that typing would be felt', () => {
    const long = 'select 1;\n'.repeat(20_000);
    expect(colour(long, 'sql')).toBe(long);
  });
});
