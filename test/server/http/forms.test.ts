import { expect, test } from 'vitest';
import type { View } from '../../../server/access/view.ts';
import { seenForms } from '../../../server/http/forms.ts';
import type { Json, Paragraph } from '../../../server/protocol/document.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { dependenceOf } from '../../../server/runs/reach.ts';

const id = (name: string): ParagraphId => name as ParagraphId;
const sql = (name: string, source: string, options: Record<string, Json> = {}): Paragraph => ({
  id: id(name),
  interpreter: 'sql',
  source,
  options,
});

const paragraphs = [sql('shown', 'select $day'), sql('hidden', "select '${secret=abc}'", { report: 'hidden' })];
const view: View = {
  role: 'runner',
  whole: false,
  paragraphs: 'all',
  sources: new Set(),
  runs: 'all',
  titled: true,
  tables: 'none',
};
const told = (as: View): readonly string[] => {
  const forms = formsOf([['day', { type: 'date', default: '2015-01-01' }]], paragraphs);
  const live = {
    forms: () => forms,
    paragraphs: () => paragraphs,
    dependence: () => dependenceOf(paragraphs, forms.forms),
  };
  return seenForms(as, live).map(({ name }) => name);
};

test('a form that a paragraph declares which is hidden in the report is told to nobody with a link to all of it', () => {
  expect(told(view)).toEqual(['day']);
  expect(told({ ...view, paragraphs: new Set([id('hidden')]), runs: new Set([id('hidden')]) })).toEqual(['secret']);
  expect(told({ ...view, whole: true })).toEqual(['day', 'secret']);
});
