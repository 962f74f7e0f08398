/**
 * Builds the frame: one self-contained document (an opaque origin may load nothing), and the script that draws charts,
 * which the page hands to frames as text. Both by esbuild, beside Vite, under names that hold their hash.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'vite';

const MODULE = 'virtual:frame';
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Built = { readonly path: string; readonly source: string };

export async function buildFrame(): Promise<{ readonly frame: Built; readonly painter: Built }> {
  const [script, painter, page, css] = await Promise.all([
    bundle('frame.ts'),
    bundle('painter.ts'),
    readFile(here('frame.html'), 'utf8'),
    bundle('frame.css'),
  ]);
  // By functions: a `$` in a script means nothing here.
  const frame = page.replace('/* {{style}} */', () => css).replace('/* {{script}} */', () => script);
  return {
    frame: { path: `assets/frame-${hashOf(frame)}.html`, source: frame },
    painter: { path: `assets/painter-${hashOf(painter)}.js`, source: painter },
  };
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here(name)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
  });
  const text = outputFiles[0]?.text ?? '';
  if (/<\/(script|style)/i.test(text) && !name.startsWith('painter')) throw new Error(`${name} would end its element`);
  return text.trim();
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 8);

/** `import { frame, painter } from 'virtual:frame'`: their addresses. */
export function framePlugin(): Plugin {
  let built: ReturnType<typeof buildFrame> | undefined;
  let serving = false;
  return {
    name: 'gondola-frame',
    configResolved({ command }) {
      serving = command === 'serve';
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      built ??= buildFrame();
      const files = await built;
      if (!serving)
        for (const { path, source } of Object.values(files)) this.emitFile({ type: 'asset', fileName: path, source });
      return Object.entries(files)
        .map(([name, { path }]) => `export const ${name} = ${JSON.stringify(`/${path}`)};`)
        .join('\n');
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = request.url?.slice(1);
        void (built ?? Promise.resolve(undefined)).then((files) => {
          const found = Object.values(files ?? {}).find((file) => file.path === path);
          if (!found) return next();
          response.setHeader('content-type', path?.endsWith('.html') ? 'text/html' : 'text/javascript');
          response.end(found.source);
        }, next);
      });
    },
  };
}
