/**
 * The page's built files. Only files found in the folder are served, by their own names: a path is looked up, never
 * joined. Names under `assets/` hold a hash and are kept for ever; the rest is asked for again by ETag. Texts go as brotli,
 * from the `.br` beside them if the build made one, else compressed once and kept. A document among the assets is a
 * frame's: it goes out under the frame's own policy, with the hashes of the scripts in it.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { frameHeaders } from '../access/web.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};
/** They go out filled in, to whom they are for. */
const DOCUMENTS = new Set(['index.html', 'embed.html']);
const COMPRESSED = new Set(['.css', '.js', '.json', '.map', '.svg', '.ttf', '.txt', '.wasm']);
/** Below this a header costs as much as is saved. */
const SMALLEST = 1024;
/** As good as gzip's best in a tenth of the time of brotli's. */
const QUALITY = 5;
/** Bytes of compressed files kept: the page's own twice over. */
const KEPT = 16 * 1024 * 1024;

const compress = promisify(brotliCompress);

export type StaticFile = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export interface Static {
  /** `path` decoded, with its leading slash. */
  find(
    path: string,
    accepts: string | readonly string[] | undefined,
    /** Of other origins whose pages may show a frame's document. */
    ancestors?: readonly string[],
  ): Promise<StaticFile | undefined>;
}

export function createStatic(folder: string): Static {
  let names: Promise<ReadonlySet<string>> | undefined;
  const kept = new Map<string, Promise<Uint8Array>>();
  let size = 0;

  async function brotli(path: string): Promise<Uint8Array> {
    const text = await readFile(join(folder, path));
    const options = { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } };
    const bytes = await compress(text, options);
    size += bytes.byteLength;
    for (const [old, body] of kept) {
      if (size <= KEPT || old === path) break;
      kept.delete(old);
      size -= (await body).byteLength;
    }
    return bytes;
  }

  return {
    async find(path, accepts, ancestors) {
      names ??= list(folder);
      const known = await names;
      const name = path.slice(1);
      if (!known.has(name) || DOCUMENTS.has(name) || name.endsWith('.br')) return undefined;
      const file = await stat(join(folder, name)).catch(() => undefined);
      if (!file?.isFile()) return undefined;
      const type = extname(name);
      const hashed = name.startsWith('assets/');
      const headers = {
        'content-type': TYPES[type] ?? 'application/octet-stream',
        'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
        etag: `"${file.size.toString(36)}-${Math.round(file.mtimeMs).toString(36)}"`,
        ...(COMPRESSED.has(type) ? { vary: 'accept-encoding' } : {}),
      };
      if (hashed && type === '.html') {
        const body = await readFile(join(folder, name));
        return { headers: { ...headers, ...frameHeaders(scriptHashes(body.toString('utf8')), ancestors) }, body };
      }
      if (!COMPRESSED.has(type) || file.size < SMALLEST || !/\bbr\b/.test(String(accepts ?? '')))
        return { headers, body: await readFile(join(folder, name)) };
      const encoded = { ...headers, 'content-encoding': 'br' };
      if (known.has(`${name}.br`)) return { headers: encoded, body: await readFile(join(folder, `${name}.br`)) };
      const body = kept.get(name) ?? brotli(name);
      kept.set(name, body);
      return { headers: encoded, body: await body };
    },
  };
}

/** SHA-256 of what stands between the tags, as a policy names it. */
const scriptHashes = (html: string): string[] =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) =>
    createHash('sha256').update(script).digest('base64'),
  );

async function list(folder: string): Promise<ReadonlySet<string>> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  return new Set(found.map((name) => name.split(sep).join('/')));
}
