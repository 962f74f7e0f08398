/**
 * The door: who comes, and whether what they want to do may come from where they are. Every HTTP request and every
 * socket upgrade passes here before anything else looks at it; what they may do is then `evaluator.ts`'s to decide.
 */
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { LinkId } from '../protocol/ids.ts';
import { type Access, openAccess } from './access.ts';
import {
  type Arrival,
  type Arriving,
  arrivalOf,
  isThisMachine,
  NO_PROXIES,
  type Proxies,
  plainAddress,
} from './arrival.ts';
import type { Account, Book, SignIn, Token } from './book.ts';
import { DEVICE_DAYS, openDevices } from './devices.ts';
import { embedOf } from './embeds.ts';
import { GUEST_DAYS, type Guests, openGuests } from './guests.ts';
import type { Guest, Principal } from './principal.ts';
import { openSignIns, SIGN_IN_DAYS, type SignIns } from './signins.ts';
import { digest, newSecret, readSecret, readToken, sameSecret } from './token.ts';
import { type Hosts, isForeignRead, isSafe, ownHost, ownOrigin, readCookie, twiceIn } from './web.ts';

export type DoorOptions = {
  /** `.gondola` of the workspace. */
  readonly folder: string;
  /** From `GONDOLA_TOKEN`. */
  readonly token: string | undefined;
  readonly hosts: Hosts;
  /** Whose word about a request counts; nobody's where absent. */
  readonly proxies?: Proxies;
  /** Whether what comes from another machine must come by TLS. */
  readonly wantsTls?: boolean;
  readonly now: () => number;
};

/** A request or upgrade, by the members that say who comes and from where. */
export type Incoming = Arriving &
  Pick<IncomingMessage, 'method' | 'url'> & {
    readonly rawHeaders?: readonly string[];
    readonly socket: { readonly localPort?: number | undefined };
  };

export interface Door {
  readonly token: string;
  readonly access: Access;
  readonly signIns: SignIns;
  /** Where it comes from, whatever stands between. */
  arrival(visit: Incoming): Arrival;
  /** Whether a declared proxy handed it on: then its name for the request is ours too. */
  isByProxy(visit: Incoming): boolean;
  /** Who comes. Throws AppError: foreign-host, foreign-origin, plain-http, bad-request (a token in the address). */
  admit(visit: Incoming): Principal;
  /** As `admit`, for a socket: its Origin is looked at whatever the method is. */
  admitUpgrade(visit: Incoming): Principal;
  /** A Set-Cookie that signs this browser in; whoever was signed in before is signed out. */
  cookieFor(visit: Incoming, as?: SignIn['as']): string;
  /** A Set-Cookie with the links that this browser holds; undefined where it says so already. */
  linksCookie(visit: Incoming, links: readonly LinkId[]): string | undefined;
  /** A Set-Cookie with another secret, where one is due. */
  renewedCookie(visit: Incoming): string | undefined;
  /**
   * A Set-Cookie that tells the page whose account it shows, so that it knows before it asks and while the server is away. It
   * opens nothing, and nothing here reads it. Undefined where the browser has it so.
   */
  personCookie(visit: Incoming, principal: Principal): string | undefined;
  /** As the browser knows this server: `http://127.0.0.1:4321`. Of an admitted request only. */
  origin(visit: Incoming): string;
  /** A Set-Cookie that ties what goes on elsewhere to this browser, for a short while, and what it holds. */
  pendingCookie(visit: Incoming, secret: string, seconds: number): string;
  pendingOf(visit: Incoming): string | undefined;
  /** Whether this browser was signed in to the account before: the name of its own count of attempts. */
  deviceOf(visit: Incoming, account: Account): string | undefined;
  /** Set-Cookies that sign this browser in by an account, and have it known at its next try; signing out leaves that. */
  accountCookies(visit: Incoming, account: Account): readonly string[];
  /** Set-Cookies that sign this browser out. `isWritten`: whether a restart would leave it so. */
  clearCookies(visit: Incoming): { readonly cookies: readonly string[]; readonly isWritten: boolean };
  close(): void;
}

/** A browser keeps an account and what links opened apart: opening a link signs nobody out. */
type Jar = 'account' | 'guest' | 'pending' | 'device';

const SUFFIX: Readonly<Record<Jar, string>> = {
  account: '',
  guest: '-links',
  pending: '-pending',
  device: '-device',
};
/** The secret, and as which frame: as long as what the page is given (`http/embedded.ts`), which nobody guesses. */
const EMBED = /^Embed +(\S+)(?: +(\S+))?$/i;
const FRAME = /^[\w-]{32,64}$/;
const DAY_SECONDS = 24 * 60 * 60;

export function openDoor(options: DoorOptions): Door {
  const token = readToken(options.folder, options.token);
  const access = openAccess(join(options.folder, 'gondola.db'), digest(token), options.now);
  const signIns = openSignIns(access.store, options.now);
  const devices = openDevices(digest(`devices ${token}`));
  const owner: SignIn['as'] = { kind: 'owner', token: digest(token) };
  const guests = guestsIn(options);

  const { proxies = NO_PROXIES, wantsTls = false } = options;
  const arrival = (visit: Incoming): Arrival => arrivalOf(visit, proxies);
  const isSecure = (visit: Incoming): boolean => arrival(visit).secure;

  function admit(visit: Incoming, changes: boolean): Principal {
    const { headers, url = '/' } = visit;
    const twice = twiceIn(visit.rawHeaders ?? []);
    if (twice !== undefined) throw new AppError('bad-request', `${twice} may stand once`);
    // Whole addresses are for proxies: what stands in one would be looked at by nobody.
    if (!url.startsWith('/') && url !== '*') throw new AppError('bad-request', 'the address begins with /');
    const { address, secure } = arrival(visit);
    if (wantsTls && !secure && !isThisMachine(address) && !isProbe(visit)) throw new AppError('plain-http');
    const host = ownHost(headers.host, options.hosts);
    if (host === undefined) throw new AppError('foreign-host', headers.host ?? '(none)');
    const [, embed, frame] = EMBED.exec(headers.authorization ?? '') ?? [];
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const program = bearer === undefined ? undefined : programOf(bearer);
    const site = headers['sec-fetch-site'];
    if (changes) {
      if (!ownOrigin(headers.origin, { host, secure }, options.hosts, bearer !== undefined))
        throw new AppError('foreign-origin', headers.origin ?? 'no Origin header');
      if (site === 'cross-site' || site === 'same-site')
        throw new AppError('foreign-origin', `Sec-Fetch-Site: ${site}`);
    }
    if (url.startsWith('/api/') && isForeignRead(headers))
      throw new AppError('foreign-origin', `Sec-Fetch-Site: ${site}`);
    if (embed !== undefined) return framed(embed, frame);
    if (bearer !== undefined) return program ?? { kind: 'stranger' };
    return browserOf(visit);
  }

  /** Nothing else that the browser sends along counts. */
  function framed(secret: string, frame: string | undefined): Principal {
    const find = (book: Book) => embedOf(book, secret, options.now());
    const link = find(access.store.book()) ?? find(access.store.latest());
    return link
      ? { kind: 'embed', link: link.id, ...(frame && FRAME.test(frame) ? { frame } : {}) }
      : { kind: 'stranger' };
  }

  function programOf(bearer: string): Principal | undefined {
    if (sameSecret(bearer, token)) return OWNER;
    const shown = digest(bearer);
    const find = ({ tokens }: Book): Token | undefined => tokens.values().find((known) => known.digest === shown);
    const known = find(access.store.book()) ?? find(access.store.latest());
    return known && living({ kind: 'token', token: known.id });
  }

  function browserOf(visit: Incoming): Principal {
    const account = shown(visit);
    const held = guestOf(visit);
    const guest = held && { browser: held.browser, links: held.links };
    const principal = account && principalOf(account, guest);
    return (principal && living(principal)) ?? (guest && living({ kind: 'guest', ...guest })) ?? { kind: 'stranger' };
  }

  const living = (principal: Principal): Principal | undefined => (access.isAlive(principal) ? principal : undefined);

  const nameOf = (visit: Incoming, jar: Jar): string => cookieName(visit.socket.localPort, jar, isSecure(visit));

  const cookieIn = (visit: Incoming, jar: Jar): string | undefined =>
    readCookie(visit.headers.cookie, nameOf(visit, jar));

  function shown(visit: Incoming, name = nameOf(visit, 'account')): SignIn | undefined {
    const secret = readCookie(visit.headers.cookie, name);
    return secret === undefined || secret === '' ? undefined : signIns.find(secret);
  }

  const guestOf = (visit: Incoming): ReturnType<Guests['read']> => guests.read(cookieIn(visit, 'guest') ?? '');

  /** Its name where it came by TLS and where it did not: a browser that came both ways has both. */
  const namesOf = ({ socket }: Incoming, jar: Jar): readonly string[] =>
    [false, true].map((secure) => cookieName(socket.localPort, jar, secure));

  /** What the browser holds of a jar goes, by either name. */
  const clearing = (visit: Incoming, jar: Jar): readonly string[] =>
    namesOf(visit, jar)
      .filter((name) => readCookie(visit.headers.cookie, name) !== undefined || name === nameOf(visit, 'account'))
      .map((name) => `${name}=; Path=/; HttpOnly; SameSite=Lax; ${/^__Host-/.test(name) ? 'Secure; ' : ''}Max-Age=0`);

  const setCookie = (visit: Incoming, jar: Jar, secret: string, days: number): string =>
    `${nameOf(visit, jar)}=${secret}; Path=/; HttpOnly; SameSite=Lax; ${isSecure(visit) ? 'Secure; ' : ''}Max-Age=${Math.round(days * DAY_SECONDS)}`;

  function cookieFor(visit: Incoming, as = owner): string {
    const before = shown(visit);
    if (before) signIns.revoke(before.id);
    return setCookie(visit, 'account', signIns.make(as), SIGN_IN_DAYS[as.kind]);
  }

  function personCookie(visit: Incoming, principal: Principal): string | undefined {
    // The page knows the port of its address; a tunnel or proxy before this server may have another.
    const port = /:(\d{1,5})$/.exec(visit.headers.host ?? '')?.[1] ?? '';
    const name = `gondola-${port}-person`;
    const account = principal.kind === 'person' ? access.who(principal) : undefined;
    const value = account ? `${account.id}.${encodeURIComponent(account.name)}` : undefined;
    const before = readCookie(visit.headers.cookie, name);
    if (value === before) return undefined;
    const age = value === undefined ? 0 : SIGN_IN_DAYS.person * DAY_SECONDS;
    return `${name}=${value ?? ''}; Path=/; SameSite=Lax; ${isSecure(visit) ? 'Secure; ' : ''}Max-Age=${age}`;
  }

  return {
    token,
    access,
    signIns,
    arrival,
    isByProxy: ({ socket }) => proxies(plainAddress(socket.remoteAddress) ?? ''),
    admit: (visit) => {
      refuseToken(visit, (path) => path.startsWith('/api/'));
      return admit(visit, !isSafe(visit.method ?? 'GET'));
    },
    admitUpgrade: (visit) => {
      refuseToken(visit, () => true);
      return admit(visit, true);
    },
    cookieFor,
    linksCookie(visit, links) {
      const before = guestOf(visit);
      if (before && !before.isOld && before.links.join() === links.join()) return undefined;
      return setCookie(visit, 'guest', guests.make(links, before), GUEST_DAYS);
    },
    renewedCookie(visit) {
      const secret = cookieIn(visit, 'account');
      const signIn = shown(visit);
      const fresh = secret === undefined || !signIn ? undefined : signIns.renew(secret);
      return fresh === undefined || !signIn
        ? undefined
        : setCookie(visit, 'account', fresh, SIGN_IN_DAYS[signIn.as.kind]);
    },
    personCookie,
    origin: (visit) => `${isSecure(visit) ? 'https' : 'http'}://${(visit.headers.host ?? '').toLowerCase()}`,
    pendingCookie: (visit, secret, seconds) => setCookie(visit, 'pending', secret, seconds / DAY_SECONDS),
    pendingOf: (visit) => cookieIn(visit, 'pending'),
    deviceOf: (visit, account) => devices.find(cookieIn(visit, 'device'), account),
    accountCookies(visit, account) {
      const known = devices.add(cookieIn(visit, 'device'), account);
      const signIn = cookieFor(visit, { kind: 'person', person: account.id });
      return known === undefined ? [signIn] : [signIn, setCookie(visit, 'device', known, DEVICE_DAYS)];
    },
    clearCookies(visit) {
      const held = namesOf(visit, 'account').flatMap((name) => shown(visit, name) ?? []);
      const written = held.map(({ id }) => signIns.revoke(id));
      const cookies = [...clearing(visit, 'account'), ...clearing(visit, 'guest')];
      const person = personCookie(visit, { kind: 'stranger' });
      return { cookies: person === undefined ? cookies : [...cookies, person], isWritten: !written.includes(false) };
    },
    close: () => access.close(),
  };
}

/** One for all of their connections. */
const OWNER: Principal = { kind: 'owner' };

function principalOf({ id, as }: SignIn, guest: Guest | undefined): Principal {
  return as.kind === 'owner'
    ? { kind: 'owner', signIn: id }
    : { kind: 'person', person: as.person, signIn: id, ...(guest === undefined ? {} : { guest }) };
}

/** On a disk that takes nothing links stay open until the server ends. */
function guestsIn({ folder, now }: DoorOptions): Guests {
  let key: string;
  try {
    key = readSecret(folder, 'guests');
  } catch {
    key = newSecret();
  }
  return openGuests(key, now);
}

/** Cookies go to every port of a host: the name keeps two servers on one machine apart. */
function cookieName(port: number | undefined, jar: Jar, secure: boolean): string {
  const name = `gondola-${port ?? 0}${SUFFIX[jar]}`;
  return secure ? `__Host-${name}` : name;
}

/** One word for whoever watches over servers; they know no certificate and no proxy. */
const isProbe = ({ url = '/' }: Incoming): boolean => url === '/healthz' || url === '/readyz';

/** A token in an address ends up in histories and logs: only the page's own address takes one, once. */
function refuseToken({ url = '/' }: Incoming, where: (path: string) => boolean): void {
  const [path = '/', query = ''] = url.split('?', 2);
  if (where(path) && new URLSearchParams(query).has('token'))
    throw new AppError('bad-request', 'a token may not stand in the address of a call; send it as Authorization');
}
