import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
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

const folder = join(import.meta.dirname, '../../../fixtures/markdown');
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

let made = 0;
const makeId = (): ParagraphId => {
  made += 1;
  return `made${made}` as ParagraphId;
};

function read(text: string): KnownBase {
  const base = readNotebook(text, languages, makeId);
  if (isReadFailure(base)) throw new Error(`line ${base.line}: ${base.message}`);
  return base;
}

function documentOf(base: KnownBase): Y.Doc {
  const doc = new Y.Doc();
  fillDocument(doc, base);
  return doc;
}

const variants: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with CR', (text) => text.replaceAll('\n', '\r')],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
  ['with mixed line ends', (text) => text.replaceAll('\n\n', '\r\n\n')],
  ['without a final newline', (text) => text.trimEnd()],
];

/** How many lines differ, counted from both ends. */
function changedLines(before: string, after: string): number {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return Math.max(a.length, b.length) - head - tail;
}

describe.each(corpus)('%s', (_, original) => {
  it.each(variants)('%s: opening writes nothing', (_, vary) => {
    const base = read(vary(original));
    expect(printNotebook(notebookOf(documentOf(base), 'x.nb.md'), languages, base).text).toBe(vary(original));
  });

  it.each(variants)('%s: an edit of one paragraph leaves the bytes of all others, but for ids', (_, vary) => {
    const text = vary(original);
    const base = read(text);
    base.ids.forEach((id, index) => {
      const block = base.parsed.blocks[index]!;
      const { paragraphs, ...rest } = notebookOf(documentOf(base), 'x.nb.md');
      const edited = paragraphs.map((one) => (one.id === id ? { ...one, source: `${one.source} edited` } : one));
      const printed = printNotebook({ ...rest, paragraphs: edited }, languages, base);
      const [before, after] = [text.slice(0, block.start), text.slice(block.end)];
      const withoutIds = printed.text
        .replace(/ id=made\d+/g, '')
        .replace(/<!-- paragraph(?: blank-\w+=\d+| fenced=true)+ -->\s/g, '');
      expect(withoutIds.startsWith(before.replace(/ id=made\d+/g, ''))).toBe(true);
      // A fence or comment left open at the end of a file is closed when something else is printed.
      if (printed.parsed.blocks[index]!.source === `${block.source} edited`)
        expect(withoutIds.endsWith(after)).toBe(true);
    });
  });

  it('changed anywhere in the file, the document says what the file says, with few edits', () => {
    const lines = original.split('\n');
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.nat(lines.length),
            remove: fc.nat(3),
            insert: fc.array(
              fc.constantFrom(
                'new text',
                '',
                '```sql',
                '```',
                'select 1',
                '- item',
                '  ```',
                '<!-- paragraph -->',
                ...lines,
              ),
              { maxLength: 3 },
            ),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        (edits) => {
          const changed = [...lines];
          for (const { at, remove, insert } of edits) changed.splice(at, remove, ...insert);
          const text = changed.join('\n');
          const base = read(original);
          const doc = documentOf(base);
          const deletion = { by: 'file', at: 0 };
          const next = applyFileChange(doc, { base, text, languages, makeId, deletion });
          if (isReadFailure(next)) return;
          const now = notebookOf(doc, 'x.nb.md');
          expect(now.paragraphs.map(({ id }) => id)).toEqual(next.ids);
          const printed = printNotebook(now, languages, next);
          expect(printed.text).toBe(text);
          if (changedLines(original, text) === 0) expect(next.ids).toEqual(base.ids);
        },
      ),
      { numRuns: 30 },
    );
  });
});

it('is a corpus of varied size', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(15);
});
