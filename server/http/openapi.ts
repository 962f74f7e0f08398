/**
 * The OpenAPI document, made from the operations' own schemas on the first request for it: the plugin that knows how is
 * not loaded before.
 */
import type { TSchema } from '@sinclair/typebox';
import { fastify } from 'fastify';
import { API, type Route } from './route.ts';
import { Failure } from './schemas.ts';

export function createOpenApi(routes: readonly Route[], version: string): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= make(routes, version);
    return made;
  };
}

const BODIES = {
  json: ['application/json'],
  text: ['text/markdown'],
  stream: ['application/octet-stream'],
  none: undefined,
} as const;

async function make(routes: readonly Route[], version: string): Promise<string> {
  // By the default alone: in the bundle a CommonJS package has no other names.
  const { default: swagger } = await import('@fastify/swagger');
  const app = fastify();
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => () => '');
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Gondola', version, description: 'Notebooks, runs and results of one workspace.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  });
  for (const route of routes) {
    app.route({
      method: route.method,
      url: `${API}${route.path.replace('*', ':path')}`,
      exposeHeadRoute: false,
      schema: {
        summary: route.summary,
        tags: [route.tag],
        operationId: operationId(route),
        ...given('params', route.params),
        ...given('querystring', route.query),
        ...(route.headers ? { headers: route.headers } : {}),
        ...bodyOf(route),
        response: responsesOf(route),
      },
      handler: () => undefined,
    });
  }
  await app.ready();
  const document = JSON.stringify(app.swagger());
  await app.close();
  return document;
}

const operationId = (route: Route): string =>
  `${route.method.toLowerCase()}${route.path.replace('*', ':path').replace(/\W+(\w)/g, (_, first: string) => first.toUpperCase())}`;

const given = (key: string, schema: TSchema): Record<string, TSchema> =>
  Object.keys(schema.properties ?? {}).length > 0 ? { [key]: schema } : {};

function bodyOf(route: Route) {
  const consumes = BODIES[route.takes];
  if (!consumes) return {};
  const binary = { type: 'string', ...(route.takes === 'stream' ? { format: 'binary' } : {}) };
  return { consumes, body: route.body ?? binary };
}

function responsesOf(route: Route): Record<string, unknown> {
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, responseOf(status, answer)]);
  return {
    ...Object.fromEntries(answers),
    default: { description: 'An error of the catalogue', content: { 'application/json': { schema: Failure } } },
  };
}

function responseOf(status: string, answer: TSchema | string) {
  if (typeof answer !== 'string')
    return { description: answer.description ?? 'Done', content: { 'application/json': { schema: answer } } };
  if (answer === '') return { description: status === '304' ? 'Not changed' : 'Done', type: 'null' };
  return { description: 'Done', content: { [answer]: { schema: { type: 'string' } } } };
}
