/**
 * A Vite plugin: `import address from './worker.ts?prebuilt'` is the address of that worker, bundled by esbuild into one
 * file of its own. The TypeScript compiler is 9 MB of one module: esbuild takes half a second for it, the page's own
 * bundler many times that and a gigabyte. The development server sends the same file.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'vite';
import { readDeclarations } from './declarations.ts';

const ASKED = /^(.+\.ts)\?prebuilt$/;
const DECLARATIONS = 'gondola:declarations';

export function prebuilt(root: URL): Plugin {
  const files = new Map<string, Promise<Uint8Array>>();
  let isServing = false;
  const bundle = (entry: string): Promise<Uint8Array> => {
    const made = files.get(entry) ?? bundleWorker(entry, root);
    files.set(entry, made);
    return made;
  };
  return {
    name: 'prebuilt',
    enforce: 'pre',
    configResolved: ({ command }) => {
      isServing = command === 'serve';
    },
    async resolveId(source, importer) {
      const [, path] = ASKED.exec(source) ?? [];
      if (path === undefined) return undefined;
      const found = await this.resolve(path, importer);
      return found ? `\0prebuilt:${found.id}` : undefined;
    },
    async load(id) {
      if (!id.startsWith('\0prebuilt:')) return undefined;
      const entry = id.slice('\0prebuilt:'.length);
      if (isServing) return `export default ${JSON.stringify(`${ADDRESS}${entry}`)};`;
      const source = await bundle(entry);
      const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
      const fileName = `assets/${basename(entry, '.ts')}-${hash}.js`;
      this.emitFile({ type: 'asset', fileName, source });
      return `export default ${JSON.stringify(`/${fileName}`)};`;
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURI(request.url ?? '');
        const entry = path.startsWith(ADDRESS) ? path.slice(ADDRESS.length) : undefined;
        // Only what a module of the page asked for: not any file that an address names.
        if (entry === undefined || !server.moduleGraph.getModuleById(`\0prebuilt:${entry}`)) {
          next();
          return;
        }
        bundle(entry).then((source) => {
          response.setHeader('content-type', 'text/javascript');
          response.end(source);
        }, next);
      });
    },
  };
}

const ADDRESS = '/@prebuilt';

async function bundleWorker(entry: string, root: URL): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'none',
    logLevel: 'error',
    plugins: [
      {
        name: 'declarations',
        setup: (options) => {
          const filter = new RegExp(`^${DECLARATIONS}$`);
          options.onResolve({ filter }, ({ path }) => ({ path, namespace: 'declarations' }));
          options.onLoad({ filter: /.*/, namespace: 'declarations' }, () => ({
            contents: Object.entries(readDeclarations(root))
              .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
              .join('\n'),
          }));
        },
      },
    ],
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${entry}`);
  return file.contents;
}
