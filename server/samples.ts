import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Three million flights of early 2001 and the airports of the United States, as the package `vega-datasets` ships them. */
const FILES = ['flights-3m.parquet', 'airports.csv'];

/** Copies what is missing of the sample data into `folder/data`; git ignores it there. */
export function copySampleData(root: string, folder: string): void {
  const missing = FILES.filter((name) => !existsSync(join(folder, 'data', name)));
  if (missing.length === 0) return;
  const from = join(dirname(createRequire(join(root, 'package.json')).resolve('vega-datasets')), '..', 'data');
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const name of missing) copyFileSync(join(from, name), join(folder, 'data', name));
}
