/**
 * What a browser opens: the built page for those who are signed in, the sign-in page for everybody else, and the page's
 * files, which hold nothing of anybody. `/?token=…&to=/n/ID` trades the token for a cookie and goes to `to`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Door } from '../access/door.ts';
import { decide } from '../access/evaluator.ts';
import { sameSecret } from '../access/token.ts';
import { contentSecurityPolicy, ownPath } from '../access/web.ts';
import { signInPage } from './signin.ts';
import { createStatic } from './static.ts';

export type Pages = { register(app: FastifyInstance): void };

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

  async function page(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { searchParams, pathname } = new URL(request.url, 'http://gondola.invalid');
    const token = searchParams.get('token');
    const signedIn = decide(request.principal, 'workspace.list').allowed;
    if (token !== null) {
      const to = ownPath(searchParams.get('to') ?? pathname);
      if (signedIn) return reply.redirect(to, 303);
      if (sameSecret(token, door.token))
        return reply.header('set-cookie', door.cookieFor(request.raw)).redirect(to, 303);
    }
    if (!signedIn) {
      const to = ownPath(searchParams.get('to') ?? `${pathname}${search(searchParams)}`);
      return signIn(request, reply, to, token !== null);
    }
    html ??= readFile(join(folder, 'index.html'), 'utf8').catch(() => {
      html = undefined;
      return NOT_BUILT;
    });
    return reply.type('text/html; charset=utf-8').send((await html).replaceAll('{{nonce}}', request.nonce));
  }

  function signIn(request: FastifyRequest, reply: FastifyReply, to: string, failed: boolean): FastifyReply {
    return reply
      .code(401)
      .header('content-security-policy', contentSecurityPolicy(request.nonce, 'self'))
      .type('text/html; charset=utf-8')
      .send(signInPage({ nonce: request.nonce, title, to, failed }));
  }

  return {
    register(app) {
      app.get('/', page);
      app.get('/n/:id', page);
      app.get('/*', async (request, reply) => {
        const path = decoded(request.url.split('?', 1)[0] ?? '/');
        const file = path.startsWith('/api/') ? undefined : await files.find(path, request.headers['accept-encoding']);
        if (!file) return reply.callNotFound();
        reply.headers(file.headers);
        if (request.headers['if-none-match'] === file.headers.etag) return reply.code(304).send();
        return reply.send(file.body);
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
          if (!sameSecret(tokenIn(form.get('token') ?? ''), door.token)) return signIn(request, reply, to, true);
          return reply.header('set-cookie', door.cookieFor(request.raw)).redirect(to, 303);
        });
        scope.post('/sign-out', async (request, reply) =>
          reply.header('set-cookie', door.clearCookie(request.raw)).redirect('/', 303),
        );
      });
    },
  };
}

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
