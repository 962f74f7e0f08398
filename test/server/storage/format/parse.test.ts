import { describe, expect, it } from 'vitest';
import { isFailure, parseNotebook } from '../../../../server/storage/format/parse.ts';
import { languages } from './generate.ts';

function blocks(text: string) {
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) throw new Error(`line ${parsed.line}: ${parsed.message}`);
  return parsed.blocks.map(({ interpreter, source, id, name, options }) => ({
    interpreter,
    source,
    ...(id ? { id } : {}),
    ...(name ? { name } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }));
}

/** `sql:select 1 | markdown:text` */
const brief = (text: string): string =>
  blocks(text)
    .map(({ interpreter, source }) => `${interpreter}:${source.replaceAll('\n', '⏎')}`)
    .join(' | ');

describe('a code paragraph', () => {
  it('is a top-level fence whose first word is an interpreter, in any case, or its alias', () => {
    expect(brief('```sql\nselect 1\n```')).toBe('sql:select 1');
    expect(brief('``` SQL x\nselect 1\n```')).toBe('sql:select 1');
    expect(brief('~~~~ts\n1\n~~~\n~~~~~')).toBe('typescript:1⏎~~~');
    expect(brief('```bash\nls\n```\n```sh\nls\n```')).toBe('shell:ls | shell:ls');
    expect(brief('  ```sql\n  a\n    b\n  ```')).toBe('sql:a⏎  b');
    expect(brief('```sql\n```')).toBe('sql:');
    expect(brief('```sql name="a | b"\n|---|---|\n```')).toBe('sql:|---|---|');
    expect(brief('```sql\n\n\n```')).toBe('sql:⏎');
  });

  it('carries id, name and options; a bare value reads as JSON where it is a number or a word of JSON', () => {
    expect(
      blocks('```sql id=k3f9 name=delays connection=local limit=10 on=true off=null zip=007 v=1.0 t="a b" n="10"\n```'),
    ).toEqual([
      {
        interpreter: 'sql',
        source: '',
        id: 'k3f9',
        name: 'delays',
        options: { connection: 'local', limit: 10, on: true, off: null, zip: '007', v: '1.0', t: 'a b', n: '10' },
      },
    ]);
  });

  it('leaves words of other tools alone', () => {
    expect(blocks('```sql {1,3} showLineNumbers limit=1 limit=2 a="x\n```')).toEqual([
      { interpreter: 'sql', source: '', options: { limit: 1 } },
    ]);
  });

  it('takes longer options from the comment behind it', () => {
    const text = '```sql a=1\nx\n```\n\n<!-- gondola {"chart":{"k":"a-\\u002db"},"a":2} -->\nText';
    expect(blocks(text)).toEqual([
      { interpreter: 'sql', source: 'x', options: { chart: { k: 'a--b' }, a: 1 } },
      { interpreter: 'markdown', source: 'Text' },
    ]);
  });

  it('that is never closed goes on to the end', () => {
    expect(brief('text\n\n```sql\nselect 1\n\nmore')).toBe('markdown:text | sql:select 1⏎⏎more');
  });

  it('with an id that is none, or that an earlier one has, has none', () => {
    expect(blocks('```sql id=k3f9\n```\n```sql id=k3f9\n```\n```sql id=Ä\n```').map(({ id }) => id)).toEqual([
      'k3f9',
      undefined,
      undefined,
    ]);
  });
});

describe('prose', () => {
  it('is all else, one paragraph between two fences, without the blank lines around it', () => {
    expect(brief('\n\n# A\n\n\ntext  \n \n```sql\n1\n```\n\n  indented\n')).toBe(
      'markdown:# A⏎⏎⏎text   | sql:1 | markdown:  indented',
    );
  });

  it('holds fences of other languages, in lists, quotes, comments, HTML and indented code', () => {
    for (const text of [
      '```python\nx\n```',
      '```\nx\n```',
      '- item\n\n  ```sql\n  x\n  ```',
      '1. item\n   ```sql\n   x\n   ```',
      '> ```sql\n> x\n> ```',
      '    ```sql\n    x\n    ```',
      '<!--\n```sql\nx\n```\n-->',
      '<div>\n```sql\nx\n```\n</div>',
      '<pre>\n\n```sql\nx\n```\n\n</pre>',
      '````md\n```sql\nx\n```\n````',
      '```markdown\n# shown\n```',
      '```sql`x\ntext',
    ]) {
      expect(blocks(text)).toEqual([{ interpreter: 'markdown', source: text }]);
    }
  });

  it('ends where a fence stands at the top level, blank line or not', () => {
    expect(brief('- item\n```sql\nx\n```\nafter')).toBe('markdown:- item | sql:x | markdown:after');
    expect(brief('> quote\n```sql\nx\n```')).toBe('markdown:> quote | sql:x');
    expect(brief('text <!--\n\n```sql\nx\n```')).toBe('markdown:text <!-- | sql:x');
  });

  it('shows a fence of an interpreter that has run=never, which only the file says', () => {
    expect(brief('```sql run=never\nx\n```')).toBe('markdown:```sql⏎x⏎```');
    expect(brief('```sql run=never id=a\nx\n```')).toBe('markdown:```sql run=never id=a⏎x⏎```');
  });

  it('is split by markers, which carry id and options', () => {
    const text =
      'One\n<!-- paragraph id=k3f9 view=wide -->\nTwo\n\n<!-- paragraph -->\n\n<!-- paragraph id=m2 -->\nThree\n<!-- gondola {"a":[1]} -->\n';
    expect(blocks(text)).toEqual([
      { interpreter: 'markdown', source: 'One' },
      { interpreter: 'markdown', source: 'Two', id: 'k3f9', options: { view: 'wide' } },
      { interpreter: 'markdown', source: '' },
      { interpreter: 'markdown', source: 'Three', id: 'm2', options: { a: [1] } },
    ]);
  });

  it('may say of itself that it begins or ends with blank lines, or that a fence holds it word for word', () => {
    expect(blocks('<!-- paragraph blank-before=1 blank-after=2 -->\ntext')[0]?.source).toBe('\ntext\n\n');
    expect(
      blocks('<!-- paragraph fenced=true -->\n```markdown\n<!-- open\n```\n```sql\n```').map(({ source }) => source),
    ).toEqual(['<!-- open', '']);
  });

  it('is no marker inside fences, comments and lists, nor with anything before it', () => {
    expect(brief('```\n<!-- paragraph id=a -->\n```')).toBe('markdown:```⏎<!-- paragraph id=a -->⏎```');
    expect(brief('- x\n\n  <!-- paragraph id=a -->')).toBe('markdown:- x⏎⏎  <!-- paragraph id=a -->');
    expect(brief(' <!-- paragraph id=a -->')).toBe('markdown: <!-- paragraph id=a -->');
  });
});

describe('a file', () => {
  it('may have a byte order mark, any line ends, and none at its end', () => {
    expect(brief('\uFEFF# A\r\n\r\n```sql\r\na\r\nb\r\n```')).toBe('markdown:# A | sql:a⏎b');
    expect(brief('# A\r\r```sql\ra\r```\r')).toBe('markdown:# A | sql:a');
    expect(brief('\uFEFF---\r\ntitle: x\r\n---\r\n```sql\na\r\n```')).toBe('sql:a');
    expect(brief('')).toBe('');
    expect(brief('\uFEFF')).toBe('');
    expect(brief(' \n\t\n')).toBe('');
  });

  it('has front matter where YAML stands between fences at its start', () => {
    const front = (text: string) => {
      const parsed = parseNotebook(text, languages);
      return isFailure(parsed) ? parsed : [parsed.front, parsed.title, parsed.blocks.length];
    };
    expect(front('---\ntitle: "A: b"\n# note\nx: [1]\n---\ntext')).toEqual([
      'title: "A: b"\n# note\nx: [1]',
      'A: b',
      1,
    ]);
    expect(front('---  \ntitle: 2024\n...\n')).toEqual(['title: 2024', '2024', 0]);
    expect(front('---\n---\ntext')).toEqual(['', undefined, 1]);
    expect(front('---\njust prose\n---\ntext')).toEqual([undefined, undefined, 1]);
    expect(front('---\nnever closed')).toEqual([undefined, undefined, 1]);
    expect(front('\n---\ntitle: x\n---\n')).toEqual([undefined, undefined, 1]);
  });

  it('fails with line and reason on front matter and options that are broken', () => {
    expect(parseNotebook('---\na: 1\nb: [\n---\n', languages)).toEqual({
      line: 3,
      message: expect.stringContaining('not YAML'),
    });
    // One line number: that of the file, not also that of the front matter.
    expect(parseNotebook('---\na: 1\nb: c: d\n---\n', languages)).toEqual({
      line: 3,
      message: expect.not.stringMatching(/line \d/),
    });
    expect(parseNotebook('x\n\n```sql\n```\n<!-- gondola {"a":} -->', languages)).toEqual({
      line: 5,
      message: expect.stringContaining('not JSON'),
    });
  });

  it('of ten thousand paragraphs, or of one with ten megabytes, parses fast', () => {
    let text = '';
    for (let index = 0; index < 5_000; index += 1)
      text += `Prose ${index}\n\n\`\`\`sql id=a${index}\nselect ${index}\n\`\`\`\n\n`;
    const began = performance.now();
    expect(blocks(text)).toHaveLength(10_000);
    expect(performance.now() - began).toBeLessThan(10_000);
    const big = `\`\`\`sql\n${'select a\n'.repeat(1_100_000)}\`\`\`\n`;
    const then = performance.now();
    expect(blocks(big)).toHaveLength(1);
    expect(performance.now() - then).toBeLessThan(10_000);
  });
});
