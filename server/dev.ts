/**
 * `npm run dev`: the page from Vite with hot reload, in front of the server run from its TypeScript files, which starts
 * again when one of them changes. Requests other than for the page's own modules go through to the server.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const PAGE_PORT = Number(process.env.GONDOLA_PORT ?? 4321);
const SERVER_PORT = PAGE_PORT + 1;

if (process.argv[2] === '--server') {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(3), root);
} else {
  await develop(process.argv.slice(2));
}

async function develop(args: readonly string[]): Promise<void> {
  const { createServer } = await import('vite');
  const target = `http://127.0.0.1:${SERVER_PORT}`;
  const asIfDirect = { target, changeOrigin: true, headers: { origin: target } };
  const vite = await createServer({
    root: join(root, 'client'),
    configFile: join(root, 'vite.config.ts'),
    server: {
      host: '127.0.0.1',
      port: PAGE_PORT,
      strictPort: true,
      proxy: {
        '^/api/': { ...asIfDirect, ws: true },
        '^/(healthz|readyz|metrics|sign-in|sign-out)': asIfDirect,
        '^/\\?.*token=': asIfDirect,
      },
    },
  });
  try {
    await vite.listen();
  } catch (error) {
    process.stderr.write(`gondola: ${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
  const child = spawn(
    process.execPath,
    [
      '--watch',
      '--watch-preserve-output',
      join(import.meta.dirname, 'dev.ts'),
      '--server',
      'serve',
      ...args,
      '--port',
      String(SERVER_PORT),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: root },
  );
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text.replaceAll(`:${SERVER_PORT}/`, `:${PAGE_PORT}/`));
  });
  const stop = (): void => {
    child.kill('SIGINT');
    vite.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
