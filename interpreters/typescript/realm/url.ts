/** `URL`, whose parts the process finds, and `URLSearchParams`, after the URL Standard. */
import { encodeUtf8 } from './coding.ts';
import { type Outer, URL_PARTS, type UrlPart, type UrlParts } from './outer.ts';

type Init = string | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

export function urlGlobals(outer: Pick<Outer, 'parseUrl' | 'changeUrl'>, decode: (bytes: Uint8Array) => string) {
  const changed = Symbol('changed');

  class URLSearchParams {
    #pairs: [string, string][];
    [changed]: ((text: string) => void) | undefined;
    constructor(init: Init = '') {
      if (typeof init !== 'object' || init === null) this.#pairs = parsePairs(String(init), decode);
      else if (Symbol.iterator in init) this.#pairs = [...init].map(([name, value]) => [String(name), String(value)]);
      else this.#pairs = Object.entries(init).map(([name, value]) => [name, String(value)]);
    }
    get size(): number {
      return this.#pairs.length;
    }
    append(name: unknown, value: unknown): void {
      this.#pairs.push([String(name), String(value)]);
      this.#tell();
    }
    delete(name: unknown, value?: unknown): void {
      const rest = this.#pairs.filter(
        (pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value)),
      );
      this.#pairs = rest;
      this.#tell();
    }
    get(name: unknown): string | null {
      return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null;
    }
    getAll(name: unknown): string[] {
      return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]);
    }
    has(name: unknown, value?: unknown): boolean {
      return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value)));
    }
    set(name: unknown, value: unknown): void {
      const first = this.#pairs.find((pair) => pair[0] === String(name));
      if (!first) this.#pairs.push([String(name), String(value)]);
      else {
        first[1] = String(value);
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== String(name));
      }
      this.#tell();
    }
    sort(): void {
      this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      this.#tell();
    }
    forEach(call: (value: string, name: string, all: URLSearchParams) => void): void {
      for (const [name, value] of this.#pairs) call(value, name, this);
    }
    keys(): IterableIterator<string> {
      return this.#pairs.map((pair) => pair[0])[Symbol.iterator]();
    }
    values(): IterableIterator<string> {
      return this.#pairs.map((pair) => pair[1])[Symbol.iterator]();
    }
    entries(): IterableIterator<[string, string]> {
      return this.#pairs.map((pair): [string, string] => [pair[0], pair[1]])[Symbol.iterator]();
    }
    [Symbol.iterator](): IterableIterator<[string, string]> {
      return this.entries();
    }
    toString(): string {
      return this.#pairs.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join('&');
    }
    #tell(): void {
      this[changed]?.(this.toString());
    }
  }
  Object.defineProperty(URLSearchParams.prototype, changed, { enumerable: false, writable: true, value: undefined });

  class URL {
    #parts: UrlParts;
    #params: URLSearchParams | undefined;
    constructor(url: unknown, base?: unknown) {
      const parts = outer.parseUrl(String(url), base === undefined ? undefined : String(base));
      if (!parts) throw new TypeError(`Invalid URL: ${String(url).slice(0, 200)}`);
      this.#parts = parts;
    }
    static canParse(url: unknown, base?: unknown): boolean {
      return outer.parseUrl(String(url), base === undefined ? undefined : String(base)) !== undefined;
    }
    static parse(url: unknown, base?: unknown): URL | null {
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }
    get searchParams(): URLSearchParams {
      if (this.#params) return this.#params;
      const params = new URLSearchParams(this.#parts.search);
      Object.defineProperty(params, changed, {
        enumerable: false,
        value: (text: string) => {
          this.#parts = outer.changeUrl(this.#parts.href, 'search', text);
        },
      });
      this.#params = params;
      return params;
    }
    static part(url: URL, part: UrlPart): string {
      return url.#parts[part];
    }
    static change(url: URL, part: UrlPart, value: unknown): void {
      url.#parts = outer.changeUrl(url.#parts.href, part, String(value));
      if (part === 'search' || part === 'href') url.#params = undefined;
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }
  }
  const { part: read, change } = URL;
  Reflect.deleteProperty(URL, 'part');
  Reflect.deleteProperty(URL, 'change');
  for (const part of URL_PARTS) {
    Object.defineProperty(URL.prototype, part, {
      configurable: true,
      enumerable: true,
      get(this: URL) {
        return read(this, part);
      },
      ...(part === 'origin'
        ? {}
        : {
            set(this: URL, value: unknown) {
              change(this, part, value);
            },
          }),
    });
  }
  return { URL, URLSearchParams };
}

function parsePairs(text: string, decode: (bytes: Uint8Array) => string): [string, string][] {
  const decodePart = (part: string): string => {
    const spaced = part.replaceAll('+', ' ');
    if (!spaced.includes('%')) return spaced;
    const bytes = encodeUtf8(spaced);
    const found: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      const digits = bytes[at] === 0x25 ? String.fromCharCode(...bytes.slice(at + 1, at + 3)) : '';
      if (/^[0-9a-f]{2}$/i.test(digits)) {
        found.push(Number.parseInt(digits, 16));
        at += 2;
      } else found.push(bytes[at]!);
    }
    return decode(Uint8Array.from(found));
  };
  return text
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at === -1 ? [decodePart(part), ''] : [decodePart(part.slice(0, at)), decodePart(part.slice(at + 1))];
    });
}

const encodePart = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
