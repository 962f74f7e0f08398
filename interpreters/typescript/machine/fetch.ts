/**
 * The process's side of `fetch`: Node's own, by the proxy that the notebook is granted, so that TLS ends here in the sandbox and
 * every redirect is judged again by the server. Bodies are read whole within a bound and wait for the run that asked.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import tls from 'node:tls';
import { Failed, failure } from '../../errors.ts';
import { type Granted, openForwarder } from '../../forward.ts';
import type { FetchAnswer, FetchRequest } from '../realm/outer.ts';

export type Fetcher = {
  /** Rejects with Failed. */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchAnswer>;
  body(body: number): SharedArrayBuffer;
  /** The run is over: bodies that nobody asked for and connections go. */
  end(): void;
};

/** What a paragraph's values have room for beside others; more is a file for `curl`. */
const MOST_BYTES = 64 * 2 ** 20;
/** All bodies of a run that nobody has asked for yet. */
const MOST_HELD = 256 * 2 ** 20;
/** From the call to the last byte; the run's own limit is hours. */
const WITHIN_MS = 10 * 60_000;

export async function openFetcher(network: Granted): Promise<Fetcher> {
  const forwarder = await openForwarder(network);
  tls.setDefaultCACertificates([readFileSync(forwarder.certificates)]);
  http.setGlobalProxyFromEnv({ http_proxy: forwarder.url, https_proxy: forwarder.url });
  const bodies = new Map<number, SharedArrayBuffer>();
  let held = 0;
  let last = 0;

  async function read(response: Response, url: string): Promise<SharedArrayBuffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES || held + bytes > MOST_HELD) {
        const message = `The answer of ${url} has more than ${MOST_BYTES / 2 ** 20} MB.`;
        throw new Failed(failure('too-large', message, { hint: HINT_LARGE }));
      }
      chunks.push(chunk);
    }
    const body = new SharedArrayBuffer(bytes);
    const all = new Uint8Array(body);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return body;
  }

  return {
    async fetch({ url, method, headers, body }, signal) {
      if (!URL.canParse(url)) throw new Failed(failure('fetch-failed', `${url} is no address.`));
      try {
        const response = await fetch(url, {
          method,
          headers: headers.map(([name, value]): [string, string] => [name, value]),
          // A copy: what came from the isolate may lie in any memory.
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]),
        });
        const refused = response.headers.get('x-gondola-refused');
        if (refused !== null) throw new Failed(refusalOf(response.status, new URL(url)));
        const bytes = await read(response, url);
        last += 1;
        bodies.set(last, bytes);
        held += bytes.byteLength;
        return {
          status: response.status,
          statusText: response.statusText,
          url: response.url,
          redirected: response.redirected,
          headers: [...response.headers],
          body: last,
        };
      } catch (error) {
        if (error instanceof Failed) throw error;
        throw new Failed(reasonOf(error, url));
      }
    },
    body(id) {
      const body = bodies.get(id) ?? new SharedArrayBuffer(0);
      bodies.delete(id);
      held -= body.byteLength;
      return body;
    },
    end() {
      bodies.clear();
      held = 0;
      forwarder.drop();
    },
  };
}

const HINT_LARGE = 'Load it with curl in a shell paragraph: curl -sS -o rows.csv ADDRESS. SQL reads the file.';

function reasonOf(error: unknown, url: string) {
  const causes: string[] = [];
  for (let one = error; one instanceof Error && causes.length < 4; one = one.cause) causes.push(one.message);
  const said = causes.join(': ');
  const refused = /Proxy response \((\d+)\)/.exec(said)?.[1];
  const at = new URL(url);
  return refused === undefined
    ? failure('fetch-failed', `${at.host} could not be asked (${said}).`)
    : refusalOf(Number(refused), at);
}

/** What the proxy says: a redirect may have led to what it refuses. */
function refusalOf(status: number, { host, protocol }: URL) {
  if (status === 403) {
    const what = `${protocol}//${host}, or an address that it was sent on to, is not granted to this notebook.`;
    return failure('not-granted', what);
  }
  if (status === 503) return failure('fetch-failed', 'Too many connections are open at one time.');
  return failure('fetch-failed', `${host} could not be reached.`);
}
