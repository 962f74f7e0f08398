import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { prebuilt } from './client/build/prebuilt.ts';
import { framePlugin } from './client/frame/build.ts';
import { landPlugin } from './client/land/build.ts';

/**
 * The page. `assetsInlineLimit: 0` and `polyfill: false` because the page's CSP allows neither data: fonts nor inline
 * scripts; workers are plain files for the same reason (`worker-src 'self'`).
 */
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: here('client'),
  plugins: [prebuilt(new URL('.', import.meta.url)), framePlugin(), landPlugin(), solid()],
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  build: {
    outDir: here('dist/client'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The page, and what stands in a frame of another site's.
    rollupOptions: { input: ['index.html', 'embed.html'].map((name) => here(`client/${name}`)) },
    chunkSizeWarningLimit: 9000,
    reportCompressedSize: false,
  },
});
