/** The editor has nothing to say about TypeScript that we show ourselves: in the reference and in the sample notebooks. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readDeclarations } from '../../../../client/build/declarations.ts';
import type { Remark } from '../../../../client/editor/typescript/contract.ts';
import { createProject } from '../../../../client/editor/typescript/project.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const root = new URL('../../../../', import.meta.url);
const project = createProject(readDeclarations(root));

function remarksOn(texts: readonly string[]): string[] {
  const ids = texts.map((_, index) => `p${index}` as ParagraphId);
  project.setOrder(ids);
  for (const [index, text] of texts.entries()) project.setText(ids[index]!, text);
  return ids.flatMap((id, index) => {
    const found = project.answer(id, { kind: 'check' }) as readonly Remark[];
    return found.map(
      (remark) => `${JSON.stringify(remark)} in ${texts[index]!.slice(remark.start, remark.start + 40)}`,
    );
  });
}

it('says nothing about the examples of the reference', () => {
  const reference = readFileSync(new URL('interpreters/typescript/api.d.ts', root), 'utf8');
  const examples = [...reference.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!.replace(/^\s*\* ?/gm, ''));
  expect(examples.length).toBeGreaterThan(40);
  expect(examples.flatMap((example) => remarksOn([example]))).toEqual([]);
});

const notebooks = readdirSync(new URL('notebooks/', root)).filter((name) => name.endsWith('.nb.md'));

it.each(notebooks)('says nothing about %s', (name) => {
  const text = readFileSync(new URL(`notebooks/${name}`, root), 'utf8');
  const paragraphs = [...text.matchAll(/^```(?:ts|typescript)\b.*\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
  expect(remarksOn(paragraphs)).toEqual([]);
});
