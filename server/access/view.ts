/**
 * What of a notebook somebody sees: the pure projection that page, API and socket apply to what they send. Accounts with a
 * role see the whole document; who holds links sees the paragraphs the links name, and their sources where a link shows
 * them. What is shown is what is published: below writer a paragraph that shows its chart or a pivot gives no rows away.
 */

import { viewAt } from '../protocol/chart/option.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { NotebookId, ParagraphId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import { isHidden } from '../protocol/report/layout.ts';
import type { Book } from './book.ts';
import { linksOf, type NotebookAt, ownRoleOn, type Target } from './evaluator.ts';
import { isAtLeast, type Principal, stronger } from './principal.ts';

type Some<T> = 'all' | ReadonlySet<T>;

export type View = {
  readonly role: Role;
  /** The document itself, with all that was ever in it. */
  readonly whole: boolean;
  readonly paragraphs: Some<ParagraphId>;
  /** Those whose source, and errors that quote it, are shown. */
  readonly sources: Some<ParagraphId>;
  /** Those that they may run: a link that runs gives nothing to run of what another link shows. */
  readonly runs: Some<ParagraphId>;
  /** Whether they are told what the notebook is called: a frame shows its paragraph alone. */
  readonly titled: boolean;
  /** Which tables of the session are listed. */
  readonly tables: 'all' | 'named' | 'none';
};

export const notebookTarget = ({ id, path }: NotebookAt): Target => ({ kind: 'notebook', notebook: id, path });

/** Undefined where they may not know of it. */
export function viewOf(book: Book, principal: Principal, notebook: NotebookAt, now: number): View | undefined {
  const own = ownRoleOn(book, principal, notebookTarget(notebook), now);
  const links = linksFor(book, principal, notebook.id, now);
  const role = links.reduce((strongest, link) => stronger(strongest, link.role), own);
  if (role === undefined) return undefined;
  const runs = isAtLeast(own, 'runner') ? 'all' : union(links.filter((link) => link.role === 'runner'));
  if (own !== undefined) {
    const tables = isAtLeast(own, 'writer') ? 'all' : 'named';
    return { role, whole: true, paragraphs: 'all', sources: 'all', runs, titled: true, tables };
  }
  const code = links.filter((link) => link.code);
  const titled = links.some((link) => !link.embed);
  return { role, whole: false, paragraphs: union(links), sources: union(code), runs, titled, tables: 'none' };
}

export const isSeen = (view: View, paragraph: string): boolean => isIn(view.paragraphs, paragraph);

/**
 * What is hidden in the report is not published by a link to all of it, no byte of it; a link that names the paragraph, and a
 * frame, do show it. Whoever may open the notebook has it anyway.
 */
export const isPublished = (view: View, { id, options }: Pick<Paragraph, 'id' | 'options'>): boolean =>
  isSeen(view, id) && (view.whole || view.paragraphs !== 'all' || !isHidden(options));

export const isCodeSeen = (view: View, paragraph: string): boolean => isIn(view.sources, paragraph);

export const mayRun = (view: View, paragraph: string): boolean => isIn(view.runs, paragraph);

/** Rows, profiles and downloads of a paragraph's table number `index`, rather than what it shows of them. */
export function mayReadRows(
  view: View,
  paragraph: Pick<Paragraph, 'id' | 'options'> | undefined,
  index: number,
): boolean {
  if (isAtLeast(view.role, 'writer')) return true;
  if (!paragraph || !isPublished(view, paragraph)) return false;
  return paragraph.options.download === true || viewAt(paragraph.options.chart, index) === 'table';
}

function linksFor(book: Book, principal: Principal, notebook: NotebookId, now: number) {
  return linksOf(book, principal, now)
    .map((id) => book.links.get(id))
    .filter((link) => link !== undefined)
    .filter((link) => link.notebook === notebook);
}

function union(links: readonly { readonly paragraphs?: readonly ParagraphId[] }[]): Some<ParagraphId> {
  if (links.some((link) => link.paragraphs === undefined)) return 'all';
  return new Set(links.flatMap((link) => link.paragraphs ?? []));
}

const isIn = (some: Some<ParagraphId>, id: string): boolean => some === 'all' || some.has(id as ParagraphId);
