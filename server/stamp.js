/**
 * Whether `dist/`, or the programs in it without the page, is what the sources say. Plain JavaScript that loads nothing but the file system: it is asked at each
 * start in a checkout. The stamp is the list of all sources with their sizes and times; looking at each takes a fifth of a
 * start, so beside it stand the times of their folders, which change when git writes a file, or anybody adds one.
 */
import { createRequire } from 'node:module';

// An `import` reads every export, and so loads streams and promises too.
const { existsSync, readdirSync, readFileSync, statSync } = createRequire(import.meta.url)('node:fs');

const SOURCES = [
  'client',
  'server',
  'interpreters',
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'vite.report.config.ts',
];

/** `what`: all, or the programs alone, which is all that a run without a server needs. */
export const stampFile = (root, what = 'all') => `${root}/dist/${what === 'all' ? 'stamp' : 'stamp-programs'}`;
export const foldersFile = (root) => `${root}/dist/stamp-folders`;

export function stampOf(root) {
  return walk(root, (path, stat) => (stat.isDirectory() ? '' : `${path} ${stat.size} ${stat.mtimeMs}\n`));
}

/** Their folders, and those that lie in none of them. */
export function foldersOf(root) {
  return walk(root, (path, stat) => (stat.isDirectory() || SOURCES.includes(path) ? `${stat.mtimeMs} ${path}\n` : ''));
}

function walk(root, lineOf) {
  const lines = [];
  const visit = (path) => {
    const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (!stat) return;
    lines.push(lineOf(path, stat));
    if (stat.isDirectory()) for (const name of readdirSync(`${root}/${path}`).sort()) visit(`${path}/${name}`);
  };
  for (const path of SOURCES) visit(path);
  return lines.join('');
}

const stampsFor = (what) => (what === 'all' ? ['all'] : ['all', 'programs']);

export function isFresh(root, what = 'all') {
  const found = stampsFor(what).map((one) => read(stampFile(root, one)));
  return found.some((stamp) => stamp !== undefined) && found.includes(stampOf(root));
}

/** As far as folders tell: not where an editor wrote into a file. False where it is not known. */
export function looksFresh(root, what = 'all') {
  const folders = read(foldersFile(root)) ?? '';
  if (folders === '' || !stampsFor(what).some((one) => existsSync(stampFile(root, one)))) return false;
  for (const line of folders.trimEnd().split('\n')) {
    const space = line.indexOf(' ');
    const stat = statSync(`${root}/${line.slice(space + 1)}`, { throwIfNoEntry: false });
    if (!stat || String(stat.mtimeMs) !== line.slice(0, space)) return false;
  }
  return true;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
