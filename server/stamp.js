/**
 * Whether `dist/`, or the programs in it without the page, is what the sources say. Plain JavaScript that loads nothing but the file system: it is asked at each
 * start in a checkout. The stamp is the list of all sources with their sizes and times.
 */
import { createRequire } from 'node:module';

// An `import` reads every export, and so loads streams and promises too.
const { readdirSync, readFileSync, statSync } = createRequire(import.meta.url)('node:fs');

const SOURCES = ['client', 'server', 'interpreters', 'package.json', 'package-lock.json', 'vite.config.ts'];

/** `what`: all, or the programs alone, which is all that a run without a server needs. */
export const stampFile = (root, what = 'all') => `${root}/dist/${what === 'all' ? 'stamp' : 'stamp-programs'}`;

export function stampOf(root) {
  const lines = [];
  const visit = (path) => {
    const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(`${root}/${path}`).sort()) visit(`${path}/${name}`);
    else lines.push(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const path of SOURCES) visit(path);
  return lines.join('');
}

export function isFresh(root, what = 'all') {
  const stamps = what === 'all' ? ['all'] : ['all', 'programs'];
  const read = (one) => {
    try {
      return readFileSync(stampFile(root, one), 'utf8');
    } catch {
      return undefined;
    }
  };
  const found = stamps.map(read).filter((stamp) => stamp !== undefined);
  return found.length > 0 && found.includes(stampOf(root));
}
