import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  deleteParagraph,
  insertParagraph,
  moveParagraph,
  readParagraphs,
  setName,
  setTitle,
  sourceOf,
  titleOf,
} from '../../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import {
  applyFileChange,
  fillDocument,
  isReadFailure,
  notebookOf,
  readNotebook,
} from '../../../../server/storage/format/apply.ts';
import { type KnownBase, printNotebook } from '../../../../server/storage/format/print.ts';
import { languages } from './generate.ts';

const id = (name: string) => name as ParagraphId;
const deletion = { by: 'file', at: 1 };

class Notebook {
  readonly doc = new Y.Doc();
  base: KnownBase;
  #made = 0;
  readonly #makeId = () => {
    this.#made += 1;
    return id(`made${this.#made}`);
  };

  constructor(text: string) {
    const base = readNotebook(text, languages, this.#makeId);
    if (isReadFailure(base)) throw new Error(base.message);
    this.base = base;
    fillDocument(this.doc, base);
  }

  /** The file changed; how many transactions that took. */
  outside(text: string): number {
    let updates = 0;
    const count = () => {
      updates += 1;
    };
    this.doc.on('update', count);
    const next = applyFileChange(this.doc, { base: this.base, text, languages, makeId: this.#makeId, deletion });
    this.doc.off('update', count);
    if (isReadFailure(next)) throw new Error(next.message);
    this.base = next;
    return updates;
  }

  replace(old: string, now: string): number {
    return this.outside(this.base.text.replace(old, now));
  }

  get brief(): string {
    return readParagraphs(this.doc)
      .paragraphs.map((one) => `${one.id}:${one.source}`)
      .join(' | ');
  }

  get file(): string {
    this.base = printNotebook(notebookOf(this.doc, 'file name.nb.md'), languages, this.base);
    return this.base.text;
  }
}

const code = (name: string, source: string) => `\`\`\`sql id=${name}\n${source}\n\`\`\`\n`;
const START = `${code('a', 'select 1')}\nProse here.\n\n${code('b', 'select 2')}\n${code('c', 'select 3')}`;

describe('an outside change', () => {
  it('is one transaction, and none where nothing changed for the document', () => {
    const notebook = new Notebook(START);
    expect(notebook.outside(START.replace('select 1', 'select 9').replace('Prose', 'Other prose'))).toBe(1);
    expect(notebook.outside(`${notebook.base.text}\n\n`)).toBe(0);
  });

  it('edits only the characters that changed, so that carets stay', () => {
    const notebook = new Notebook(START);
    const text = sourceOf(notebook.doc, 'a')!;
    const caret = Y.createRelativePositionFromTypeIndex(text, 8);
    notebook.replace('select 1', 'select distinct 1');
    expect(Y.createAbsolutePositionFromRelativePosition(caret, notebook.doc)?.index).toBe(17);
  });

  it('finds paragraphs by id, however much they changed', () => {
    const notebook = new Notebook(START);
    notebook.replace('select 1', 'something else altogether');
    expect(notebook.brief).toBe('a:something else altogether | made1:Prose here. | b:select 2 | c:select 3');
  });

  it('moves by position only', () => {
    const notebook = new Notebook(START);
    notebook.outside(`${code('c', 'select 3')}\n${code('a', 'select 1')}\nProse here.\n\n${code('b', 'select 2')}`);
    expect(notebook.brief).toBe('c:select 3 | a:select 1 | made1:Prose here. | b:select 2');
    expect(readParagraphs(notebook.doc).deleted).toEqual([]);
  });

  it('finds paragraphs without ids by equal content, also moved, and by likeness between the same neighbours', () => {
    const bare = (...sources: string[]) => sources.map((source) => `\`\`\`sql\n${source}\n\`\`\`\n`).join('\n');
    const notebook = new Notebook(bare('select a from x', 'select b from y', 'select c from z'));
    notebook.outside(bare('select c from z', 'select a from x', 'select b, d from y'));
    expect(notebook.brief).toBe('made3:select c from z | made1:select a from x | made2:select b, d from y');
    notebook.outside(bare('select c from z', 'update t set v = 5', 'select a from x', 'select b, d from y'));
    expect(notebook.brief).toBe(
      'made3:select c from z | made4:update t set v = 5 | made1:select a from x | made2:select b, d from y',
    );
  });

  it('keeps prose that was rewritten at its place', () => {
    const notebook = new Notebook(START);
    notebook.replace('Prose here.', 'Now for something completely different');
    expect(notebook.brief).toContain('made1:Now for something completely different');
  });

  it('inserts, deletes, renames, and changes options and interpreter', () => {
    const notebook = new Notebook(START);
    notebook.outside(
      '```ts id=a name=first limit=5\nselect 1\n```\n\n```sql id=new\nselect 0\n```\n\n```sql id=c\nselect 3\n```\n<!-- gondola {"chart":{"x":1}} -->\n',
    );
    const [a, fresh, c] = readParagraphs(notebook.doc).paragraphs;
    expect(a).toMatchObject({ id: 'a', interpreter: 'typescript', name: 'first', options: { limit: 5 } });
    expect(fresh).toMatchObject({ id: 'new', source: 'select 0' });
    expect(c).toMatchObject({ id: 'c', options: { chart: { x: 1 } } });
    expect(readParagraphs(notebook.doc).deleted.map((one) => [one.id, one.deleted])).toEqual([
      ['made1', deletion],
      ['b', deletion],
    ]);
    notebook.outside(START);
    expect(
      readParagraphs(notebook.doc).paragraphs.map((one) => [one.id, one.interpreter, one.name, one.options]),
    ).toEqual([
      ['a', 'sql', undefined, {}],
      [expect.any(String), 'markdown', undefined, {}],
      ['b', 'sql', undefined, {}],
      ['c', 'sql', undefined, {}],
    ]);
  });

  it('brings a deleted paragraph back as itself', () => {
    const notebook = new Notebook(START);
    notebook.outside(START.replace(code('b', 'select 2'), ''));
    expect(notebook.brief).not.toContain('b:');
    notebook.outside(START.replace('select 2', 'select 22'));
    expect(notebook.brief).toBe('a:select 1 | made1:Prose here. | b:select 22 | c:select 3');
  });

  it('gives a repeated id to the first, and the second gets its own', () => {
    const notebook = new Notebook(START);
    notebook.outside(`${START}\n${code('a', 'select 1')}`);
    expect(notebook.brief).toBe('a:select 1 | made1:Prose here. | b:select 2 | c:select 3 | made2:select 1');
    sourceOf(notebook.doc, 'c')!.insert(0, '--\n');
    expect(notebook.file).toBe(`${START.replace('select 3', '--\nselect 3')}\n${code('made2', 'select 1')}`);
  });

  it('follows a file that gives a paragraph an id of its own, with what was typed meanwhile', () => {
    const notebook = new Notebook('```sql\nselect 1\n```\n');
    sourceOf(notebook.doc, 'made1')!.insert(8, ' + 1');
    notebook.outside('```sql id=theirs\nselect 1\n```\n');
    expect(notebook.brief).toBe('theirs:select 1 + 1');
  });

  it('splits and joins prose where markers and fences come and go', () => {
    const notebook = new Notebook('One\n\nTwo\n');
    notebook.outside('One\n\n```sql id=x\nselect 1\n```\n\nTwo\n');
    expect(notebook.brief).toBe('made1:One | x:select 1 | made2:Two');
    notebook.outside('One\n\nTwo\n');
    expect(notebook.brief).toBe('made1:One⏎⏎Two'.replaceAll('⏎', '\n'));
  });
});

describe('both sides’ edits', () => {
  it('stay, in one text and beside it', () => {
    const notebook = new Notebook(START);
    sourceOf(notebook.doc, 'a')!.insert(8, ' as one');
    insertParagraph(notebook.doc, { id: id('mine'), interpreter: 'sql', source: 'select 5', options: {} }, id('a'));
    moveParagraph(notebook.doc, id('c'), undefined);
    notebook.outside(
      START.replace('select 1', 'select distinct 1').replace(
        '```sql id=b',
        `${code('theirs', 'select 4')}\n\`\`\`sql id=b`,
      ),
    );
    expect(notebook.brief).toBe(
      'c:select 3 | a:select distinct 1 as one | mine:select 5 | made1:Prose here. | theirs:select 4 | b:select 2',
    );
  });

  it('beat a deletion by the other side', () => {
    const notebook = new Notebook(START);
    sourceOf(notebook.doc, 'b')!.insert(0, '-- typed\n');
    deleteParagraph(notebook.doc, id('c'), { by: 'me', at: 0 });
    notebook.outside(START.replace(code('b', 'select 2'), '').replace('select 3', 'select 33'));
    expect(notebook.brief).toBe('a:select 1 | made1:Prose here. | b:-- typed\nselect 2 | c:select 33');
  });

  it('do not undo each other’s deletions', () => {
    const notebook = new Notebook(START);
    deleteParagraph(notebook.doc, id('c'), { by: 'me', at: 0 });
    notebook.replace('select 1', 'select 11');
    expect(notebook.brief).toBe('a:select 11 | made1:Prose here. | b:select 2');
  });

  it('of names and options stay where only one side made them', () => {
    const notebook = new Notebook(START);
    setName(notebook.doc, id('a'), 'mine');
    notebook.outside(START.replace('id=a', 'id=a limit=5').replace('id=b', 'id=b name=theirs'));
    const [a, , b] = readParagraphs(notebook.doc).paragraphs;
    expect(a).toMatchObject({ name: 'mine', options: { limit: 5 } });
    expect(b).toMatchObject({ name: 'theirs' });
    expect(notebook.file).toContain('```sql id=a limit=5 name=mine\n');
  });

  it('are found once each, whatever was typed, moved and made where', () => {
    const markdown = readFileSync(join(import.meta.dirname, '../../../fixtures/markdown/own-fences.md'), 'utf8');
    const lines = markdown.split('\n');
    const live = fc.record({
      what: fc.constantFrom('type', 'type', 'move', 'insert', 'delete'),
      at: fc.nat(),
      place: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(live, { maxLength: 6 }),
        fc.array(fc.nat(lines.length), { maxLength: 5 }),
        (edits, inserts) => {
          const notebook = new Notebook(markdown);
          const { doc } = notebook;
          const typed: string[] = [];
          const gone = new Set<string>();
          edits.forEach(({ what, at, place }, index) => {
            const { paragraphs } = readParagraphs(doc);
            const one = paragraphs[at % paragraphs.length]!;
            const other = paragraphs[place % paragraphs.length]!;
            const word = `MINE${index}END`;
            if (what === 'move') moveParagraph(doc, one.id, other.id);
            else if (what === 'delete') {
              deleteParagraph(doc, one.id, { by: 'me', at: 0 });
              for (const mark of typed) if (one.source.includes(mark)) gone.add(mark);
            } else {
              typed.push(word);
              if (what === 'type') sourceOf(doc, one.id)!.insert(place % 2 === 0 ? 0 : one.source.length, ` ${word} `);
              else
                insertParagraph(doc, { id: id(`live${index}`), interpreter: 'sql', source: word, options: {} }, one.id);
            }
          });
          const changed = [...lines];
          inserts.forEach((at, index) => {
            changed.splice(at, 0, `THEIRS${index}END`);
          });
          notebook.outside(changed.join('\n'));
          const all = readParagraphs(doc)
            .paragraphs.map(({ source }) => source)
            .join('\n');
          const found = (word: string) => all.split(word).length - 1;
          for (const word of typed) if (!gone.has(word)) expect([word, found(word)]).toEqual([word, 1]);
          inserts.forEach((_, index) => {
            expect(found(`THEIRS${index}END`)).toBe(1);
          });
          expect(notebook.file).toContain('```');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the title', () => {
  it('edited changes the front matter only, and of that one value', () => {
    const front = '---\n# kept\nlayout:   post\ntitle: "Old"   # why\ntags: [ a,b ]\n---\n';
    const notebook = new Notebook(`${front}\n# Heading\n`);
    expect(titleOf(notebook.doc)).toBe('Old');
    setTitle(notebook.doc, 'New: "title"');
    expect(notebook.file).toBe(`${front.replace('"Old"', `'New: "title"'`)}\n# Heading\n`);
  });

  it('is not written where heading or file name say it already', () => {
    const notebook = new Notebook('# Heading\n');
    setTitle(notebook.doc, 'Heading');
    expect(notebook.file).toBe('# Heading\n');
    setTitle(notebook.doc, '매출 보고');
    expect(notebook.file).toBe('---\ntitle: 매출 보고\n---\n\n# Heading\n');
    const plain = new Notebook('Text\n');
    setTitle(plain.doc, 'file name');
    expect(plain.file).toBe('Text\n');
  });

  it('is found again by every YAML', () => {
    for (const title of [
      'yes',
      '2024',
      '- x',
      '# x',
      'a: b',
      "it's",
      '"q"',
      'null',
      '{a}',
      'multi\nline',
      '😀',
      '\u0007',
      '---',
      'x'.repeat(300),
    ]) {
      const notebook = new Notebook('---\na: 1\n---\nText\n');
      setTitle(notebook.doc, title);
      expect(new Notebook(notebook.file).base.parsed.title).toBe(title);
    }
  });

  it('changed outside changes the document', () => {
    const notebook = new Notebook('---\ntitle: Old\n---\n# H\n');
    notebook.replace('Old', 'New');
    expect(titleOf(notebook.doc)).toBe('New');
    notebook.outside('# H\n');
    expect(titleOf(notebook.doc)).toBeUndefined();
    expect(notebook.file).toBe('# H\n');
  });
});

describe('ten thousand paragraphs', () => {
  it('open, change from both sides and print in a few seconds', () => {
    let text = '';
    for (let index = 0; index < 5_000; index += 1) text += `Prose ${index}\n\n\`\`\`sql\nselect ${index}\n\`\`\`\n\n`;
    const began = performance.now();
    const notebook = new Notebook(text);
    sourceOf(notebook.doc, notebook.base.ids[5_001]!)!.insert(0, '-- mine\n');
    const blocks = text.split('\n\n');
    const moved = [...blocks.slice(3_000), ...blocks.slice(0, 3_000)].flatMap((block, index) =>
      index % 3 === 0 && block !== '' ? [`\`\`\`sql\nselect 'new ${index}'\n\`\`\``, block] : [block],
    );
    notebook.outside(moved.join('\n\n'));
    expect(notebook.file).toContain('-- mine\nselect');
    expect(readParagraphs(notebook.doc).paragraphs.length).toBeGreaterThan(12_000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
