/**
 * Who a visitor is: an account in whatever browser, a program by its own token, a browser that opened links, a frame. A token that
 * acts for a person is a visitor of its own, so that what came by it ends with it.
 */
import type { Principal } from '../access/principal.ts';
import type { LinkId } from '../protocol/ids.ts';
import type { VisitorKey } from '../protocol/keys.ts';

declare const brand: unique symbol;
export type VisitorId = string & { readonly [brand]: 'visitor-id' };

/** Undefined for who has no session of their own. Of the owner by the printed address each browser is another. */
export function visitorOf(principal: Principal): VisitorId | undefined {
  switch (principal.kind) {
    case 'person':
      return `person ${principal.person}` as VisitorId;
    case 'token':
      return `token ${principal.token}` as VisitorId;
    case 'guest':
      return `guest ${principal.browser}` as VisitorId;
    case 'owner':
      return `owner ${principal.signIn ?? ''}` as VisitorId;
    // Each frame is another; the link's share of places is all of theirs.
    case 'embed':
      return principal.frame === undefined ? undefined : (`guest ${principal.link} ${principal.frame}` as VisitorId);
    // These read, and run nothing; what somebody ran for themselves nobody else looks at.
    case 'preview':
    case 'stranger':
      return undefined;
  }
}

/** Who wants a place. */
export type Wanting = {
  readonly visitor: VisitorId;
  /** Of a browser that opened links: those that let it run there. */
  readonly links: readonly LinkId[];
};

/** Of whom nobody knows more than a link, which opens in as many browsers as one likes. */
export const isGuest = (visitor: VisitorId): boolean => visitor.startsWith('guest ');

/** A visitor's session in which nothing runs or waits: its engine may be asked for something else. */
export type IdleSession = { readonly key: VisitorKey; readonly isOpen: () => boolean };
