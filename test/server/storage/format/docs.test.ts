import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure, parseNotebook } from '../../../../server/storage/format/parse.ts';
import { languages } from './generate.ts';

const text = readFileSync(join(import.meta.dirname, '../../../../docs/notebook-format.md'), 'utf8');
const examples = Array.from(
  text.matchAll(/^````markdown\n(.*?)^````\n\nReads as: ([^\n]*)$/gms),
  ([, example = '', says = '']) => [example, says] as const,
);

describe('the examples of docs/notebook-format.md', () => {
  it('are there', () => {
    expect(examples).toHaveLength((text.match(/^````markdown/gm) ?? []).length);
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)('read as they say: %#', (example, says) => {
    const parsed = parseNotebook(example, languages);
    if (isFailure(parsed)) throw new Error(parsed.message);
    expect(parsed.blocks.map(({ interpreter }) => `\`${interpreter}\``).join(' ')).toBe(says);
  });
});
