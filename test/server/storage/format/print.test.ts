import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { sortedJson } from '../../../../server/protocol/json.ts';
import { effectiveTitle } from '../../../../server/protocol/title.ts';
import { checkFront } from '../../../../server/storage/format/front.ts';
import { contentOf } from '../../../../server/storage/format/paragraph.ts';
import { isFailure, parseNotebook } from '../../../../server/storage/format/parse.ts';
import { knowBase, printNotebook } from '../../../../server/storage/format/print.ts';
import { file, languages, notebook, paragraphs } from './generate.ts';

function parse(text: string) {
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) throw new Error(`line ${parsed.line}: ${parsed.message}`);
  return parsed;
}

const plain = ({ interpreter, source, name, options }: Parameters<typeof contentOf>[0]) => ({
  interpreter,
  source,
  name: name || undefined,
  options: sortedJson(options),
});

describe('any document', () => {
  it('comes back out of its file as it went in', () => {
    fc.assert(
      fc.property(notebook, (doc) => {
        const printed = printNotebook(doc, languages);
        const parsed = parse(printed.text);
        expect(parsed.blocks.map((block) => plain({ ...block, id: '' as ParagraphId }))).toEqual(
          doc.paragraphs.map((paragraph) => plain({ ...contentOf(paragraph, languages), id: paragraph.id })),
        );
        const titleBefore = effectiveTitle(
          doc.title?.toWellFormed().trim() || checkFront(doc.front ?? '')?.title,
          doc.paragraphs,
          doc.path,
        );
        expect(effectiveTitle(parsed.title, parsed.blocks, doc.path).trim()).toBe(titleBefore.trim());
        expect(printNotebook(doc, languages, printed)).toBe(printed);
      }),
      { numRuns: 1_500 },
    );
  });

  it('printed on top of any base comes back too', () => {
    fc.assert(
      fc.property(file, paragraphs, fc.infiniteStream(fc.nat(9)), (text, others, picks) => {
        const parsed = parseNotebook(text, languages);
        fc.pre(!isFailure(parsed));
        const ids = parsed.blocks.map((block, index) => block.id ?? (`b${index}` as ParagraphId));
        const base = knowBase({ text, ids, languages })!;
        const own = parsed.blocks.map((block, index) => ({ ...block, id: ids[index]! }));
        const mixed = [...own, ...others].flatMap((paragraph) => {
          const pick = picks.next().value ?? 0;
          if (pick === 0) return [];
          return [pick === 1 ? { ...paragraph, source: `${paragraph.source}!` } : paragraph];
        });
        if ((picks.next().value ?? 0) < 4) mixed.reverse();
        const printed = printNotebook({ paragraphs: mixed, path: 'x.nb.md' }, languages, base);
        expect(parse(printed.text).blocks.map((block) => plain({ ...block, id: '' as ParagraphId }))).toEqual(
          mixed.map((paragraph) => plain({ ...contentOf(paragraph, languages), id: paragraph.id })),
        );
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('any text', () => {
  it('belongs, byte for byte, to head, blocks and blank lines', () => {
    fc.assert(
      fc.property(file, (text) => {
        const parsed = parseNotebook(text, languages);
        fc.pre(!isFailure(parsed));
        let at = parsed.head;
        for (const block of parsed.blocks) {
          expect(text.slice(at, block.start)).toMatch(/^[ \t\r\n]*$/);
          expect(block.end).toBeGreaterThan(block.start);
          at = block.end;
        }
        expect(text.slice(at)).toMatch(/^[ \t\r\n]*$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is written back unchanged while its document is', () => {
    fc.assert(
      fc.property(file, (text) => {
        const parsed = parseNotebook(text, languages);
        fc.pre(!isFailure(parsed));
        const ids = parsed.blocks.map((block, index) => block.id ?? (`b${index}` as ParagraphId));
        const base = knowBase({ text, ids, languages })!;
        const same = parsed.blocks.map((block, index) => ({ ...block, id: ids[index]! }));
        const front = parsed.front === undefined ? {} : { front: parsed.front };
        expect(printNotebook({ paragraphs: same, path: 'x.nb.md', ...front }, languages, base)).toBe(base);
      }),
      { numRuns: 1_000 },
    );
  });
});
