/**
 * Browsers that an account has signed in with before, by a cookie of theirs (“device cookies” of OWASP): wrong passwords of
 * strangers may shut strangers out of an account, and not whoever it belongs to. The cookie opens nothing. It only gives
 * its browser a count of its own at that account, and holds until the password is another.
 */
import { createHmac } from 'node:crypto';
import type { Account } from './book.ts';
import { newSecret, sameSecret } from './token.ts';

/** People who share a browser; the first one of more goes. */
const MOST_ACCOUNTS = 5;
export const DEVICE_DAYS = 365;

export interface Devices {
  /** The name of its count, where the cookie is of this account. */
  find(cookie: string | undefined, account: Account): string | undefined;
  /** The cookie with this account in it; undefined where it is already. */
  add(cookie: string | undefined, account: Account): string | undefined;
}

/** `key` is the server's own. */
export function openDevices(key: string): Devices {
  const markOf = ({ id, password = '' }: Account, nonce: string): string =>
    createHmac('sha256', key).update(['device', id, nonce, password].join('\u0000')).digest('base64url');
  const marksIn = (cookie: string | undefined): readonly string[] =>
    (cookie ?? '').split('~', MOST_ACCOUNTS).filter((mark) => mark !== '');

  function find(cookie: string | undefined, account: Account): string | undefined {
    for (const mark of marksIn(cookie)) {
      const [id, nonce = '', shown = ''] = mark.split('.', 3);
      if (id === account.id && sameSecret(shown, markOf(account, nonce))) return nonce;
    }
    return undefined;
  }

  return {
    find,
    add(cookie, account) {
      if (find(cookie, account) !== undefined) return undefined;
      const nonce = newSecret();
      const others = marksIn(cookie).filter((mark) => !mark.startsWith(`${account.id}.`));
      return [...others, `${account.id}.${nonce}.${markOf(account, nonce)}`].slice(-MOST_ACCOUNTS).join('~');
    },
  };
}
