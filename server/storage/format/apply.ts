/**
 * Files into documents: a first file makes one, a changed file changes it. The outside change is diff(base, file), carried
 * over to what the live document says by now (`protocol/change.ts`).
 */
import type * as Y from 'yjs';
import { applyFrontAnnotations, frontAnnotationsOf } from '../../protocol/annotations.ts';
import { applySteps, sameContent } from '../../protocol/change.ts';
import {
  type Deletion,
  insertParagraphs,
  metaOf,
  type Paragraph,
  paragraphMap,
  readParagraphs,
  setTitle,
  titleOf,
} from '../../protocol/document.ts';
import { applyFrontForms, frontFormsOf } from '../../protocol/forms/document.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import { applyFrontReport, frontReportOf } from '../../protocol/report/document.ts';
import { align } from './align.ts';
import type { Languages } from './base.ts';
import { contentOf } from './paragraph.ts';
import { type Block, isFailure, type ParsedNotebook, type ParseFailure, parseNotebook } from './parse.ts';
import type { KnownBase, NotebookText } from './print.ts';

export type MakeId = () => ParagraphId;

/** What a document says, as printing wants it. Deleted and damaged paragraphs are not in it. */
export function notebookOf(doc: Y.Doc, path: string): NotebookText {
  const title = titleOf(doc);
  const front = metaOf(doc).get('front');
  const forms = frontFormsOf(doc);
  const report = frontReportOf(doc);
  const annotations = frontAnnotationsOf(doc);
  return {
    path,
    paragraphs: readParagraphs(doc).paragraphs,
    ...(title === undefined ? {} : { title }),
    ...(typeof front === 'string' ? { front } : {}),
    ...(forms ? { forms } : {}),
    ...(report ? { report } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** The base of a text read for the first time: blocks without an id get one. */
export function readNotebook(text: string, languages: Languages, makeId: MakeId): KnownBase | ParseFailure {
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return parsed;
  return { text, languages, parsed, ids: parsed.blocks.map((block) => block.id ?? makeId()) };
}

export const isReadFailure = (read: KnownBase | ParseFailure): read is ParseFailure => 'message' in read;

/** Fills a document that holds nothing yet. */
export function fillDocument(doc: Y.Doc, base: KnownBase, origin?: unknown): void {
  const { front, title, forms, report, annotations, blocks } = base.parsed;
  doc.transact(() => {
    if (front !== undefined) metaOf(doc).set('front', front);
    if (title !== undefined) setTitle(doc, title);
    if (forms) applyFrontForms(doc, [], forms);
    if (report) applyFrontReport(doc, [], report);
    if (annotations) applyFrontAnnotations(doc, [], annotations);
    const paragraphs = blocks.map((block, index) => paragraphOf(block, base.ids[index]!));
    insertParagraphs(doc, paragraphs, undefined);
  }, origin);
}

/** Mappings of the front matter that the document never read: they were unknown when it was made. */
export const isUnread = (doc: Y.Doc, { forms, report, annotations }: ParsedNotebook): boolean =>
  (forms !== undefined && forms.length > 0 && !frontFormsOf(doc)) ||
  (report !== undefined && report.length > 0 && !frontReportOf(doc)) ||
  (annotations !== undefined && annotations.length > 0 && !frontAnnotationsOf(doc));

/** What the document never read it reads; all else stays. One transaction. */
export function readUnread(doc: Y.Doc, { forms, report, annotations }: ParsedNotebook): void {
  doc.transact(() => {
    if (forms && !frontFormsOf(doc)) applyFrontForms(doc, [], forms);
    if (report && !frontReportOf(doc)) applyFrontReport(doc, [], report);
    if (annotations && !frontAnnotationsOf(doc)) applyFrontAnnotations(doc, [], annotations);
  });
}

export type FileChange = {
  readonly base: KnownBase;
  readonly text: string;
  readonly languages: Languages;
  readonly makeId: MakeId;
  /** For paragraphs that the file has not any more. */
  readonly deletion: Deletion;
};

/** One transaction; returns the new base, or why the text is no notebook, in which case the document is untouched. */
export function applyFileChange(doc: Y.Doc, change: FileChange, origin?: unknown): KnownBase | ParseFailure {
  const { base, text, languages, makeId } = change;
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return parsed;
  const aligned = align(base, parsed.blocks, (id) => paragraphMap(doc, id) !== undefined, makeId);
  doc.transact(() => {
    applyHead(doc, base.parsed, parsed);
    applySteps(doc, {
      before: base.parsed.blocks.map((content, index) => ({ id: base.ids[index]!, content })),
      after: aligned.map(({ block: content, id, from }) => ({ content, id, ...(from === undefined ? {} : { from }) })),
      deletion: change.deletion,
      isUntouched: (live, block) => sameContent(contentOf(live, languages), block),
    });
  }, origin);
  return { text, languages, parsed, ids: aligned.map(({ id }) => id) };
}

function applyHead(doc: Y.Doc, old: ParsedNotebook, now: ParsedNotebook): void {
  const meta = metaOf(doc);
  if (old.front !== now.front) {
    if (now.front === undefined) meta.delete('front');
    else meta.set('front', now.front);
  }
  if (old.title !== now.title) {
    if (now.title === undefined) meta.delete('title');
    else setTitle(doc, now.title);
  }
  if (old.forms || now.forms) applyFrontForms(doc, old.forms ?? [], now.forms ?? []);
  if (old.report || now.report) applyFrontReport(doc, old.report ?? [], now.report ?? []);
  if (old.annotations || now.annotations) applyFrontAnnotations(doc, old.annotations ?? [], now.annotations ?? []);
}

const paragraphOf = (block: Block, id: ParagraphId): Paragraph => ({
  id,
  interpreter: block.interpreter,
  source: block.source,
  options: block.options,
  ...(block.name === undefined ? {} : { name: block.name }),
});
