/**
 * The door: who comes, and whether what they want to do may come from where they are. Every HTTP request and every
 * socket upgrade passes here before anything else looks at it; what they may do is then `evaluator.ts`'s to decide.
 */
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { Principal } from './evaluator.ts';
import { openSignIns, SIGN_IN_DAYS, type SignIns } from './signins.ts';
import { readToken, sameSecret } from './token.ts';
import { type Hosts, isSafe, ownHost, ownOrigin, readCookie } from './web.ts';

export type DoorOptions = {
  /** `.gondola` of the workspace. */
  readonly folder: string;
  /** From `GONDOLA_TOKEN`. */
  readonly token: string | undefined;
  readonly hosts: Hosts;
  readonly now: () => number;
};

type Visit = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & { readonly socket: { readonly localPort?: number } };

export interface Door {
  readonly token: string;
  readonly signIns: SignIns;
  /** Who comes. Throws AppError: foreign-host, foreign-origin, bad-request (a token in the address). */
  admit(visit: Visit): Principal;
  /** As `admit`, for a socket: its Origin is looked at whatever the method is. */
  admitUpgrade(visit: Visit): Principal;
  /** A Set-Cookie that signs this browser in, or out. */
  cookieFor(visit: Visit): string;
  clearCookie(visit: Visit): string;
}

export function openDoor(options: DoorOptions): Door {
  const token = readToken(options.folder, options.token);
  const signIns = openSignIns(join(options.folder, 'sign-ins.json'), token, options.now);

  function admit(visit: Visit, changes: boolean): Principal {
    const { headers } = visit;
    const host = ownHost(headers.host, options.hosts);
    if (host === undefined) throw new AppError('foreign-host', headers.host ?? '(none)');
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const hasToken = bearer !== undefined && sameSecret(bearer, token);
    const site = headers['sec-fetch-site'];
    if (changes) {
      if (!ownOrigin(headers.origin, host, options.hosts, hasToken))
        throw new AppError('foreign-origin', headers.origin ?? 'no Origin header');
      if (site === 'cross-site' || site === 'same-site')
        throw new AppError('foreign-origin', `Sec-Fetch-Site: ${site}`);
    }
    if (hasToken) return { kind: 'owner' };
    if (bearer !== undefined) return { kind: 'stranger' };
    const secret = readCookie(headers.cookie, cookieName(visit));
    return secret !== undefined && signIns.knows(secret) ? { kind: 'owner' } : { kind: 'stranger' };
  }

  return {
    token,
    signIns,
    admit: (visit) => {
      refuseToken(visit, (path) => path.startsWith('/api/'));
      return admit(visit, !isSafe(visit.method ?? 'GET'));
    },
    admitUpgrade: (visit) => {
      refuseToken(visit, () => true);
      return admit(visit, true);
    },
    cookieFor: (visit) => {
      const age = SIGN_IN_DAYS * 24 * 60 * 60;
      return `${cookieName(visit)}=${signIns.make()}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}`;
    },
    clearCookie: (visit) => {
      const secret = readCookie(visit.headers.cookie, cookieName(visit));
      if (secret !== undefined) signIns.revoke(secret);
      return `${cookieName(visit)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
    },
  };
}

/** Cookies go to every port of a host: the name keeps two servers on one machine apart. */
const cookieName = (visit: Visit): string => `gondola-${visit.socket.localPort ?? 0}`;

/** A token in an address ends up in histories and logs: only the page's own address takes one, once. */
function refuseToken({ url = '/' }: Visit, where: (path: string) => boolean): void {
  const [path = '/', query = ''] = url.split('?', 2);
  if (where(path) && new URLSearchParams(query).has('token'))
    throw new AppError('bad-request', 'a token may not stand in the address of a call; send it as Authorization');
}
