/**
 * A hundred million rows, made once under `.cache`: a Parquet file as `copy` writes one, the same bytes' worth each time. A notebook
 * that names it has it as its result by reference, so that a measurement begins within moments, and the bare engine reads the very file.
 */
import { existsSync, linkSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

/** `--rows=` measures less. */
export const ROWS = Number(
  process.argv.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length) ?? 100_000_000,
);
/** Memory that making it may take; its rows are in order, so that groups are all there is in memory. */
const MEMORY = '4GB';
export const FIRST = Date.UTC(2020, 0, 1);
/** Seconds between two rows. */
export const EVERY = 1;

const SQL = `select range as i, timestamp '2020-01-01' + to_seconds(range * ${EVERY}) as ts,
  sin(range / 1000000) * 100 + (hash(range) % 1000) / 500 as v, ((range * 7919) % 100000)::integer as n,
  'city ' || (hash(range) % 77) as city, 'page ' || (hash(range) % 50000) as page from range(${ROWS})`;

/** The file, made if it is not there. */
export async function prepareHundred(): Promise<string> {
  const folder = join(root, 'test', '.cache', `hundred-${ROWS}`);
  const file = join(folder, 'rows.parquet');
  if (existsSync(file)) return file;
  process.stderr.write(`  making ${ROWS} rows …\n`);
  mkdirSync(folder, { recursive: true });
  const engine = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY });
  const connection = await engine.connect();
  await connection.run(`copy (${SQL}) to '${file}.part' (format parquet)`);
  connection.closeSync();
  engine.closeSync();
  renameSync(`${file}.part`, file);
  return file;
}

export type Hundred = {
  readonly server: ServerProcess;
  readonly result: string;
  /** Milliseconds from asking for the run until its table was there. */
  readonly opened: number;
  /** What a bare engine reads: the result's own file. */
  readonly from: string;
  close(): Promise<void>;
};

export async function openHundred(): Promise<Hundred> {
  const file = await prepareHundred();
  const workspace = makeWorkspace({
    'rows.nb.md': "# Rows\n\n```sql id=rows\nfrom 'data/rows.parquet'\n```\n\n```sql id=warm\nselect 1\n```\n",
  });
  mkdirSync(join(workspace.path, 'data'));
  linkSync(file, join(workspace.path, 'data', 'rows.parquet'));
  const server = await startServer(workspace.path);
  const close = async (): Promise<void> => {
    await server.stop();
    workspace.remove();
  };
  try {
    const notebook = await notebookAt(server, 'rows.nb.md');
    await run(server, notebook, 'warm');
    const started = performance.now();
    const result = await run(server, notebook, 'rows');
    const opened = performance.now() - started;
    const path = join(workspace.path, '.gondola', 'notebooks', notebook, 'results', `${result}.parquet`);
    if (!existsSync(path)) throw new Error('the result is no reference: is the file on the disk of the workspace?');
    return { server, result, opened, from: `read_parquet('${path}')`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function run(server: ServerProcess, notebook: string, paragraph: string): Promise<string> {
  const asked = await server.call('POST', `notebooks/${notebook}/runs?wait=300`, { paragraphs: [paragraph] });
  const [one] = (asked.body as { runs: { id: string }[] }).runs;
  const { body } = await server.call('GET', `runs/${one!.id}`);
  const [output] = (body as { outputs: { result?: string }[] }).outputs;
  if (!output?.result) throw new Error(`the run gave no table: ${JSON.stringify(body)}`);
  return output.result;
}
