/**
 * Builds page, server and interpreter programs into `dist/`, once: a stamp of the sources says whether it is fresh.
 * Plain JavaScript, as it runs before anything is built.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SOURCES = ['client', 'server', 'interpreters', 'package.json', 'package-lock.json', 'vite.config.ts'];

/** Native code and what only development loads stays outside the bundles. */
const EXTERNAL = ['@duckdb/node-api', '@duckdb/node-bindings', 'esbuild', 'vite'];

/** Programs of their own: each a bundle without imports from the others. */
const PROGRAMS = ['server/main.ts', 'server/results/reader/main.ts', 'interpreters/sql/main.ts'];

/** Resolves when `dist/` matches the sources. */
export async function ensureBuilt(root = dirname(dirname(fileURLToPath(import.meta.url))), { report = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const stamp = stampOf(root);
  const file = join(root, 'dist', 'stamp');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return false;
  const started = Date.now();
  report('Building the page and the server (once) …');
  rmSync(file, { force: true });
  await Promise.all([buildPrograms(root), buildPage(root)]);
  writeFileSync(file, stamp);
  report(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

function stampOf(root) {
  const hash = createHash('sha1');
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) visit(join(path, name));
    else hash.update(`${path}\n${stat.size}\n${stat.mtimeMs}\n`);
  };
  for (const path of SOURCES) visit(path);
  return hash.digest('hex');
}

export async function buildPrograms(root) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS.filter((path) => existsSync(join(root, path))),
    outbase: '.',
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    splitting: false,
    external: EXTERNAL,
    legalComments: 'linked',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'error',
  });
}

/** In a process of its own, beside the programs: Vite takes the most of both time and memory. */
async function buildPage(root) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`The page could not be built:\n${output}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  if (!(await ensureBuilt(root))) process.stderr.write('Nothing to build.\n');
}
