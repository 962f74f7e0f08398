/**
 * The scripts of a report in one file that stand in it only where they are wanted: Vega where a chart of the builder is
 * drawn, land where that is a map. Classic scripts, each in its element.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readLand } from '../land/build.ts';

/** In a file land is read from an element of it. */
const LAND = `const held = document.getElementById('land');
  if (!held) throw new Error('no land');
  export default JSON.parse(held.textContent);`;

export async function buildDrawing(): Promise<{ readonly drawing: string; readonly land: string }> {
  const [{ outputFiles }, land] = await Promise.all([
    build({
      entryPoints: [fileURLToPath(new URL('file/drawing.ts', import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2023',
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'error',
      plugins: [
        {
          name: 'land-in-file',
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^virtual:land$/ }, ({ path }) => ({ path, namespace: 'land' }));
            onLoad({ filter: /.*/, namespace: 'land' }, () => ({ contents: LAND }));
          },
        },
      ],
    }),
    readLand(),
  ]);
  return { drawing: outputFiles[0]?.text ?? '', land };
}
