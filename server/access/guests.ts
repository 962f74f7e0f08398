/**
 * What links opened, kept by the browser itself: a cookie names them and is signed, so that opening a link writes nothing
 * here. However often links are opened the database does not grow, and nobody is put out by others who open some. The key
 * lies beside the database, as a copy of that alone must open nothing; without it links are opened again. A link that
 * ended is gone from the book, and with it all that its cookies open.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type LinkId, newId, parseId, type SignInId } from '../protocol/ids.ts';
import type { Guest } from './principal.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A browser that opened nothing for so long opens its links again. */
export const GUEST_DAYS = 30;
/** Behind half of that a link opened again makes the cookie anew. */
const RENEW_MS = (GUEST_DAYS / 2) * DAY;

export interface Guests {
  /** The cookie's value for a browser that holds these links; `before` keeps its name. */
  make(links: readonly LinkId[], before?: Guest): string;
  /** Undefined where it was made elsewhere, or too long ago. */
  read(value: string): (Guest & { readonly isOld: boolean }) | undefined;
}

export function openGuests(key: string, now: () => number): Guests {
  const signed = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');

  return {
    make(links, before) {
      const expires = Math.floor((now() + GUEST_DAYS * DAY) / 1000);
      const text = [before?.browser ?? newId<SignInId>(), expires, links.join('+')].join('.');
      return `${text}.${signed(text)}`;
    },
    read(value) {
      const [, text = '', mac = ''] = /^([a-z0-9-]+\.\d+\.[a-z0-9+-]*)\.([\w-]{43})$/.exec(value) ?? [];
      if (mac === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(signed(text)))) return undefined;
      const [browser = '', seconds = '', names = ''] = text.split('.');
      const left = Number(seconds) * 1000 - now();
      if (left <= 0) return undefined;
      return {
        browser,
        links: names.split('+').flatMap((name) => parseId<LinkId>(name) ?? []),
        isOld: left < RENEW_MS,
      };
    },
  };
}
