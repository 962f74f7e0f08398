/**
 * Who comes, as references into the book (`book.ts`) and nothing else: what they may do is looked up at each question, so
 * that a grant, link, token, account or sign-in that ends, ends at once for everybody who came by it.
 */
import type { LinkId, PersonId, SignInId, TokenId } from '../protocol/ids.ts';
import { ROLES, type Role } from '../protocol/roles.ts';
import type { Subject } from './book.ts';

export type Principal =
  | { readonly kind: 'stranger' }
  /** By the printed address: the token itself, or a cookie that was traded for it. */
  | { readonly kind: 'owner'; readonly signIn?: SignInId }
  /** `guest`: the same browser also opened links. */
  | { readonly kind: 'person'; readonly person: PersonId; readonly signIn: SignInId; readonly guest?: Guest }
  /** A program, for itself or for a person. */
  | { readonly kind: 'token'; readonly token: TokenId }
  /** Holds the links that its cookie names. */
  | ({ readonly kind: 'guest' } & Guest)
  /** A frame in a page of another site; `frame`: which of them, where it says so. */
  | { readonly kind: 'embed'; readonly link: LinkId; readonly frame?: string }
  /** An owner who looks how others see a notebook: the calls are the owner's, what they show is theirs (`http/preview.ts`). */
  | { readonly kind: 'preview'; readonly as: Viewer };

export type Guest = { readonly browser: string; readonly links: readonly LinkId[] };

/** As whom one may look: somebody with an account, somebody of a group and nothing else, whoever came by a link. */
export type Viewer = Subject | { readonly kind: 'link'; readonly link: LinkId };

const strength = (role: Role): number => ROLES.indexOf(role);

export const isAtLeast = (role: Role | undefined, least: Role): boolean =>
  role !== undefined && strength(role) >= strength(least);

export function stronger(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return strength(one) >= strength(other) ? one : other;
}

export function weaker(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return undefined;
  return strength(one) <= strength(other) ? one : other;
}
