/** Bodies as operations take them: which types there are, and how text and JSON are read. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { type Route, TEXT_LIMIT } from './route.ts';

export function takeBodies(app: FastifyInstance, kind: Route['takes']): void {
  app.removeAllContentTypeParsers();
  switch (kind) {
    case 'none':
      return;
    case 'json':
      app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
        const text = decode(body);
        return text === '' ? undefined : parseJson(text);
      });
      return;
    case 'text':
      for (const type of ['text/markdown', 'text/plain', 'application/octet-stream'])
        app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: TEXT_LIMIT }, async (_: unknown, body: Buffer) =>
          decode(body),
        );
      return;
    case 'stream':
      app.addContentTypeParser('*', async (_request: unknown, payload: IncomingMessage) => payload);
  }
}

/** Nothing is unpacked here: what is small on the wire and large in memory stays what it is, or out. */
export function takeNoneEncoded({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new AppError('unsupported-media-type', `in the encoding ${encoding}`);
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new AppError('bad-request', 'the body is no UTF-8');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-request', `the body is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
