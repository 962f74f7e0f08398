/**
 * "See it as they see it": an owner's call with the header `Gondola-As` is answered as it would be answered to another: the
 * evaluator decides for them, of what they hold. It reads and nothing else, of notebooks that the caller may share, which
 * is asked at each call; nobody is signed in, and what is written down names the owner.
 */
import type { Book } from '../access/book.ts';
import type { Principal, Viewer } from '../access/principal.ts';
import { AppError } from '../errors.ts';
import { type LinkId, type PersonId, parseId } from '../protocol/ids.ts';
import type { Method } from './route.ts';
import type { TargetKind } from './targets.ts';

export const PREVIEW_HEADER = 'gondola-as';
const TARGETS: ReadonlySet<TargetKind> = new Set<TargetKind>(['notebook', 'run', 'result']);

/** `person:ID`, `group:NAME` (percent-encoded), `everyone`, `link:ID`. Throws AppError bad-request. */
export function viewerIn(
  header: string | readonly string[] | undefined,
  { method, target }: { readonly method: Method; readonly target: TargetKind },
): Viewer | undefined {
  if (header === undefined) return undefined;
  const viewer = typeof header === 'string' ? parseViewer(header) : undefined;
  if (!viewer) throw new AppError('bad-request', 'Gondola-As is person:ID, group:NAME, link:ID or everyone');
  if (method !== 'GET' || !TARGETS.has(target))
    throw new AppError('bad-request', 'Gondola-As goes with reading one notebook');
  return viewer;
}

/** A frame may ask for less than who opens a link. */
export function previewOf({ links }: Pick<Book, 'links'>, as: Viewer): Principal {
  if (as.kind === 'link' && links.get(as.link)?.embed) return { kind: 'embed', link: as.link };
  return { kind: 'preview', as };
}

function parseViewer(text: string): Viewer | undefined {
  if (text === 'everyone') return { kind: 'everyone' };
  const [, kind, rest = ''] = /^(person|group|link):(.+)$/.exec(text) ?? [];
  const id = parseId<PersonId & LinkId>(rest);
  switch (kind) {
    case 'person':
      return id && { kind, person: id };
    case 'link':
      return id && { kind, link: id };
    case 'group':
      return groupOf(rest);
    default:
      return undefined;
  }
}

function groupOf(encoded: string): Viewer | undefined {
  try {
    return { kind: 'group', group: decodeURIComponent(encoded) };
  } catch {
    return undefined;
  }
}
