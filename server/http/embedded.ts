/**
 * `/e/SECRET`: the document of a frame that shows one paragraph in a page of another site, for those whom the link's
 * policy names. It holds no more than which notebook to ask for; what it shows comes by the API, to whoever shows the secret.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Door } from '../access/door.ts';
import { type EmbedLink, embedOf } from '../access/embeds.ts';
import { newSecret } from '../access/token.ts';
import { contentSecurityPolicy } from '../access/web.ts';
import { HTML, type PageAnswer, type PageRequest } from './answers.ts';
import type { Static } from './static.ts';
import { wordsFor } from './words.ts';

export type Embedded = {
  /** Undefined where the secret shows nothing, or there is no such address. */
  show(asked: PageRequest): Promise<PageAnswer | undefined>;
};

/** What people and programs wrote stands in a frame of the frame: every page around it is asked for. */
const ADDRESS = /^\/e\/([^/]+)(\/assets\/frame-[\w-]+\.html)?$/;

export const isEmbed = (path: string): boolean => path.startsWith('/e/');

export function createEmbedded(folder: string, { access }: Pick<Door, 'access'>, files: Static): Embedded {
  let html: Promise<string> | undefined;

  async function document(
    { nonce, request }: PageRequest,
    { notebook, embed }: EmbedLink,
  ): Promise<PageAnswer | undefined> {
    html ??= readFile(join(folder, 'embed.html'), 'utf8');
    const text = await html.catch(() => {
      html = undefined;
      return undefined;
    });
    if (text === undefined) return undefined;
    const { lang, embed: words } = wordsFor(request.headers['accept-language']);
    const told: Readonly<Record<string, string>> = {
      ...words,
      nonce,
      notebook,
      open: embed.open ? words.open : '',
      // Whose runs are its own, where it may run: known to this answer alone.
      frame: newSecret(),
    };
    const body = text
      .replace('<html lang="en">', `<html lang="${lang}">`)
      .replace(/\{\{(\w+)\}\}/g, (all, name: string) => told[name] ?? all);
    const policy = contentSecurityPolicy(nonce, 'none', embed.origins);
    return { status: 200, headers: { ...HTML, 'content-security-policy': policy, 'x-frame-options': '' }, body };
  }

  return {
    async show(asked) {
      const [, secret = '', inner] = ADDRESS.exec((asked.request.url ?? '').split('?', 1)[0] ?? '') ?? [];
      const link = embedOf(access.store.book(), secret, Date.now());
      if (!link) return undefined;
      if (inner === undefined) return document(asked, link);
      const found = await files.find(inner, asked.request.headers['accept-encoding'], link.embed.origins);
      return found && { status: 200, headers: found.headers, body: found.body };
    },
  };
}
