import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';
import { buildFrame } from './client/frame/build.ts';
import { buildDrawing } from './client/report/build.ts';

/**
 * The script of a report in one file: one classic script and one style, which the server puts into each file it makes. What the
 * page fetches, its frames, the painter and its fonts, are in the file or are not there. Vega and land are scripts of their own,
 * put into files that draw with them.
 */
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function inOneFile(): Plugin {
  return {
    name: 'gondola-report-file',
    enforce: 'pre',
    resolveId(id, importer) {
      if (id === 'virtual:frame') return '\0virtual:frame';
      // Formulas with fonts of their own would be as large as all else.
      if (id === './katex.ts' && importer?.includes('/prose/')) return here('client/report/file/katex.ts');
      if (id === './draw.ts' && importer?.includes('/outputs/chart/')) return here('client/report/file/draw.ts');
      return id.endsWith('.woff2?url') ? '\0no-font' : undefined;
    },
    async load(id) {
      // No address at all: what asks for it does without.
      if (id === '\0no-font') return 'export default "data:";';
      if (id !== '\0virtual:frame') return undefined;
      const [{ frame, painter }, { drawing, land }] = await Promise.all([buildFrame(), buildDrawing()]);
      this.emitFile({ type: 'asset', fileName: 'drawing.js', source: drawing });
      this.emitFile({ type: 'asset', fileName: 'land.json', source: land });
      this.emitFile({ type: 'asset', fileName: 'frame.html', source: frame.source });
      this.emitFile({ type: 'asset', fileName: 'painter.js', source: painter.source });
      const address = `data:text/html;charset=utf-8;base64,${Buffer.from(frame.source).toString('base64')}`;
      return [
        `export const frame = ${JSON.stringify(address)};`,
        `export const painter = 'data:text/javascript;base64,' + (document.getElementById('painter')?.textContent ?? '');`,
      ].join('\n');
    },
  };
}

export default defineConfig({
  root: here('client'),
  plugins: [inOneFile(), solid()],
  publicDir: false,
  build: {
    outDir: here('dist/report'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: {
      input: here('client/report/file/main.tsx'),
      output: {
        format: 'iife',
        entryFileNames: 'report.js',
        assetFileNames: ({ names }) => (names[0]?.endsWith('.css') ? 'report.css' : '[name][extname]'),
      },
    },
    chunkSizeWarningLimit: 9000,
    reportCompressedSize: false,
  },
});
