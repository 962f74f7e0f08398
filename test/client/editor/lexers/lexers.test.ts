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

describe('TypeScript', () => {
  it('tells keywords, calls, texts, numbers and comments', () => {
    const text =
      "const late = await table('flights').filter(f => f.delay > 60 && f.of !== 1_000n) // hours\nexport type A = B";
    expect(typed('typescript', text, 'keyword')).toEqual(['const', 'await', 'export', 'type']);
    expect(typed('typescript', text, 'name')).toEqual(['table', 'filter', 'A', 'B']);
    expect(typed('typescript', text, 'string')).toEqual(["'flights'"]);
    expect(typed('typescript', text, 'number')).toEqual(['60', '1_000n']);
    expect(typed('typescript', text, 'comment')).toEqual(['// hours']);
  });

  it('colours the expressions in a template as code, over lines and templates in them', () => {
    const text = 'sql`select ${names.map(n => `"${n}"`).join()}\nfrom t` + 1';
    expect(typed('typescript', text, 'string')).toEqual(['`select ', '`"', '"`', 'from t`']);
    expect(typed('typescript', text, 'number')).toEqual(['1']);
    expect(typed('typescript', '/* a\nconst */ 1', 'comment')).toEqual(['/* a', 'const */']);
  });

  it('takes a slash for a pattern where a value begins, and for a division elsewhere', () => {
    expect(typed('typescript', 'text.replace(/[/\'"]+/g, a / b / c)', 'string')).toEqual(['/[/\'"]+/g']);
    expect(typed('typescript', 'return /x/', 'string')).toEqual(['/x/']);
    expect(typed('typescript', 'a / b', 'string')).toEqual([]);
  });

  it('takes words of the language for names where they are names', () => {
    expect(typed('typescript', "chart.type({ type: 'bar', of: 1, default: 2 }).get()", 'keyword')).toEqual([]);
    expect(typed('typescript', 'let n: number = number + as', 'keyword')).toEqual(['let', 'number']);
  });
});

describe('shell', () => {
  it('tells commands, keywords, variables, texts and comments', () => {
    const text = 'for f in *.csv; do wc -l "$f: ${f}" | sort; done # all';
    expect(typed('shell', text, 'keyword')).toEqual(['for', 'in', 'do', 'done']);
    expect(typed('shell', text, 'name')).toEqual(['wc', 'sort']);
    expect(typed('shell', text, 'number')).toEqual(['$f', '${f}']);
    expect(typed('shell', text, 'comment')).toEqual(['# all']);
    expect(typed('shell', 'DAY=1 make x#y', 'name')).toEqual(['make']);
  });

  it('carries texts and here-documents over lines', () => {
    expect(typed('shell', "echo 'a\nb $c' d", 'string')).toEqual(["'a", "b $c'"]);
    expect(typed('shell', 'cat <<EOF | sort\nhi $USER\nEOF\nls', 'string')).toEqual(['<<EOF', 'hi ', 'EOF']);
    expect(typed('shell', "cat <<'X'\nhi $USER\nX\nls", 'number')).toEqual([]);
    expect(typed('shell', "cat <<'X'\nhi $USER\nX\nls", 'name')).toEqual(['cat', 'ls']);
  });
});

describe('JSON', () => {
  it('tells names from values', () => {
    const text = '{"mark": "bar", "width": -1.5e3, "tooltip": true}';
    expect(typed('json', text, 'name')).toEqual(['"mark"', '"width"', '"tooltip"']);
    expect(typed('json', text, 'string')).toEqual(['"bar"']);
    expect(typed('json', text, 'number')).toEqual(['-1.5e3']);
    expect(typed('json', text, 'keyword')).toEqual(['true']);
  });
});

describe('colouring', () => {
  const code = fc.string({ unit: fc.constantFrom(...'ab<&>"\'`$*#[]()\n -/;{}\\가👍1'), maxLength: 60 });

  it.each(['sql', 'markdown', 'typescript', 'bash', 'vega-lite', 'nonsense', 'constructor', '__proto__'])(
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
      'shell',
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
