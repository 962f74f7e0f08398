/**
 * Embeds: one paragraph shown inside pages of other sites. The link's secret stands in the address of the frame and goes
 * with each of its few calls, as no cookie reaches a frame in a foreign page; it signs nobody in. Browsers show the frame
 * in pages of the origins that the link names and in no other: these are written into a policy, so only what is surely an
 * origin is taken. There are no wildcards: whoever can have a page anywhere below a domain could show it there.
 */
import type { Book, Link } from './book.ts';
import { livingLink } from './links.ts';

/** Of one link: a policy names them all, on each answer. */
export const MOST_ORIGINS = 20;
/** A host has at most 253 characters. */
export const LONGEST_ORIGIN = 300;

/**
 * Exactly as a browser writes an origin: `https://wiki.example.com`, `http://localhost:8080`. Undefined for anything else:
 * a path, a name and password, a wildcard, an address of IPv6 (which policies cannot name), capitals, a usual port.
 */
export function originOf(text: string): string | undefined {
  if (text.length > LONGEST_ORIGIN || !/^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(text))
    return undefined;
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('..') ? text : undefined;
}

export type EmbedLink = Link & { readonly embed: NonNullable<Link['embed']> };

/** What a secret shows in a frame now. */
export function embedOf(book: Book, secret: string, at: number): EmbedLink | undefined {
  const link = livingLink(book, secret, at);
  return link?.embed ? { ...link, embed: link.embed } : undefined;
}
