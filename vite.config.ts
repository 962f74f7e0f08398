import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { prebuilt } from './client/build/prebuilt.ts';
import { framePlugin } from './client/frame/build.ts';

/**
 * The page. `assetsInlineLimit: 0` and `polyfill: false` because the page's CSP allows neither data: fonts nor inline
 * scripts; workers are plain files for the same reason (`worker-src 'self'`).
 */
export default defineConfig({
  root: fileURLToPath(new URL('client', import.meta.url)),
  plugins: [prebuilt(new URL('.', import.meta.url)), framePlugin(), solid()],
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  build: {
    outDir: fileURLToPath(new URL('dist/client', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 9000,
    reportCompressedSize: false,
  },
});
