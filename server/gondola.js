#!/usr/bin/env node
/**
 * The `gondola` command. Plain JavaScript, so that an old Node can still say what it lacks: it finds a Node 24, builds
 * what is not built yet (in a checkout only), and hands over to the bundled server.
 */
import module from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// An `import` reads every export, and so loads streams and promises too.
const { existsSync } = module.createRequire(import.meta.url)('node:fs');

const WANTED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const major = Number(process.versions.node.split('.')[0]);

if (major >= WANTED) {
  await run();
} else {
  const node = shippedNode();
  if (node) await hand(node);
  else {
    process.stderr.write(
      `gondola: needs Node ${WANTED} or newer, and this is ${process.versions.node}. Run "npm install" here (it brings one), or install Node ${WANTED}.\n`,
    );
    process.exit(2);
  }
}

/** Below this package, or beside it where npm put it into a folder above. */
function shippedNode() {
  for (let at = root; ; at = dirname(at)) {
    const path = join(at, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}

/** Runs this same file under the Node that was installed with the packages. */
async function hand(node) {
  const { spawn } = await import('node:child_process');
  // glibc keeps what a thread gave back in a heap of its own for each: up to a third of what the server holds.
  const env = { MALLOC_ARENA_MAX: '1', ...process.env };
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(
      `gondola: ${node} can’t be run (${error.message}). Run "npm install" again, or install Node ${WANTED}.\n`,
    );
    process.exit(2);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

async function run() {
  // Compiled code is kept: a start takes a third less. Node's own place for it is the folder for temporary files.
  const cache = cacheFolder();
  if (cache !== undefined) module.enableCompileCache?.(cache);
  if (existsSync(join(root, 'server', 'build.js')) && existsSync(join(root, 'vite.config.ts'))) {
    const { isFresh, looksFresh } = await import('./stamp.js');
    // Without a server there is no page to show, but for the one that a report is.
    const isPaged = process.argv.some((word) => /\.(html|pdf)$/.test(word));
    const isBare = ['run', 'check', 'data', 'user', 'token', 'audit'].includes(process.argv[2]) && !isPaged;
    const what = isBare ? 'programs' : 'all';
    // Who works on the sources starts through npm: only then each file is looked at.
    const looks = process.env.npm_lifecycle_event === undefined && looksFresh(root, what);
    if (!looks && !isFresh(root, what)) await build(what);
  }
  const { main } = await import(new URL('../dist/server/main.js', import.meta.url).href);
  await main(process.argv.slice(2), root);
}

/** `$XDG_CACHE_HOME/gondola`, by default below `~/.cache`; on macOS in Caches. None for who has no home. */
function cacheFolder() {
  const { XDG_CACHE_HOME: given = '', HOME: home = '' } = process.env;
  if (isAbsolute(given)) return join(given, 'gondola');
  if (!isAbsolute(home)) return undefined;
  return process.platform === 'darwin' ? join(home, 'Library', 'Caches', 'gondola') : join(home, '.cache', 'gondola');
}

async function build(what) {
  const { ensureBuilt } = await import('./build.js');
  try {
    await ensureBuilt(root, { what });
  } catch (error) {
    process.stderr.write(`gondola: the build failed. ${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}
