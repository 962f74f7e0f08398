import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retitled } from '../../../client/home/retitle.ts';
import { findFront } from '../../../server/storage/format/front.ts';
import { splitLines } from '../../../server/storage/format/lines.ts';

test('a file without front matter gets one', () => {
  expect(retitled('# Old\n', 'New')).toBe('---\ntitle: "New"\n---\n\n# Old\n');
  expect(retitled('---\n\nA rule, no front matter\n\n---\n', 'New')).toMatch(
    /^---\ntitle: "New"\n---\n\n---\n\nA rule/,
  );
  expect(retitled('', 'New')).toBe('---\ntitle: "New"\n---\n');
});

test('front matter keeps all but its title', () => {
  expect(retitled('---\n# mine\nauthor: ada\ntitle: >\n  Old\n  and long\ntags: [a]\n---\n\ntext', 'N: "x"')).toBe(
    '---\n# mine\nauthor: ada\ntitle: "N: \\"x\\""\ntags: [a]\n---\n\ntext',
  );
  expect(retitled('\uFEFF---\r\ntags: [a]\r\n---\r\ntext', 'New')).toBe(
    '\uFEFF---\r\ntitle: "New"\r\ntags: [a]\r\n---\r\ntext',
  );
});

test('whatever the title, the format reads it back', () => {
  const files = [
    '',
    '# Old',
    '---\ntitle: x\n---\n',
    '---\n\n---\nText',
    '---\na: 1\n...\n',
    '---\ntitle: |\n x\n y\n---',
  ];
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom(...files), (title, text) => {
      fc.pre(title.trim() !== '');
      expect(findFront(splitLines(retitled(text, title)))).toMatchObject({ title });
    }),
  );
});
