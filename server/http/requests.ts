/** How a request is named in the log, in its answer and in the body of a failure. */
import { randomBytes } from 'node:crypto';
import type { Principal } from '../access/principal.ts';

/** What a declared proxy calls a request: nothing that could break a line of a log or a header. */
const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

export const newRequestId = (): string => randomBytes(6).toString('hex');

/** The proxy's own id is taken over, so that both logs name one thing; anybody else's could pretend to be another's. */
export function requestIdOf(given: string | readonly string[] | undefined, byProxy: boolean): string {
  return byProxy && typeof given === 'string' && WELL_FORMED.test(given) ? given : newRequestId();
}

/** An id that says who it was to whoever has the accounts, and nothing to anybody else. */
export function whoseRequest(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'owner':
    case 'guest':
    case 'embed':
      return principal.kind;
    case 'person':
      return principal.person;
    case 'token':
      return `token ${principal.token}`;
    // Comes to no door: a call of a preview is the owner's whose it is.
    case 'preview':
    case 'stranger':
      return undefined;
  }
}
