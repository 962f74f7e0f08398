/**
 * What a browser opens: the built page for those who are signed in, the sign-in page for everybody else, and the page's
 * files, which hold nothing of anybody. `/?token=…&to=/n/ID` trades the token for a cookie and goes to `to`.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Door } from '../access/door.ts';
import type { Principal } from '../access/principal.ts';
import { sameSecret } from '../access/token.ts';
import { contentSecurityPolicy, ownPath } from '../access/web.ts';
import { signInPage } from './signin.ts';
import { createStatic } from './static.ts';

/** Who asks for an address, and the nonce that the answer's policy names. */
export type Asked = {
  readonly request: IncomingMessage;
  readonly principal: Principal;
  readonly nonce: string;
};

export type Shown = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
};

export type Pages = {
  /** What GET shows at an address; undefined where there is nothing for a browser. */
  show(asked: Asked): Promise<Shown | undefined>;
  register(app: FastifyInstance): void;
};

export type PagesOptions = {
  /** Where the built page lies, `dist/client`. */
  readonly folder: string;
  readonly door: Door;
  readonly title: string;
};

/** A token and a path: nothing longer is signed in with. */
const FORM_LIMIT = 16 * 1024;

export function createPages({ folder, door, title }: PagesOptions): Pages {
  const files = createStatic(folder);
  let html: Promise<string> | undefined;

  async function page({ request, principal, nonce }: Asked): Promise<Shown> {
    const { searchParams, pathname } = new URL(request.url ?? '/', 'http://gondola.invalid');
    const token = searchParams.get('token');
    const signedIn = principal.kind !== 'stranger';
    if (token !== null) {
      const to = ownPath(searchParams.get('to') ?? pathname);
      if (signedIn) return seeOther(to);
      if (sameSecret(token, door.token)) return seeOther(to, door.cookieFor(request));
    }
    if (!signedIn) {
      const to = ownPath(searchParams.get('to') ?? `${pathname}${search(searchParams)}`);
      return signIn(nonce, to, token !== null);
    }
    html ??= readFile(join(folder, 'index.html'), 'utf8').catch(() => {
      html = undefined;
      return NOT_BUILT;
    });
    return { status: 200, headers: HTML, body: (await html).replaceAll('{{nonce}}', nonce) };
  }

  async function file({ request }: Asked): Promise<Shown | undefined> {
    const path = decoded(pathOf(request));
    const found = path.startsWith('/api/') ? undefined : await files.find(path, request.headers['accept-encoding']);
    if (!found) return undefined;
    const isKept = request.headers['if-none-match'] === found.headers.etag;
    return { status: isKept ? 304 : 200, headers: found.headers, body: isKept ? '' : found.body };
  }

  const signIn = (nonce: string, to: string, failed: boolean): Shown => ({
    status: 401,
    headers: { ...HTML, 'content-security-policy': contentSecurityPolicy(nonce, 'self') },
    body: signInPage({ nonce, title, to, failed }),
  });

  const show: Pages['show'] = (asked) => (/^\/(n\/[^/]+)?$/.test(pathOf(asked.request)) ? page(asked) : file(asked));

  return {
    show,
    register(app) {
      for (const path of ['/', '/n/:id', '/*'])
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
        scope.post('/sign-in', async (request, reply) => {
          const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
          const to = ownPath(form.get('to') ?? undefined);
          const isRight = sameSecret(tokenIn(form.get('token') ?? ''), door.token);
          return send(reply, isRight ? seeOther(to, door.cookieFor(request.raw)) : signIn(request.nonce, to, true));
        });
        scope.post('/sign-out', async (request, reply) =>
          send(reply, seeOther('/', ...door.clearCookies(request.raw))),
        );
      });
    },
  };
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

const seeOther = (to: string, ...cookies: readonly string[]): Shown => ({
  status: 303,
  headers: { location: to, ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }) },
  body: '',
});

const send = (reply: FastifyReply, { status, headers, body }: Shown): FastifyReply =>
  reply
    .code(status)
    .headers({ ...headers })
    .send(body === '' ? undefined : body);

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

/** People paste the whole printed address as often as the token in it. */
function tokenIn(pasted: string): string {
  return /[?&]token=([^&#\s]+)/.exec(pasted)?.[1] ?? pasted.trim();
}

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
