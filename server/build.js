/**
 * Builds page, server and interpreter programs into `dist/`, once: a stamp of the sources says whether it is fresh.
 * Plain JavaScript, as it runs before anything is built.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { foldersFile, foldersOf, isFresh, stampFile, stampOf } from './stamp.js';

/** Native code and what only development loads stays outside the bundles. */
const EXTERNAL = ['@duckdb/node-api', '@duckdb/node-bindings', 'isolated-vm', 'esbuild', 'vite'];

/** In parts, so that a start reads and compiles only what it uses. */
const SERVER = ['server/main.ts'];
/** Programs that run in sandboxes: each one file. */
const PROGRAMS = [
  'server/results/reader/main.ts',
  'interpreters/sql/main.ts',
  'interpreters/shell/main.ts',
  'interpreters/xlsx/main.ts',
];
/** One that begins without Node's snapshot, and so compiles what of Node it uses: modules of the old kind use less, by 5 ms. */
const BARE = ['interpreters/typescript/main.ts'];
/** What runs in an isolate of V8, where there is nothing of Node. */
const ISOLATED = ['interpreters/typescript/realm/main.ts'];

/** Resolves when `dist/`, or of it the programs alone, matches the sources. */
export async function ensureBuilt(
  root = dirname(dirname(fileURLToPath(import.meta.url))),
  { report = (line) => process.stderr.write(`${line}\n`), what = 'all' } = {},
) {
  if (isFresh(root, what)) return false;
  const stamp = stampOf(root);
  const folders = foldersOf(root);
  const started = Date.now();
  report(what === 'all' ? 'Building the page and the server (once) …' : 'Building the programs (once) …');
  for (const one of ['all', 'programs']) rmSync(stampFile(root, one), { force: true });
  await Promise.all([buildPrograms(root), ...(what === 'all' ? [buildPage(root)] : [])]);
  writeFileSync(foldersFile(root), folders);
  writeFileSync(stampFile(root, what), stamp);
  report(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

export async function buildPrograms(root) {
  const { build } = await import('esbuild');
  for (const folder of ['server', 'interpreters', 'chunks'])
    rmSync(join(root, 'dist', folder), { recursive: true, force: true });
  const options = {
    absWorkingDir: root,
    outbase: '.',
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    external: EXTERNAL,
    plugins: [lazyBuiltins],
    legalComments: 'linked',
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    logLevel: 'error',
  };
  await Promise.all([
    build({
      ...options,
      entryPoints: SERVER,
      // Names stay as they are: kept beside shorter ones, each would be written into its function whenever one is made, 256 bytes.
      minify: false,
      minifySyntax: true,
      minifyWhitespace: true,
      keepNames: false,
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      plugins: [lazyBuiltins, startTogether(root)],
    }),
    build({ ...options, entryPoints: PROGRAMS }),
    build({
      ...options,
      entryPoints: BARE,
      format: 'cjs',
      define: { 'import.meta.url': '__address' },
      banner: { js: "const __address=require('node:url').pathToFileURL(__filename).href;" },
    }),
    build({ ...options, entryPoints: ISOLATED, platform: 'neutral', sourcemap: false, plugins: [], banner: {} }),
  ]);
  for (const entry of BARE)
    writeFileSync(join(root, 'dist', dirname(entry), 'package.json'), '{ "type": "commonjs" }\n');
}

/**
 * What a start loads goes into two files. A bundler makes a chunk for each set of parts that share something, which here
 * are thirty, and each costs a start a third of a millisecond: so every part that is loaded later imports all of a start.
 */
const startTogether = (root) => ({
  name: 'start-together',
  setup(build) {
    const start = ['server/main.ts', 'server/app.ts'].map((path) => join(root, path));
    const later = new Set();
    build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind === 'dynamic-import') later.add(join(resolveDir, path));
      return undefined;
    });
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!later.has(path)) return undefined;
      const imports = start.filter((one) => one !== path).map((one) => `import ${JSON.stringify(one)};`);
      return { contents: `${await readFile(path, 'utf8')}\n${imports.join('\n')}`, loader: 'ts' };
    });
  },
});

/** What packages load of Node for uses that are not ours: 6 MB. */
const UNUSED = [
  // Servers with TLS and HTTP/2.
  { importer: /node_modules\/fastify\//, names: ['http2', 'https'] },
  // Clients of sockets over TLS.
  { importer: /node_modules\/ws\//, names: ['https', 'tls'] },
];

/** Their functions load them when first called: 2 ms that a start does not need. */
const ON_USE = ['fs/promises', 'zlib'];

/**
 * Node's own modules, by the members that a file uses. An `import` of `node:http` reads every export, the lazy ones too,
 * and so loads a fetch client that nothing here uses: 50 ms and 8 MB at each start. Each importer has a copy, so that
 * what one uses is not loaded for another.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    const names = new Set(builtinModules);
    build.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind, importer }) => {
      const name = path.replace(/^node:/, '');
      if (!names.has(name) && !path.startsWith('node:')) return undefined;
      const isUnused = UNUSED.some((one) => one.importer.test(importer) && one.names.includes(name));
      const namespace = isUnused ? 'unused' : kind === 'require-call' ? 'required' : 'imported';
      return { path: name, namespace, suffix: `?${importer}`, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
    build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
    build.onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => {
      const all = process.getBuiltinModule(`node:${path}`);
      const members = Object.keys(all).filter((name) => name !== 'default');
      const load = `/* @__PURE__ */ process.getBuiltinModule('node:${path}')`;
      const isPutOff = (name) => ON_USE.includes(path) && typeof all[name] === 'function' && /^[a-z]/.test(name);
      const exported = members.map((name) =>
        isPutOff(name)
          ? `export const ${name} = (...given) => (loaded ??= process.getBuiltinModule('node:${path}')).${name}(...given);`
          : `export const ${name} = /* @__PURE__ */ (() => all.${name})();`,
      );
      return { contents: [`let loaded;`, `const all = ${load};`, 'export default all;', ...exported].join('\n') };
    });
  },
};

/** The page, and the script of reports in one file. */
async function buildPage(root) {
  await Promise.all(['vite.config.ts', 'vite.report.config.ts'].map((config) => buildBy(root, config)));
}

/** In a process of its own, beside the programs: Vite takes the most of both time and memory. */
async function buildBy(root, config) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'error'], {
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
