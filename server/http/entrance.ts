/**
 * Coming in and going out: by the printed token, by a name and a password, by a link; out of this browser, or of all. A
 * wrong name and a wrong password look and take the same; so do links that ended and links that never were.
 */
import { accountNamed, changeAccount } from '../access/accounts.ts';
import { PRINTED, unknown } from '../access/actors.ts';
import { type Attempts, networkOf } from '../access/attempts.ts';
import type { AuditEntry } from '../access/audit.ts';
import type { Link, SignIn } from '../access/book.ts';
import type { Door } from '../access/door.ts';
import { isAlive, linksOf } from '../access/evaluator.ts';
import { letIn } from '../access/identity/let-in.ts';
import { askInTurn, inOrder, openPasswords } from '../access/identity/password.ts';
import { PENDING_SECONDS } from '../access/identity/pending.ts';
import type { Answer, Providers } from '../access/identity.ts';
import { linkOf, withLink } from '../access/links.ts';
import { hashPassword, isPassword } from '../access/password.ts';
import type { Principal } from '../access/principal.ts';
import { sameSecret } from '../access/token.ts';
import { ownPath } from '../access/web.ts';
import { AppError } from '../errors.ts';
import { nameKey } from '../protocol/fold.ts';
import { failed, formPage, type PageAnswer, type PageRequest, seeOther } from './answers.ts';
import { linkPage, noLinkPage, signInPage } from './signin.ts';
import type { PageWords } from './words.ts';

export type Entrance = {
  signIn(asked: PageRequest, to: string, wrong?: 'wrongToken' | 'wrongPassword'): PageAnswer;
  /** Whoever showed the token. */
  asOwner(asked: PageRequest, to: string): PageAnswer;
  /** Sends the browser to the provider; undefined where there is none. */
  goElsewhere(asked: PageRequest): Promise<PageAnswer | undefined>;
  /** What the provider sent it back with. */
  backFromElsewhere(asked: PageRequest): Promise<PageAnswer | undefined>;
  openLink(asked: PageRequest, secret: string): Promise<PageAnswer>;
  /** Where a link shows nothing, whether it ended or never was. */
  noLink(asked: PageRequest): PageAnswer;
  takeSignIn(asked: PageRequest, form: URLSearchParams): Promise<PageAnswer>;
  takeLink(asked: PageRequest, form: URLSearchParams): Promise<PageAnswer>;
  signOut(asked: PageRequest, form: URLSearchParams): Promise<PageAnswer>;
  /** Of who is signed in: 204; 401 to whoever has no account here, 403 where the one they have is another, 400, 429. */
  changePassword(asked: PageRequest, form: URLSearchParams): Promise<PageAnswer>;
};

export function createEntrance(
  door: Door,
  title: string,
  attempts: Attempts,
  { directory, visit }: Providers = {},
): Entrance {
  const { access } = door;
  const passwords = inOrder(openPasswords(access.store), directory);
  const signInWith = (
    asked: PageRequest,
    to: string,
    status: number,
    alert?: (words: PageWords) => string,
  ): PageAnswer =>
    formPage(asked, status, (words) => {
      const hasPassword = (): boolean =>
        [...access.store.book().accounts.values()].some((one) => one.password !== undefined);
      const accounts = directory !== undefined || hasPassword();
      const trouble = access.store.trouble === undefined ? undefined : words.unreadable;
      return signInPage({ nonce: asked.nonce, title, words, to, accounts, visit, alert: alert?.(words) ?? trouble });
    });

  const addressOf = ({ request }: PageRequest): string | undefined => door.arrival(request).address || undefined;

  function note(asked: PageRequest, entry: Omit<AuditEntry, 'from'>): void {
    const from = addressOf(asked);
    access.audit.note({ ...entry, ...(from === undefined ? {} : { from }) });
  }

  async function byPassword(asked: PageRequest, name: string, password: string, to: string): Promise<PageAnswer> {
    let answer: Answer = { result: 'wrong' };
    const account = accountNamed(access.store.latest(), name);
    const attempt = await attempts.tryParts(
      accountKey(name),
      addressOf(asked) ?? '',
      async (turn) => {
        answer = await askInTurn(passwords, name, password, turn);
        return answer.result === 'account' || answer.result === 'told';
      },
      account && door.deviceOf(asked.request, account),
    );
    if (attempt.result === 'wait') {
      noteFailed(asked, name);
      return signInWith(asked, to, 429, (words) => words.wait(attempt.seconds));
    }
    const wrong = (words: PageWords): string => words.wrongPassword;
    return comeIn(asked, answer, { to, said: name, label: directory?.label ?? '', wrong });
  }

  type Coming = {
    readonly to: string;
    /** Who they said they are, or who was asked. */
    readonly said: string;
    readonly label: string;
    readonly wrong: (words: PageWords) => string;
  };

  /** In with whom the answer names, or back to the page, which says what they can do. */
  function comeIn(asked: PageRequest, answer: Answer, { to, said, label, wrong }: Coming): PageAnswer {
    const entry = letIn(access, answer, Date.now(), (one) => note(asked, one));
    if (entry.result === 'in') {
      const { id, name, identity } = entry.account;
      note(asked, { event: 'sign-in', by: { id, name }, ...(identity ? { detail: identity.by } : {}) });
      return seeOther(to, ...door.accountCookies(asked.request, entry.account));
    }
    noteFailed(asked, said);
    if (entry.result === 'unwritten') return signInWith(asked, to, 503, (words) => words.unwritten);
    if (answer.result === 'told') return signInWith(asked, to, 403, (words) => words.notLetIn);
    if (answer.result === 'away') return signInWith(asked, to, 503, (words) => words.providerAway(label));
    return signInWith(asked, to, 401, wrong);
  }

  /** Who it was is said as they said it: nobody is known yet. */
  function noteFailed(asked: PageRequest, said: string): void {
    note(asked, { event: 'sign-in-failed', by: unknown(said.slice(0, 80)) });
  }

  function open(asked: PageRequest, link: Link): PageAnswer {
    const { principal } = asked;
    const links = withLink(linksOf(access.store.book(), principal, Date.now()), link.id);
    const cookie = door.linksCookie(asked.request, links);
    if (cookie === undefined) return seeOther(`/p/${link.notebook}`);
    note(asked, { event: 'link-opened', by: access.who(principal), on: link.notebook, detail: link.id });
    return seeOther(`/p/${link.notebook}`, cookie);
  }

  const noLink = (asked: PageRequest): PageAnswer =>
    formPage(asked, 404, (words) => noLinkPage({ nonce: asked.nonce, title, words }));

  const askPassword = (
    asked: PageRequest,
    status: number,
    action: string,
    alert?: (words: PageWords) => string,
  ): PageAnswer =>
    formPage(asked, status, (words) => linkPage({ nonce: asked.nonce, title, words, action, alert: alert?.(words) }));

  function asOwner(asked: PageRequest, to: string): PageAnswer {
    note(asked, { event: 'sign-in', by: PRINTED });
    return seeOther(to, door.cookieFor(asked.request));
  }

  return {
    asOwner,
    noLink,
    signIn: (asked, to, wrong) => signInWith(asked, to, 401, wrong && ((words) => words[wrong])),
    async goElsewhere(asked) {
      if (!visit) return undefined;
      const { request } = asked;
      const to = ownPath(searchOf(asked).get('to') ?? undefined);
      // Only from a page of ours, or by hand: no other page decides that somebody signs in.
      const site = request.headers['sec-fetch-site'] ?? 'none';
      if (site !== 'same-origin' && site !== 'none') return seeOther(`/sign-in?to=${encodeURIComponent(to)}`);
      const gone = await visit.begin({
        to,
        origin: door.origin(request),
        browser: door.pendingOf(request),
        network: networkOf(addressOf(asked) ?? ''),
      });
      if (gone.result === 'go') return seeOther(gone.url, door.pendingCookie(request, gone.browser, PENDING_SECONDS));
      return signInWith(asked, to, 503, (words) => words.providerAway(visit.label));
    },
    async backFromElsewhere(asked) {
      if (!visit) return undefined;
      const { answer, to } = await visit.end(searchOf(asked), door.pendingOf(asked.request));
      const { label } = visit;
      const wrong = (words: PageWords): string => words.providerWrong(label);
      return comeIn(asked, answer, { to: ownPath(to), said: label, label, wrong });
    },
    async openLink(asked, secret) {
      const link = linkOf(access.store.book(), secret, Date.now());
      if (!link) return noLink(asked);
      return link.password === undefined ? open(asked, link) : askPassword(asked, 401, `/s/${secret}`);
    },
    async takeLink(asked, form) {
      const secret = /^\/s\/([^/?]+)/.exec(asked.request.url ?? '')?.[1] ?? '';
      const link = linkOf(access.store.book(), secret, Date.now());
      if (!link) return noLink(asked);
      const { password } = link;
      if (password === undefined) return open(asked, link);
      const given = form.get('password') ?? '';
      const attempt = await attempts.try(`link ${link.id}`, addressOf(asked) ?? '', () => isPassword(given, password));
      const still = linkOf(access.store.book(), secret, Date.now());
      if (attempt.result === 'right' && still) return open(asked, still);
      if (attempt.result === 'wait')
        return askPassword(asked, 429, `/s/${secret}`, (words) => words.wait(attempt.seconds));
      return askPassword(asked, 401, `/s/${secret}`, (words) => words.wrongLinkPassword);
    },
    async takeSignIn(asked, form) {
      const to = ownPath(form.get('to') ?? undefined);
      const name = form.get('name');
      if (name !== null) return byPassword(asked, name, form.get('password') ?? '', to);
      const isRight = sameSecret(tokenIn(form.get('token') ?? ''), door.token);
      if (isRight) return asOwner(asked, to);
      note(asked, { event: 'sign-in-failed', by: PRINTED });
      return signInWith(asked, to, 401, (words) => words.wrongToken);
    },
    async signOut(asked, form) {
      const { principal, request } = asked;
      note(asked, { event: 'sign-out', by: access.who(principal) });
      const { cookies, isWritten } = door.clearCookies(request);
      const whose = form.get('everywhere') === 'true' ? everyOf(principal) : undefined;
      const isAll = whose ? door.signIns.revokeAll(whose) : true;
      if (isWritten && isAll) return seeOther('/', ...cookies);
      return failed(new AppError('sign-out-held'), ...cookies);
    },
    async changePassword(asked, form) {
      const { principal } = asked;
      const answer = (status: number, cookies: readonly string[] = []): PageAnswer => ({
        status,
        headers: cookies.length === 0 ? {} : { 'set-cookie': [...cookies] },
        body: '',
      });
      const account = principal.kind === 'person' ? access.store.book().accounts.get(principal.person) : undefined;
      if (!account) return answer(401);
      const { id, name } = account;
      // It is changed where they sign in.
      if (account.identity) return answer(403);
      const attempt = await attempts.try(
        accountKey(name),
        addressOf(asked) ?? '',
        () => isPassword(form.get('current') ?? '', account.password),
        principal.kind === 'person' ? principal.signIn : undefined,
      );
      if (attempt.result === 'wait') return answer(429);
      if (attempt.result === 'wrong') {
        note(asked, { event: 'sign-in-failed', by: { id, name }, detail: 'for another password' });
        return answer(403);
      }
      const password = await attempts.turn(() => hashPassword(form.get('next') ?? ''));
      let isDone = false;
      access.store.commit((book) => {
        // It may have been changed, or ended, while these were computed.
        isDone = isAlive(book, principal, Date.now()) && book.accounts.get(id)?.password === account.password;
        return isDone ? changeAccount(book, name, { password }, Date.now()) : [];
      });
      if (!isDone) return answer(403);
      note(asked, { event: 'account-changed', by: { id, name }, whom: name, detail: 'password' });
      // With the others this browser's sign-in ended too.
      return answer(204, door.accountCookies(asked.request, access.store.book().accounts.get(id) ?? account));
    },
  };
}

/** Their sign-ins. */
function everyOf(principal: Principal): ((as: SignIn['as']) => boolean) | undefined {
  if (principal.kind === 'person') return (as) => as.kind === 'person' && as.person === principal.person;
  return principal.kind === 'owner' ? (as) => as.kind === 'owner' : undefined;
}

/** As the account is found: no other way to write its name is another count. */
const accountKey = (name: string): string => nameKey(name).slice(0, 100);

const searchOf = ({ request }: PageRequest): URLSearchParams =>
  new URL(request.url ?? '/', 'http://gondola.invalid').searchParams;

/** People paste the whole printed address as often as the token in it. */
function tokenIn(pasted: string): string {
  return /[?&]token=([^&#\s]+)/.exec(pasted)?.[1] ?? pasted.trim();
}
