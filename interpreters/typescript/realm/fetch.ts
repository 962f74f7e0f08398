/**
 * `fetch` for hosts that are granted to the notebook, after the Fetch Standard as far as data needs it: method, headers, a text
 * or bytes as body; of the answer status, headers, and the body as text, JSON or bytes. The process does the work; a body
 * waits there until it is asked for, at most once, as bytes in shared memory.
 */
import type { FetchAnswer, FetchRequest } from './outer.ts';

export type Ask = {
  fetch(request: FetchRequest): Promise<FetchAnswer>;
  body(body: number): Promise<SharedArrayBuffer>;
};

type HeadersInit = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
type Init = { readonly method?: string; readonly headers?: HeadersInit; readonly body?: unknown };

class Headers {
  readonly #fields: Map<string, string>;
  constructor(init: HeadersInit = {}) {
    const pairs =
      Symbol.iterator in Object(init) ? [...(init as Iterable<readonly [string, string]>)] : Object.entries(init);
    this.#fields = new Map(pairs.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
  }
  get(name: unknown): string | null {
    return this.#fields.get(String(name).toLowerCase()) ?? null;
  }
  has(name: unknown): boolean {
    return this.#fields.has(String(name).toLowerCase());
  }
  forEach(call: (value: string, name: string) => void): void {
    for (const [name, value] of this.#fields) call(value, name);
  }
  entries(): IterableIterator<[string, string]> {
    return this.#fields.entries();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

export function createFetch(ask: Ask, decode: (bytes: Uint8Array) => string) {
  class Response {
    readonly status: number;
    readonly statusText: string;
    readonly url: string;
    readonly redirected: boolean;
    readonly headers: Headers;
    #body: number | undefined;
    constructor(answer: FetchAnswer) {
      this.status = answer.status;
      this.statusText = answer.statusText;
      this.url = answer.url;
      this.redirected = answer.redirected;
      this.headers = new Headers(answer.headers);
      this.#body = answer.body;
    }
    get ok(): boolean {
      return this.status >= 200 && this.status < 300;
    }
    get bodyUsed(): boolean {
      return this.#body === undefined;
    }
    async bytes(): Promise<Uint8Array<ArrayBuffer>> {
      const body = this.#body;
      if (body === undefined) throw new TypeError('The body of this answer was read already.');
      this.#body = undefined;
      // A copy of the paragraph's own: shared memory is not taken by all that takes bytes.
      return new Uint8Array(new Uint8Array(await ask.body(body)));
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return (await this.bytes()).buffer;
    }
    async text(): Promise<string> {
      return decode(await this.bytes());
    }
    async json(): Promise<unknown> {
      return JSON.parse(await this.text());
    }
  }

  return async function fetch(input: unknown, init: Init = {}): Promise<Response> {
    const { method = 'GET', headers = {}, body } = init;
    // Made here, where the stack has the paragraph's own call.
    const failed = new TypeError('fetch failed');
    const request: FetchRequest = {
      url: String(input),
      method: String(method).toUpperCase(),
      headers: [...new Headers(headers)],
      ...(body === undefined || body === null ? {} : { body: bodyOf(body) }),
    };
    try {
      return new Response(await ask.fetch(request));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.message = error.message;
      throw 'failure' in error ? Object.assign(failed, { failure: error.failure }) : failed;
    }
  };
}

function bodyOf(body: unknown): string | Uint8Array {
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return String(body);
}
