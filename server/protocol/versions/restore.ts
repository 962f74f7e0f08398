/**
 * A version put back as a new edit. It is the change from `before` (what the document said when the restore was asked for,
 * which an automatic version keeps) to the version, made to the live document: what colleagues type in between stays, and
 * nothing is lost that no version holds.
 */
import type * as Y from 'yjs';
import { applyFrontAnnotations } from '../annotations.ts';
import { applySteps, sameContent } from '../change.ts';
import { type Deletion, metaOf, setTitle } from '../document.ts';
import { applyFrontForms } from '../forms/document.ts';
import type { ParagraphId } from '../ids.ts';
import { applyFrontReport } from '../report/document.ts';
import type { Moment } from './version.ts';

/** One transaction. */
export function restoreMoment(doc: Y.Doc, before: Moment, wanted: Moment, deletion: Deletion, origin?: unknown): void {
  const places = new Map(before.paragraphs.map(({ id }, index) => [id, index]));
  doc.transact(() => {
    const meta = metaOf(doc);
    if (before.front !== wanted.front) {
      if (wanted.front === undefined) meta.delete('front');
      else meta.set('front', wanted.front);
    }
    if (before.title !== wanted.title) {
      if (wanted.title === undefined) meta.delete('title');
      else setTitle(doc, wanted.title);
    }
    if (before.forms || wanted.forms) applyFrontForms(doc, before.forms ?? [], wanted.forms ?? []);
    if (before.report || wanted.report) applyFrontReport(doc, before.report ?? [], wanted.report ?? []);
    if (before.annotations || wanted.annotations)
      applyFrontAnnotations(doc, before.annotations ?? [], wanted.annotations ?? []);
    applySteps(doc, {
      before: before.paragraphs.map((content) => ({ id: content.id, content })),
      after: wanted.paragraphs.map((content) => {
        const from = places.get(content.id);
        return { content, id: content.id, ...(from === undefined ? {} : { from }) };
      }),
      deletion,
      isUntouched: sameContent,
    });
  }, origin);
}

/** What the notebook says with this one paragraph as the version has it: back in its place, or gone if it was not there. */
export function withParagraph(now: Moment, version: Moment, id: ParagraphId): Moment {
  const old = version.paragraphs.find((paragraph) => paragraph.id === id);
  if (!old) return { ...now, paragraphs: now.paragraphs.filter((paragraph) => paragraph.id !== id) };
  if (now.paragraphs.some((paragraph) => paragraph.id === id)) {
    return { ...now, paragraphs: now.paragraphs.map((paragraph) => (paragraph.id === id ? old : paragraph)) };
  }
  const here = new Map(now.paragraphs.map((paragraph, index) => [paragraph.id, index]));
  const above = version.paragraphs.slice(0, version.paragraphs.indexOf(old)).findLast((one) => here.has(one.id));
  const at = above === undefined ? 0 : here.get(above.id)! + 1;
  return { ...now, paragraphs: now.paragraphs.toSpliced(at, 0, old) };
}
