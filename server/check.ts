/**
 * `gondola check`: reads every store of a workspace that no server is using, and every notebook file, and says what is
 * damaged. It changes nothing; a torn tail, which the next start cuts by itself, is told but is no damage.
 */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UsageError } from './config.ts';
import { languages } from './programs.ts';
import { type Epoch, type NotebookId, newId, parseId, type ResultId } from './protocol/ids.ts';
import { decodeRecord as decodeResult, type Entry, foldRecord } from './results/manifest.ts';
import { openStore } from './rooms/store.ts';
import { addressesOf, emptyHistory, foldStored, parseRecord } from './runs/stored.ts';
import { openFiles } from './storage/disk/files.ts';
import type { Disk } from './storage/disk.ts';
import { isFailure, parseNotebook } from './storage/format/parse.ts';
import { scanRecords } from './storage/log.ts';
import { openSegments, type Segments } from './storage/segments.ts';
import { openVersionStore } from './versions/store.ts';
import { lockWorkspace, WorkspaceError } from './workspace/lock.ts';
import { inBatches, scan } from './workspace/scan.ts';
import { decodeText } from './workspace/text.ts';

type Tell = (line: string) => void;

/** The number of damaged things; each has its line. Rejects with UsageError while a server has the folder. */
export async function checkWorkspace(folder: string, tell: Tell): Promise<number> {
  const state = join(folder, '.gondola');
  const unlock = await lock(state);
  try {
    const disk = reading(openFiles(state));
    let damage = 0;
    const say = (line: string): void => {
      damage += 1;
      tell(line);
    };
    const notebooks = await names(join(state, 'notebooks'));
    for (const id of notebooks) await checkNotebook(disk, state, id, say, tell);
    const files = await checkFiles(folder, say);
    await disk.close();
    tell(
      `${notebooks.length} stores and ${files} notebook files read; ${damage === 0 ? 'nothing is damaged' : `${damage} damaged`}.`,
    );
    return damage;
  } finally {
    await unlock();
  }
}

async function lock(state: string): Promise<() => Promise<void>> {
  try {
    return await lockWorkspace(state);
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UsageError(error.message);
    throw error;
  }
}

const names = async (folder: string): Promise<readonly string[]> => (await readdir(folder).catch(() => [])).sort();

async function checkNotebook(disk: Disk, state: string, id: string, say: Tell, tell: Tell): Promise<void> {
  const folder = `notebooks/${id}`;
  const notebook = parseId<NotebookId>(id);
  if (!notebook) return say(`${folder}: its name is no notebook’s id`);
  for (const name of ['log', 'runs.log', 'results.log', 'versions.log']) {
    const bytes = await disk.read(`${folder}/${name}`);
    if (!bytes) continue;
    const { end, offset } = scanRecords(bytes);
    if (end === 'torn')
      tell(`${folder}/${name}: a torn tail of ${bytes.length - offset} bytes; the next start cuts it`);
    if (end === 'damaged') say(`${folder}/${name}: damaged from byte ${offset} on`);
  }
  const opening = await openStore(disk, folder, newId<Epoch>());
  if (opening.state === 'damaged') say(`${folder}: the document cannot be read: ${opening.detail}`);
  else await opening.store.close();
  await checkRuns(disk, folder, say);
  await checkVersions(disk, folder, say);
  const entries = new Map<ResultId, Entry>();
  for (const record of scanRecords((await disk.read(`${folder}/results.log`)) ?? new Uint8Array()).records) {
    try {
      const decoded = decodeResult(notebook, record);
      if (decoded) foldRecord(entries, decoded);
      else say(`${folder}/results.log: a record of another version`);
    } catch (error) {
      say(`${folder}/results.log: ${error instanceof Error ? error.message : error}`);
    }
  }
  const segments = await openSegments(disk, `${folder}/blocks`, []);
  for (const entry of entries.values()) await checkResult(state, folder, entry, segments, say);
  await segments.close();
}

async function checkRuns(disk: Disk, folder: string, say: Tell): Promise<void> {
  const history = emptyHistory();
  for (const { payload } of scanRecords((await disk.read(`${folder}/runs.log`)) ?? new Uint8Array()).records) {
    try {
      const parsed = parseRecord(payload);
      if (!('version' in parsed)) for (const event of parsed) foldStored(history, event);
    } catch (error) {
      say(`${folder}/runs.log: ${error instanceof Error ? error.message : error}`);
    }
  }
  const segments = await openSegments(disk, `${folder}/texts`, []);
  for (const run of history.runs.values()) {
    for (const address of addressesOf(run)) {
      const bytes = await segments.read(address).catch(() => undefined);
      if (!bytes) say(`${folder}: a text of run ${run.id} cannot be read`);
    }
  }
  await segments.close();
}

async function checkVersions(disk: Disk, folder: string, say: Tell): Promise<void> {
  const opening = await openVersionStore(disk, folder);
  // Its bytes were looked at above: this is about what they say.
  if (opening.state === 'damaged') {
    if (!opening.detail.includes('from byte')) say(`${folder}: ${opening.detail}`);
    return;
  }
  for (const { id } of opening.store.list()) {
    try {
      opening.store.read(id);
    } catch (error) {
      say(`${folder}: the version ${id} cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }
  await opening.store.close();
}

async function checkResult(state: string, folder: string, entry: Entry, segments: Segments, say: Tell): Promise<void> {
  if (entry.form.kind === 'block') {
    const bytes = await segments.read(entry.form.address).catch(() => undefined);
    if (!bytes) say(`${folder}: the rows of result ${entry.id} cannot be read`);
  }
  if (entry.form.kind !== 'file') return;
  const path = join(state, folder, 'results', entry.form.name);
  const found = await lstat(path).catch(() => undefined);
  if (!found) say(`${folder}: the rows of result ${entry.id} are missing`);
  else if (found.size !== entry.bytes)
    say(`${folder}: the file of result ${entry.id} has ${found.size} bytes, not ${entry.bytes}`);
}

async function checkFiles(folder: string, say: Tell): Promise<number> {
  const { notebooks } = await scan(folder, [''], () => false);
  await inBatches([...notebooks.keys()], async (path) => {
    const text = decodeText(await readFile(join(folder, path)));
    const parsed = 'text' in text ? parseNotebook(text.text, languages) : text;
    if (isFailure(parsed)) say(`${relative(folder, join(folder, path))}, line ${parsed.line}: ${parsed.message}`);
  });
  return notebooks.size;
}

/** The same disk without its writing: opening a log must not cut its tail here. */
function reading(disk: Disk): Disk {
  const nothing = async (): Promise<void> => undefined;
  return {
    ...disk,
    read: disk.read,
    append: async () => 0,
    sync: nothing,
    truncate: nothing,
    replace: nothing,
    rename: nothing,
    remove: nothing,
  };
}
