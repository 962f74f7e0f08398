/**
 * What a browser opens: the built page for those who are signed in, the sign-in page for everybody else, and the page's
 * files, which hold nothing of anybody. `/?token=…&to=/n/ID` trades the token for a cookie and goes to `to`; `/s/SECRET`
 * does so for a link; `/i/SECRET` makes an account, `/e/SECRET` is a frame in another site's page. What signs in or out is in
 * `entrance.ts`.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Door } from '../access/door.ts';
import { CALLBACK } from '../access/identity/pending.ts';
import type { Providers } from '../access/identity.ts';
import { sameSecret } from '../access/token.ts';
import { ownPath } from '../access/web.ts';
import { HTML, type PageAnswer, type PageRequest, seeOther } from './answers.ts';
import { createEmbedded, isEmbed } from './embedded.ts';
import { createEntrance } from './entrance.ts';
import { createInvitations } from './invitations.ts';
import { createStatic } from './static.ts';

export type Pages = {
  /** What GET shows at an address; undefined where there is nothing for a browser. */
  show(asked: PageRequest): Promise<PageAnswer | undefined>;
  register(app: FastifyInstance): void;
};

export type PagesOptions = {
  /** Where the built page lies, `dist/client`. */
  readonly folder: string;
  readonly door: Door;
  readonly title: string;
  /** Who else says who somebody is. */
  readonly providers?: Providers;
};

const OPENED = [
  '/',
  '/n/:id',
  '/n/:id/report',
  '/p/:id',
  '/s/:secret',
  '/e/:secret',
  '/e/:secret/*',
  '/i/:secret',
  '/sign-in',
  '/sign-in/oidc',
];

/** A token, a name, a password and a path: nothing longer is signed in with. */
const FORM_LIMIT = 16 * 1024;

export function createPages({ folder, door, title, providers }: PagesOptions): Pages {
  const files = createStatic(folder);
  const { attempts } = door.access;
  const entrance = createEntrance(door, title, attempts, providers);
  const invitations = createInvitations(door, title, attempts);
  const embedded = createEmbedded(folder, door, files);
  let html: Promise<string> | undefined;

  async function page(asked: PageRequest): Promise<PageAnswer> {
    const { request, principal, nonce } = asked;
    const { searchParams, pathname } = new URL(request.url ?? '/', 'http://gondola.invalid');
    const token = searchParams.get('token');
    const signedIn = principal.kind !== 'stranger';
    if (token !== null) {
      const to = ownPath(searchParams.get('to') ?? pathname);
      if (principal.kind === 'owner') return seeOther(to);
      if (sameSecret(token, door.token)) return entrance.asOwner(asked, to);
      if (signedIn) return seeOther(to);
    }
    if (!signedIn) {
      const to = ownPath(searchParams.get('to') ?? `${pathname}${search(searchParams)}`);
      return entrance.signIn(asked, to, token === null ? undefined : 'wrongToken');
    }
    html ??= readFile(join(folder, 'index.html'), 'utf8').catch(() => {
      html = undefined;
      return NOT_BUILT;
    });
    const cookies = [door.renewedCookie(request), door.personCookie(request, principal)].filter(
      (one) => one !== undefined,
    );
    const headers = cookies.length === 0 ? HTML : { ...HTML, 'set-cookie': cookies };
    return { status: 200, headers, body: (await html).replaceAll('{{nonce}}', nonce) };
  }

  async function file({ request }: PageRequest): Promise<PageAnswer | undefined> {
    const path = decoded(pathOf(request));
    const found = path.startsWith('/api/') ? undefined : await files.find(path, request.headers['accept-encoding']);
    if (!found) return undefined;
    const isKept = request.headers['if-none-match'] === found.headers.etag;
    return { status: isKept ? 304 : 200, headers: found.headers, body: isKept ? '' : found.body };
  }

  async function show(asked: PageRequest): Promise<PageAnswer | undefined> {
    const path = pathOf(asked.request);
    if (/^\/(n\/[^/]+(\/report)?|p\/[^/]+)?$/.test(path)) return page(asked);
    if (isEmbed(path)) return (await embedded.show(asked)) ?? entrance.noLink(asked);
    if (path === '/sign-in') return entrance.signIn(asked, toIn(asked.request));
    if (path === '/sign-in/oidc') return entrance.goElsewhere(asked);
    if (path === CALLBACK) return entrance.backFromElsewhere(asked);
    const secret = /^\/s\/([^/]+)$/.exec(path)?.[1];
    if (secret !== undefined) return entrance.openLink(asked, secret);
    return /^\/i\/[^/]+$/.test(path) ? invitations.open(asked) : file(asked);
  }

  return {
    show,
    register(app) {
      for (const path of [...OPENED, CALLBACK, '/*'])
        app.get(path, async (request, reply) => {
          const { principal, nonce } = request;
          const shown = await show({ request: request.raw, principal, nonce });
          return shown ? send(reply, shown) : reply.callNotFound();
        });
      app.register(async (scope) => {
        scope.addContentTypeParser(
          'application/x-www-form-urlencoded',
          { parseAs: 'string', bodyLimit: FORM_LIMIT },
          async (_request: unknown, body: string) => new URLSearchParams(body),
        );
        const forms = {
          '/sign-in': entrance.takeSignIn,
          '/sign-out': entrance.signOut,
          '/password': entrance.changePassword,
          '/s/:secret': entrance.takeLink,
          '/i/:secret': invitations.take,
        };
        for (const [path, take] of Object.entries(forms))
          scope.post(path, async (request, reply) => {
            const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
            const { principal, nonce } = request;
            return send(reply, await take({ request: request.raw, principal, nonce }, form));
          });
      });
    },
  };
}

function send(reply: FastifyReply, { status, headers, body }: PageAnswer): FastifyReply {
  for (const [name, value] of Object.entries(headers))
    if (value === '') reply.removeHeader(name);
    else reply.header(name, value);
  return reply.code(status).send(body === '' ? undefined : body);
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

const toIn = ({ url = '/' }: IncomingMessage): string =>
  ownPath(new URL(url, 'http://gondola.invalid').searchParams.get('to') ?? undefined);

function search(params: URLSearchParams): string {
  const rest = new URLSearchParams(params);
  rest.delete('token');
  rest.delete('to');
  return rest.size > 0 ? `?${rest}` : '';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Gondola</title><p>The page is not built: npm run build</p>\n';
