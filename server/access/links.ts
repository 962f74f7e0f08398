/**
 * Links: whoever has the address sees what it names of one notebook, until it ends. The secret is told once and kept as
 * its digest, so that a copied database opens nothing. Opening one writes it into a cookie of the browser (`guests.ts`);
 * with the link all that came by it ends.
 */
import { AppError } from '../errors.ts';
import { type LinkId, type NotebookId, newId, type ParagraphId } from '../protocol/ids.ts';
import type { Book, Embed, Link, LinkRole } from './book.ts';
import type { BookChange } from './store.ts';
import { digest } from './token.ts';

/** Of one notebook. */
const MOST_LINKS = 200;
/** That one browser keeps open; the oldest go. */
const MOST_OPEN = 50;

export type NewLink = {
  readonly role: LinkRole;
  readonly label?: string;
  /** Hashed already. */
  readonly password?: string;
  readonly expires?: number;
  readonly paragraphs?: readonly ParagraphId[];
  readonly code: boolean;
  readonly embed?: Embed;
};

export const linksAt = (book: Book, notebook: NotebookId): readonly Link[] =>
  [...book.links.values()].filter((link) => link.notebook === notebook).sort((one, other) => one.made - other.made);

export function addLink(
  book: Book,
  notebook: NotebookId,
  wish: NewLink,
  { secret, by, at }: { readonly secret: string; readonly by: string; readonly at: number },
): { readonly link: Link; readonly changes: readonly BookChange[] } {
  if (linksAt(book, notebook).length >= MOST_LINKS) throw new AppError('too-many', `${MOST_LINKS} links of a notebook`);
  if (wish.expires !== undefined && wish.expires <= at) throw new AppError('bad-request', 'the link is over already');
  const id = newId<LinkId>();
  const link: Link = { ...wish, id, notebook, digest: digest(secret), made: at, by };
  return { link, changes: [{ table: 'links', id, body: link }] };
}

/** The link that a secret opens now; what is embedded is opened by nobody. */
export function linkOf(book: Book, secret: string, at: number): Link | undefined {
  const link = livingLink(book, secret, at);
  return link?.embed ? undefined : link;
}

export function livingLink(book: Book, secret: string, at: number): Link | undefined {
  const shown = digest(secret);
  for (const link of book.links.values())
    if (link.digest === shown) return link.expires !== undefined && link.expires <= at ? undefined : link;
  return undefined;
}

/** What a browser has open with one more; one opened again keeps its place. */
export const withLink = (open: readonly LinkId[], link: LinkId): readonly LinkId[] =>
  open.includes(link) ? open : [...open, link].slice(-MOST_OPEN);
