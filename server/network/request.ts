/**
 * An HTTP request of the server itself to an address that somebody else wrote, as what a provider says of itself.
 * Every hop is judged anew by the rule and goes through the guard; TLS is checked against the name; time and size are bounded,
 * whatever the other end does. Bodies are taken as they come: nothing is unpacked here.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { connect as secured } from 'node:tls';
import { type Guard, type Reached, type Rule, Unreached } from './guard.ts';
import { authorityOf, type Place, parsePlace } from './target.ts';

export type GuardedRequest = {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};
export type Answered = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Where the last hop went, and to which address. */
  readonly url: string;
  readonly address: string;
};

export type RequestOptions = {
  readonly guard: Guard;
  /** Undefined: not to be reached. */
  readonly ruleOf: (place: Place) => Rule | undefined;
  readonly signal?: AbortSignal;
  /** Certificates to trust in place of the usual ones. */
  readonly authorities?: readonly string[];
  /** All hops together. */
  readonly withinMs: number;
  readonly mostBytes: number;
  /** By default; else an answer that sends on is the answer. */
  readonly follows?: boolean;
};

/** As browsers' limits go, far fewer; an API that moved answers at the first or second. */
const MOST_REDIRECTS = 5;
const HEAD_BYTES = 16 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What is meant for one host alone. */
const OF_ONE_HOST = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);

/** Rejects with `Unreached`. */
export async function guardedRequest(asked: GuardedRequest, options: RequestOptions): Promise<Answered> {
  const late = AbortSignal.timeout(options.withinMs);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  let next = asked;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const place = parsePlace(next.url);
    if (!place) throw new Unreached('refused', 'the address is no http or https URL, or has a user name in it');
    const rule = options.ruleOf(place);
    if (!rule) throw new Unreached('refused', `${authorityOf(place)} may not be reached`);
    const answered = await once(place, next, await options.guard.dial(place, rule, signal), options, signal);
    const isSentOn = options.follows !== false && REDIRECTS.has(answered.status);
    const to = isSentOn ? answered.headers.location : undefined;
    if (to === undefined) return answered;
    next = redirected(next, place, answered.status, to);
  }
  throw new Unreached('refused', `it was sent on more than ${MOST_REDIRECTS} times`);
}

function redirected(asked: GuardedRequest, from: Place, status: number, location: string): GuardedRequest {
  const to = URL.canParse(location, from.url) ? new URL(location, from.url) : undefined;
  if (!to) throw new Unreached('refused', 'it was sent on to what is no address');
  if (from.secure && to.protocol !== 'https:') throw new Unreached('refused', 'it was sent on from https to http');
  const elsewhere = to.origin !== from.url.origin;
  const headers = Object.fromEntries(
    Object.entries(asked.headers ?? {}).filter(([name]) => !(elsewhere && OF_ONE_HOST.has(name.toLowerCase()))),
  );
  const again = status === 307 || status === 308 || asked.method === 'GET';
  return { url: to.href, headers, ...(again ? { method: asked.method, ...bodyOf(asked) } : { method: 'GET' }) };
}

const bodyOf = ({ body }: GuardedRequest): Pick<GuardedRequest, 'body'> => (body === undefined ? {} : { body });

async function once(
  place: Place,
  asked: GuardedRequest,
  { socket, address }: Reached,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const fail = (kind: Unreached['kind'], why: string): void =>
    reject(new Unreached(kind, `${authorityOf(place)} ${why}`));
  const abort = (): void => fail('late', 'did not answer in time');
  signal.addEventListener('abort', abort, { once: true });
  const servername = isIP(place.host) === 0 ? { servername: place.host } : {};
  const ca = options.authorities ? { ca: [...options.authorities] } : {};
  const stream = place.secure ? secured({ socket, host: place.host, ...servername, ...ca }) : socket;
  stream.on('error', (error: Error) => fail('unreachable', `could not be reached (${error.message})`));
  const request = httpRequest({
    createConnection: () => stream,
    method: asked.method,
    path: `${place.url.pathname}${place.url.search}`,
    headers: {
      ...asked.headers,
      host: place.url.host,
      connection: 'close',
      ...(asked.body === undefined ? {} : { 'content-length': Buffer.byteLength(asked.body) }),
    },
    maxHeaderSize: HEAD_BYTES,
  });
  request.once('error', (error) => fail('unreachable', `did not answer as HTTP has it (${error.message})`));
  request.once('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > options.mostBytes) fail('refused', `answered with more than ${options.mostBytes} bytes`);
      else chunks.push(chunk);
    });
    response.once('error', () => fail('unreachable', 'broke off'));
    response.once('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
        url: place.url.href,
        address,
      }),
    );
  });
  request.end(asked.body);
  try {
    if (signal.aborted) abort();
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
    socket.destroy();
  }
}
