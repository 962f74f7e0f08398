/**
 * `/i/SECRET`: whoever has the address chooses a name and a password, and is signed in by the account that this makes. An
 * invitation that ended, was used up, withdrawn or never was looks the same.
 */
import type { Attempts } from '../access/attempts.ts';
import type { Account } from '../access/book.ts';
import type { Door } from '../access/door.ts';
import { accept, invitationOf } from '../access/invitations.ts';
import { hashPassword } from '../access/password.ts';
import { AppError } from '../errors.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../protocol/passwords.ts';
import { DatabaseError } from '../storage/database.ts';
import { formPage, type PageAnswer, type PageRequest, seeOther } from './answers.ts';
import { invitationPage, noInvitationPage } from './signin.ts';
import type { PageWords } from './words.ts';

export type Invitations = {
  open(asked: PageRequest): Promise<PageAnswer>;
  take(asked: PageRequest, form: URLSearchParams): Promise<PageAnswer>;
};

type Trouble = { readonly status: number; readonly alert: (words: PageWords) => string };
type Made = { readonly account: Account } | Trouble | 'over';

export function createInvitations(door: Door, title: string, attempts: Attempts): Invitations {
  const { store, audit } = door.access;
  const secretIn = ({ request }: PageRequest): string => /^\/i\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '';
  const found = (secret: string) =>
    invitationOf(store.book(), secret, Date.now()) ?? invitationOf(store.latest(), secret, Date.now());

  const none = (asked: PageRequest): PageAnswer =>
    formPage(asked, 404, (words) => noInvitationPage({ nonce: asked.nonce, title, words }));

  const ask = (asked: PageRequest, name = '', trouble?: Trouble): PageAnswer =>
    formPage(asked, trouble?.status ?? 200, (words) => {
      const action = `/i/${secretIn(asked)}`;
      return invitationPage({ nonce: asked.nonce, title, words, action, name, alert: trouble?.alert(words) });
    });

  function make(secret: string, name: string, password: string): Made {
    try {
      let account: Account | undefined;
      store.commit((book) => {
        const { changes, person } = accept(book, secret, { name, password }, Date.now());
        for (const { table, id, body } of changes) if (table === 'accounts' && id === person) account = body;
        return changes;
      });
      return account ? { account } : 'over';
    } catch (error) {
      return troubleOf(error);
    }
  }

  return {
    open: async (asked) => (found(secretIn(asked)) ? ask(asked) : none(asked)),
    async take(asked, form) {
      const secret = secretIn(asked);
      const invitation = found(secret);
      if (!invitation) return none(asked);
      const name = form.get('name') ?? '';
      const password = form.get('password') ?? '';
      const { address } = door.arrival(asked.request);
      let made: Made = 'over';
      // A name that is taken counts as a wrong one: an invitation is no way to ask for all names there are.
      const attempt = await attempts.try(`invitation ${invitation.id}`, address, async () => {
        const hash = await hashPassword(password).catch(() => undefined);
        made = hash === undefined ? LENGTH : make(secret, name, hash);
        return typeof made === 'object' && 'account' in made;
      });
      if (attempt.result === 'wait')
        return ask(asked, name, { status: 429, alert: (words) => words.wait(attempt.seconds) });
      return answer(asked, made, name, invitation.id, address);
    },
  };

  function answer(asked: PageRequest, made: Made, name: string, id: string, address: string): PageAnswer {
    if (made === 'over') return none(asked);
    if ('alert' in made) return ask(asked, name.slice(0, MOST_SHOWN), made);
    const { account } = made;
    const who = { id: account.id, name: account.name };
    const from = address === '' ? {} : { from: address };
    audit.note({
      event: 'account-added',
      by: who,
      on: account.id,
      whom: account.name,
      detail: `invitation ${id}: ${account.role}`,
      ...from,
    });
    audit.note({ event: 'sign-in', by: who, ...from });
    return seeOther('/', ...door.accountCookies(asked.request, account));
  }
}

/** Of a name that was refused, in the field for it. */
const MOST_SHOWN = 200;

const LENGTH: Trouble = {
  status: 400,
  alert: (words) => words.passwordLength(SHORTEST_PASSWORD, LONGEST_PASSWORD),
};

function troubleOf(error: unknown): Trouble | 'over' {
  if (error instanceof DatabaseError) return { status: 507, alert: (words) => words.notWritten };
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'not-found') return 'over';
  if (error.code === 'already-exists') return { status: 409, alert: (words) => words.nameTaken };
  return { status: 400, alert: (words) => words.noName };
}
