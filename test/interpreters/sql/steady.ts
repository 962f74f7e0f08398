/** Writes `interpreters/sql/uses/steady-names.ts` anew, for another version of the engine: node test/interpreters/sql/steady.ts */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import duckdb from '@duckdb/node-bindings';
import { listSteady } from '../../../interpreters/sql/uses/steady.ts';

const LINE = 118;

const connection = await duckdb.connect(await duckdb.open(':memory:'));
const lines: string[] = [];
for (const name of await listSteady(connection)) {
  const last = lines.at(-1);
  if (last === undefined || last.length + name.length >= LINE) lines.push(name);
  else lines[lines.length - 1] = `${last} ${name}`;
}
writeFileSync(
  join(import.meta.dirname, '../../../interpreters/sql/uses/steady-names.ts'),
  `/** Written by \`test/interpreters/sql/steady.ts\`, not by hand. */
export const VERSION = '${duckdb.library_version()}';
export const NAMES = \`${lines.join('\n')}\`;
`,
);
