/**
 * Versions: what a notebook said at a moment, as server and page speak of it. A version holds what people wrote (title,
 * front matter, paragraphs with their ids) and who had changed what; never output, and never Yjs history: it is text that
 * is put back as a new edit.
 */
import type * as Y from 'yjs';
import { type FrontAnnotations, frontAnnotationsOf } from '../annotations.ts';
import { metaOf, type Paragraph, type PlacedParagraph, readParagraphs, titleOf } from '../document.ts';
import { frontFormsOf } from '../forms/document.ts';
import type { FrontForms } from '../forms/list.ts';
import type { ParagraphId, ResultId, VersionId } from '../ids.ts';
import { type FrontReport, frontReportOf } from '../report/document.ts';

/** What a document says. */
export type Moment = {
  readonly title?: string;
  /** Raw front matter of the file. */
  readonly front?: string;
  /** The front matter's, as the document has them. */
  readonly forms?: FrontForms;
  /** As of `forms`. */
  readonly report?: FrontReport;
  readonly annotations?: FrontAnnotations;
  /** In order; deleted and damaged ones are not in it. */
  readonly paragraphs: readonly Paragraph[];
};

/** `asked`: by a person; the others are automatic. */
export type Reason = 'asked' | 'daily' | 'restore' | 'outside';

export type Touch = { readonly by: string; readonly at: number };

export type VersionInfo = {
  readonly id: VersionId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: Reason;
  /** Automatic versions are thinned; those with a name are kept. */
  readonly name?: string;
  /** Who asked for it. */
  readonly by?: string;
  /** Who edited since the version before. */
  readonly people: readonly string[];
  readonly paragraphs: number;
};

export type Version = VersionInfo & {
  readonly moment: Moment;
  /** Who changed each paragraph last, as far as it is known. */
  readonly touched: ReadonlyMap<ParagraphId, Touch>;
  /** Who changed what since, last: paragraphs that are gone by now included. */
  readonly since: ReadonlyMap<ParagraphId, Touch>;
  /** Of a named version: what its paragraphs showed. */
  readonly results: ReadonlyMap<ParagraphId, readonly ResultId[]>;
};

export function momentOf(doc: Y.Doc): Moment {
  const title = titleOf(doc);
  const front = metaOf(doc).get('front');
  const forms = frontFormsOf(doc);
  const report = frontReportOf(doc);
  const annotations = frontAnnotationsOf(doc);
  return {
    paragraphs: readParagraphs(doc).paragraphs.map(plain),
    ...(title === undefined ? {} : { title }),
    ...(typeof front === 'string' ? { front } : {}),
    ...(forms ? { forms } : {}),
    ...(report ? { report } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

const plain = ({ id, interpreter, source, name, options }: PlacedParagraph): Paragraph => ({
  id,
  interpreter,
  source,
  options,
  ...(name === undefined ? {} : { name }),
});

/** Nothing worth keeping: a notebook that was just made. */
export const isEmpty = ({ title, front, paragraphs }: Moment): boolean =>
  title === undefined && front === undefined && paragraphs.every(({ source }) => source.trim() === '');
