/**
 * Coming in and going out: by the printed token, by a name and a password, by a link; out of this browser, or of all. A
 * wrong name and a wrong password look and take the same; so do links that ended and links that never were.
 */
import { accountNamed, changeAccount, nameKey, signInsOf } from '../access/accounts.ts';
import { openAttempts } from '../access/attempts.ts';
import type { AuditEntry } from '../access/audit.ts';
import type { Link } from '../access/book.ts';
import type { Door } from '../access/door.ts';
import { isAlive, linksOf } from '../access/evaluator.ts';
import { linkOf, withLink } from '../access/links.ts';
import { hashPassword, isPassword } from '../access/password.ts';
import { sameSecret } from '../access/token.ts';
import { contentSecurityPolicy, ownPath } from '../access/web.ts';
import type { PersonId } from '../protocol/ids.ts';
import { type Asked, HTML, type Shown, seeOther } from './shown.ts';
import { linkPage, noLinkPage, signInPage } from './signin.ts';
import { type PageWords, wordsFor } from './words.ts';

export type Entrance = {
  signIn(asked: Asked, to: string, wrong?: 'wrongToken' | 'wrongPassword'): Shown;
  /** Whoever showed the token. */
  asOwner(asked: Asked, to: string): Shown;
  openLink(asked: Asked, secret: string): Promise<Shown>;
  takeSignIn(asked: Asked, form: URLSearchParams): Promise<Shown>;
  takeLink(asked: Asked, form: URLSearchParams): Promise<Shown>;
  signOut(asked: Asked, form: URLSearchParams): Promise<Shown>;
  /** Of who is signed in: 204; 401 to whoever has no account here, 403 where the one they have is another, 400, 429. */
  changePassword(asked: Asked, form: URLSearchParams): Promise<Shown>;
};

export function createEntrance(door: Door, title: string): Entrance {
  const { access } = door;
  const attempts = openAttempts(Date.now);

  const page = (asked: Asked, status: number, body: (words: PageWords) => string): Shown => ({
    status,
    headers: {
      ...HTML,
      'content-security-policy': contentSecurityPolicy(asked.nonce, 'self'),
      // Without any referrer a browser sends a form with the origin `null`, which is refused.
      'referrer-policy': 'same-origin',
    },
    body: body(wordsFor(asked.request.headers['accept-language'])),
  });

  const signInWith = (asked: Asked, to: string, status: number, alert?: (words: PageWords) => string): Shown =>
    page(asked, status, (words) => {
      const accounts = access.store.book().accounts.size > 0;
      const trouble = access.store.trouble === undefined ? undefined : words.unreadable;
      return signInPage({ nonce: asked.nonce, title, words, to, accounts, alert: alert?.(words) ?? trouble });
    });

  /** Who it was is said as they said it: nobody is known yet. */
  function note(asked: Asked, entry: Omit<AuditEntry, 'from'>): void {
    const from = addressOf(asked);
    access.audit.note({ ...entry, ...(from === undefined ? {} : { from }) });
  }

  async function byPassword(asked: Asked, name: string, password: string, to: string): Promise<Shown> {
    const known = accountNamed(access.store.latest(), name);
    const account = known?.disabled === undefined ? known : undefined;
    const attempt = await attempts.try(accountKey(name), addressOf(asked) ?? '', () =>
      isPassword(password, account?.password),
    );
    // Asked again: the account may have ended while the password was computed.
    const now = account && access.store.book().accounts.get(account.id);
    if (attempt.result === 'right' && now && now.disabled === undefined && now.password === account.password) {
      note(asked, { event: 'sign-in', by: { id: now.id, name: now.name } });
      return seeOther(to, door.cookieFor(asked.request, { kind: 'person', person: now.id }));
    }
    note(asked, { event: 'sign-in-failed', by: { id: 'unknown' as PersonId, name: name.slice(0, 80) } });
    if (attempt.result === 'wait') return signInWith(asked, to, 429, (words) => words.wait(attempt.seconds));
    return signInWith(asked, to, 401, (words) => words.wrongPassword);
  }

  function open(asked: Asked, link: Link): Shown {
    const { principal } = asked;
    const links = withLink(linksOf(access.store.book(), principal, Date.now()), link.id);
    note(asked, { event: 'link-opened', by: access.who(principal), on: link.notebook, detail: link.id });
    return seeOther(`/p/${link.notebook}`, door.cookieFor(asked.request, { kind: 'guest', links }));
  }

  const noLink = (asked: Asked): Shown => page(asked, 404, (words) => noLinkPage({ nonce: asked.nonce, title, words }));

  const askPassword = (asked: Asked, status: number, action: string, alert?: (words: PageWords) => string): Shown =>
    page(asked, status, (words) => linkPage({ nonce: asked.nonce, title, words, action, alert: alert?.(words) }));

  function asOwner(asked: Asked, to: string): Shown {
    note(asked, { event: 'sign-in', by: OWNER });
    return seeOther(to, door.cookieFor(asked.request));
  }

  return {
    asOwner,
    signIn: (asked, to, wrong) => signInWith(asked, to, 401, wrong && ((words) => words[wrong])),
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
      note(asked, { event: 'sign-in-failed', by: OWNER });
      return signInWith(asked, to, 401, (words) => words.wrongToken);
    },
    async signOut(asked, form) {
      const { principal, request } = asked;
      note(asked, { event: 'sign-out', by: access.who(principal) });
      const cookies = door.clearCookies(request);
      if (form.get('everywhere') === 'true') {
        if (principal.kind === 'person') access.store.commit((book) => signInsOf(book, principal.person));
        if (principal.kind === 'owner') door.signIns.revokeAll((as) => as.kind === 'owner');
      }
      return seeOther('/', ...cookies);
    },
    async changePassword(asked, form) {
      const { principal, request } = asked;
      const answer = (status: number, cookie?: string): Shown => ({
        status,
        headers: cookie === undefined ? {} : { 'set-cookie': cookie },
        body: '',
      });
      const account = principal.kind === 'person' ? access.store.book().accounts.get(principal.person) : undefined;
      if (!account) return answer(401);
      const { id, name } = account;
      const attempt = await attempts.try(accountKey(name), addressOf(asked) ?? '', () =>
        isPassword(form.get('current') ?? '', account.password),
      );
      if (attempt.result === 'wait') return answer(429);
      if (attempt.result === 'wrong') {
        note(asked, { event: 'sign-in-failed', by: { id, name }, detail: 'for another password' });
        return answer(403);
      }
      const password = await hashPassword(form.get('next') ?? '');
      let isDone = false;
      access.store.commit((book) => {
        // It may have been changed, or ended, while these were computed.
        isDone = isAlive(book, principal, Date.now()) && book.accounts.get(id)?.password === account.password;
        return isDone ? changeAccount(book, name, { password }, Date.now()) : [];
      });
      if (!isDone) return answer(403);
      note(asked, { event: 'account-changed', by: { id, name }, whom: name, detail: 'password' });
      // With the others this browser's sign-in ended too.
      return answer(204, door.cookieFor(request, { kind: 'person', person: id }));
    },
  };
}

const OWNER = { id: 'owner' as PersonId, name: 'printed address' };

/** As the account is found: no other way to write its name is another count. */
const accountKey = (name: string): string => nameKey(name).slice(0, 100);

const addressOf = ({ request }: Asked): string | undefined => request.socket.remoteAddress;

/** People paste the whole printed address as often as the token in it. */
function tokenIn(pasted: string): string {
  return /[?&]token=([^&#\s]+)/.exec(pasted)?.[1] ?? pasted.trim();
}
