/** The few things the realm asks and is answered at once. All arguments are copies from the isolate. */
import { parseExpression } from '../compile/syntax.ts';
import { type Outer, URL_PARTS, type UrlPart, type UrlParts } from '../realm/outer.ts';

export type Direct = Omit<Outer, 'send' | 'settle' | 'allocate'>;

export const direct: Direct = {
  parse(expression) {
    try {
      return { tree: plain(parseExpression(expression)) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  },
  parseUrl(url, base) {
    const parsed = URL.parse(url, base);
    return parsed ? partsOf(parsed) : undefined;
  },
  changeUrl(url, part, value) {
    const changed = new URL(url);
    if (part !== 'origin') changed[part] = value;
    return partsOf(changed);
  },
  decode(bytes, label, fatal, ignoreBOM) {
    try {
      return new TextDecoder(label, { fatal, ignoreBOM }).decode(bytes);
    } catch {
      return undefined;
    }
  },
  encoding(label) {
    try {
      return new TextDecoder(label).encoding;
    } catch {
      return undefined;
    }
  },
  // Loaded when it is asked for: it takes 6 ms.
  random: (bytes) =>
    process.getBuiltinModule('node:crypto').randomFillSync(new Uint8Array(Math.min(MAX_RANDOM, Math.max(0, bytes)))),
  clone: (value) => value,
};

/** What getRandomValues() gives at most. */
const MAX_RANDOM = 65_536;

function partsOf(url: URL): UrlParts {
  const entries = URL_PARTS.map((part): [UrlPart, string] => [part, url[part]]);
  return Object.fromEntries(entries) as UrlParts;
}

/** Nodes are of a class; what crosses is plain. BigInt and RegExp values of literals are left to their text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
