/**
 * The HTTP API: the door, then the evaluator, then the operation. Fastify routes and reads bodies; what an operation
 * takes and gives is checked by its own schemas (`route.ts`), so that neither a validator nor a serializer is compiled at
 * start. Every failure answers from the catalogue; every response carries the page's policy with a nonce of its own.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Access } from '../access/access.ts';
import type { Door } from '../access/door.ts';
import type { Action, Target } from '../access/evaluator.ts';
import type { Principal } from '../access/principal.ts';
import { DATA_POLICY, redacted, responseHeaders } from '../access/web.ts';
import { AppError, errorBody } from '../errors.ts';
import { openMeters } from '../metrics/meters.ts';
import { type NotebookId, parseId } from '../protocol/ids.ts';
import { takeBodies, takeNoneEncoded } from './bodies.ts';
import { claimedPerson } from './claimed.ts';
import { toAppError } from './failures.ts';
import type { Logger } from './logging.ts';
import { createMetrics } from './metrics.ts';
import { createOpenApi } from './openapi.ts';
import type { Pages } from './pages.ts';
import { PREVIEW_HEADER, previewOf, viewerIn } from './preview.ts';
import { requestIdOf, whoseRequest } from './requests.ts';
import { type Answer, API, type Circumstances, JSON_LIMIT, type Route } from './route.ts';
import { routes } from './routes.ts';
import type { Services } from './services.ts';
import { targetOf, WORKSPACE } from './targets.ts';
import { endWhenRefused } from './underway.ts';

export type AppOptions = {
  readonly services: Services;
  readonly door: Door;
  readonly logger: Logger;
  /** The built page, and the sign-in page. */
  readonly pages: Pages;
  readonly version: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
    nonce: string;
  }
  interface FastifyInstance {
    /** Every route there is: a test knocks at each without credentials. */
    inventory: readonly { readonly method: string; readonly url: string }[];
  }
}

export async function createApp({ services, door, logger, pages, version }: AppOptions): Promise<FastifyInstance> {
  const base: FastifyBaseLogger = logger;
  const app = fastify({
    loggerInstance: base,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT,
    genReqId: (request) => requestIdOf(request.headers['x-request-id'], door.isByProxy(request)),
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: false },
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
    // An address that can't be decoded is refused before any hook: the door is asked here.
    frameworkErrors: (error, request, reply) => {
      dress(request, reply);
      fail(refusalOf(door, request) ?? error, request, reply);
    },
  });
  const { access } = door;
  const { meters = openMeters() } = services;
  const metrics = createMetrics(meters, services.gauges);
  const openApi = createOpenApi(routes, version);

  const inventory: { method: string; url: string }[] = [];
  app.decorate('inventory', inventory);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) inventory.push({ method: one, url });
  });
  app.decorateRequest('principal');
  app.decorateRequest('nonce', '');
  app.addHook('onRequest', async (request, reply) => {
    dress(request, reply);
    request.principal = { kind: 'stranger' };
    request.principal = door.admit(request.raw);
  });
  app.addHook('onResponse', async (request, reply) => {
    meters.count('http_requests_total', [request.method, String(reply.statusCode)]);
    meters.observe('http_request_duration_seconds', reply.elapsedTime / 1000);
    const { method, routeOptions, principal } = request;
    // The route instead of the address: that may hold names of files, and what is found at random.
    const about = { method, route: routeOptions.url ?? 'none', notebook: notebookIn(request.params) };
    const how = { status: reply.statusCode, ms: Math.round(reply.elapsedTime), who: whoseRequest(principal) };
    request.log.info({ ...about, ...how }, 'request');
  });
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request) => {
    authorise(access, request.principal, 'workspace.list', WORKSPACE, 'address');
    throw new AppError('not-found', 'address');
  });

  app.removeAllContentTypeParsers();
  pages.register(app);
  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok'));
  app.get('/readyz', (request, reply) => {
    const operates = access.decide(request.principal, 'operate', WORKSPACE).allowed;
    const ready = services.readiness();
    if (!ready.ready) logger.warn({ why: ready.why }, 'not ready');
    return reply
      .code(ready.ready ? 200 : 503)
      .type('text/plain')
      .send([ready.ready ? 'ready' : 'unready', ...(operates ? (services.details?.() ?? []) : [])].join('\n'));
  });
  app.get('/metrics', async (request, reply) => {
    authorise(access, request.principal, 'operate', WORKSPACE);
    const { contentType, text } = await metrics.render();
    return reply.type(contentType).send(text);
  });
  app.get(`${API}/openapi.json`, async (request, reply) => {
    authorise(access, request.principal, 'workspace.list', WORKSPACE);
    return reply.type('application/json; charset=utf-8').send(await openApi());
  });
  for (const kind of ['none', 'json', 'text', 'stream'] as const) {
    await app.register(async (scope) => {
      takeBodies(scope, kind);
      for (const route of routes) if (route.takes === kind) add(scope, route, services, access);
    });
  }
  return app;
}

function dress(request: FastifyRequest, reply: FastifyReply): void {
  request.nonce = randomBytes(16).toString('base64');
  reply.headers({ ...responseHeaders(request.nonce, request.id) });
  if (request.url.startsWith('/api/')) reply.header('content-security-policy', DATA_POLICY);
}

function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toAppError(error, request.id);
  if (known.status >= 500) {
    const cause = known.cause instanceof Error ? known.cause : error;
    const about = { err: cause, code: known.code, url: redacted(request.url) };
    request.log[known.code === 'internal' ? 'error' : 'warn'](about, 'request failed');
  }
  return reply
    .code(known.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(known, request.id)));
}

/** Why the door lets nobody in from there, whatever was asked for. */
function refusalOf(door: Door, request: FastifyRequest): unknown {
  try {
    door.admit(request.raw);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Operations check what they take themselves: no schema is given to Fastify, so its compilers are never loaded. */
const unused = (): never => {
  throw new Error('a route has a schema of its own');
};

function authorise(access: Access, principal: Principal, action: Action, target: Target, what: string = target.kind) {
  const decision = access.decide(principal, action, target);
  if (decision.allowed) return decision.role;
  throw new AppError(decision.why, decision.why === 'forbidden' ? access.needs(principal, action, target) : what);
}

function add(app: FastifyInstance, route: Route, services: Services, access: Access): void {
  app.route({
    method: route.method,
    url: `${API}${route.path}`,
    ...(route.limit === undefined ? {} : { bodyLimit: route.limit }),
    // Before the body is read: a stranger's is never looked at.
    preParsing: async (request, _reply, payload) => {
      const target = targetOf(route.target, namedRest(request.params), services);
      authorise(access, standing(request, route, target, access), route.action, target, route.target);
      takeNoneEncoded(request);
      return payload;
    },
    handler: async (request, reply) => {
      const params = namedRest(request.params);
      const target = (): Target => targetOf(route.target, params, services);
      const principal = standing(request, route, target(), access);
      const role = authorise(access, principal, route.action, target(), route.target);
      const raw = {
        params,
        query: request.query,
        body: request.body,
        text: typeof request.body === 'string' ? request.body : '',
        stream: request.body instanceof Readable ? request.body : Readable.from([]),
      };
      const { method, headers } = request;
      const circumstances: Circumstances = {
        services,
        access,
        principal,
        role,
        who: access.who(request.principal, claimedPerson(headers['gondola-person'])),
        require: (action, target) => authorise(access, principal, action, target),
        view: (notebook) => {
          const view = access.view(principal, notebook);
          if (!view) throw new AppError('not-found', 'notebook');
          return view;
        },
        method,
        headers,
        signal: signalOf(request, reply),
      };
      const may = (): boolean =>
        access.decide(principal, route.action, target()).allowed &&
        (principal === request.principal || access.decide(request.principal, 'notebook.share', target()).allowed);
      const watch = (): (() => void) => endWhenRefused(access.store, may, () => request.raw.socket.destroy());
      const release = route.takes === 'stream' ? watch() : undefined;
      let done: Answer;
      try {
        done = await route.run(raw, circumstances);
      } finally {
        release?.();
      }
      if (done.body instanceof Readable && !reply.raw.destroyed) reply.raw.once('close', watch());
      return answer(reply, done);
    },
  });
}

/** Who asks, or as whom an owner of what is asked about looks. */
function standing({ principal, headers }: FastifyRequest, route: Route, target: Target, access: Access): Principal {
  const viewer = viewerIn(headers[PREVIEW_HEADER], route);
  if (!viewer) return principal;
  authorise(access, principal, 'notebook.share', target, route.target);
  return previewOf(access.store.book(), viewer);
}

/** Its id, where the call is about one. */
function notebookIn(params: unknown): string | undefined {
  const id = typeof params === 'object' && params !== null && 'id' in params ? params.id : undefined;
  return typeof id === 'string' ? parseId<NotebookId>(id) : undefined;
}

/** What `*` took is called `path`, as in the OpenAPI document. */
function namedRest(params: unknown): unknown {
  if (typeof params !== 'object' || params === null || !('*' in params)) return params;
  const { '*': path, ...rest } = params;
  return { ...rest, path };
}

function answer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status ?? (body === undefined ? 204 : 200));
  if (headers) reply.headers({ ...headers });
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable)
    return reply.send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function signalOf(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const check = (): void => {
    if (!reply.raw.writableFinished) gone.abort();
  };
  request.raw.once('aborted', check);
  reply.raw.once('close', check);
  return gone.signal;
}
