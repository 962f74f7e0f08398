/**
 * The data of the sample workspace, which git ignores: two files that a package ships, and a log of 20,000 calls of an API,
 * made from a seed. The files are copied before the first page is served; the log is made meanwhile, in half a second.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Three million flights of early 2001 and the airports of the United States, as the package `vega-datasets` ships them. */
const FILES = ['flights-3m.parquet', 'airports.csv'];

/** 20 MB: enough that a plain editor is no longer comfortable, little on any disk. */
const CALLS = { rows: 20_000, name: 'api-log' } as const;

/** Copies what is missing of the sample data into `folder/data`. */
export function copySampleData(root: string, folder: string): void {
  const missing = FILES.filter((name) => !existsSync(join(folder, 'data', name)));
  if (missing.length === 0) return;
  const from = join(dirname(createRequire(join(root, 'package.json')).resolve('vega-datasets')), '..', 'data');
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const name of missing) copyFileSync(join(from, name), join(folder, 'data', name));
}

/** Makes the API log where there is none. A log of another size, made by `gondola data`, stays. */
export async function makeSampleData(folder: string): Promise<void> {
  const data = join(folder, 'data');
  if (['jsonl', 'expected.json'].every((ending) => existsSync(join(data, `${CALLS.name}.${ending}`)))) return;
  // Loaded on use: a server over another workspace needs none of it.
  const { writeApiLog } = await import('./samples/write.ts');
  await writeApiLog({ ...CALLS, folder: data, format: 'jsonl' });
}
