/**
 * What is damaged in one notebook's stores. Each kind of damage has its line and what to do about it; `docs/durability.md`
 * lists them. Nothing is changed: a log is scanned, never opened for writing.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readParagraphs } from '../protocol/document.ts';
import { type NotebookId, parseId, type ResultId } from '../protocol/ids.ts';
import { visitedOf, visitorsOf } from '../protocol/keys.ts';
import { watchLinked } from '../results/linked.ts';
import { decodeRecord as decodeResult, type Entry, fileOf, foldRecord } from '../results/manifest.ts';
import { readChain } from '../rooms/chain.ts';
import { loadDocument } from '../rooms/load.ts';
import { STORE_VERSION } from '../rooms/records.ts';
import { addressesOf, emptyHistory, foldStored, parseRecord, VERSION } from '../runs/stored.ts';
import type { Disk } from '../storage/disk.ts';
import { scanRecords } from '../storage/log.ts';
import { openSegments, type Segments } from '../storage/segments.ts';
import { openVersionStore } from '../versions/store.ts';

export type Damage = {
  /** Relative to `.gondola`, or to the workspace for its files. */
  readonly where: string;
  readonly what: string;
  readonly todo: string;
};

export type Report = {
  damage(where: string, what: string, todo: string): void;
  /** Worth knowing, and no damage. */
  note(line: string): void;
};

const FROM_BACKUP =
  'Stop the server and put this notebook’s folder back from a backup. Without one, remove the folder: the notebook ' +
  'begins anew from its file, without its history and runs.';
const AGAIN = 'Run the paragraph again.';

const LOGS = ['runs.log', 'results.log', 'versions.log'] as const;
const ADVICE = {
  'runs.log': 'The next start shows the runs before it, and keeps the file aside.',
  'results.log': 'Results kept after it are gone; put the file back from a backup, or remove it and run again.',
  'versions.log': 'Put it back from a backup, or remove it: the versions begin anew, no text is lost.',
} as const;

/** `disk` is rooted at `state`, the `.gondola` folder. */
export async function checkNotebook(disk: Disk, state: string, id: string, report: Report): Promise<void> {
  const folder = `notebooks/${id}`;
  const notebook = parseId<NotebookId>(id);
  if (!notebook) {
    report.damage(folder, 'its name is no notebook’s id', 'Nothing reads it; move it away.');
    return;
  }
  await checkDocument(disk, folder, report);
  for (const name of LOGS) await checkLog(disk, `${folder}/${name}`, ADVICE[name], report);
  await checkRuns(disk, folder, report);
  const visited = visitedOf(notebook);
  await checkLog(
    disk,
    `${visited}/runs.log`,
    'The next visitor’s session that ends begins it anew; the file is kept aside.',
    report,
  );
  await checkRuns(disk, visited, report);
  const left = (await disk.list(visitorsOf(notebook))).length;
  if (left > 0) report.note(`${folder}: ${left} visitors’ sessions of an earlier server; the next start clears them`);
  await checkVersions(disk, folder, report);
  await checkResults(disk, state, notebook, folder, report);
}

async function checkLog(disk: Disk, path: string, todo: string, report: Report): Promise<void> {
  const bytes = await disk.read(path);
  if (!bytes) return;
  const { end, offset } = scanRecords(bytes);
  if (end === 'torn') report.note(torn(path, bytes.length - offset));
  if (end === 'damaged') report.damage(path, `damaged from byte ${offset} on`, todo);
}

const torn = (where: string, bytes: number): string =>
  `${where}: a torn tail of ${bytes} bytes; the next start cuts it`;

async function checkDocument(disk: Disk, folder: string, report: Report): Promise<void> {
  const chain = await readChain(disk, folder);
  if (chain.state === 'damaged') {
    const place = /^((?:log|snapshot)\S*), (from byte .*)$/.exec(chain.detail);
    if (place) report.damage(`${folder}/${place[1]}`, `damaged ${place[2]}`, FROM_BACKUP);
    else report.damage(folder, `the document cannot be read: ${chain.detail}`, FROM_BACKUP);
    return;
  }
  for (const warning of chain.warnings) {
    const todo = 'Nothing is lost: the generation before holds the same, and the next snapshot replaces it.';
    report.damage(`${folder}/${warning.split(',')[0]}`, `damaged: ${warning}`, todo);
  }
  if (chain.contents.version > STORE_VERSION) {
    report.note(`${folder}: written by a newer Gondola (store version ${chain.contents.version}); it opens read-only`);
  }
  const { offset } = scanRecords(chain.log ?? new Uint8Array(0));
  const tail = (chain.log?.length ?? 0) - offset;
  if (tail > 0) report.note(torn(`${folder}/log`, tail));
  const { doc, refused } = loadDocument(chain.contents.updates);
  if (refused.length > 0) {
    report.damage(folder, `${refused.length} edits in its log do not apply`, 'The next start leaves them out.');
  }
  for (const { id } of readParagraphs(doc).damaged) {
    report.damage(folder, `the paragraph ${id} is ill-shaped`, 'The page shows it as damaged; delete it there.');
  }
}

async function checkRuns(disk: Disk, folder: string, report: Report): Promise<void> {
  const where = `${folder}/runs.log`;
  const history = emptyHistory();
  for (const { payload } of scanRecords((await disk.read(where)) ?? new Uint8Array()).records) {
    try {
      const parsed = parseRecord(payload);
      if (!('version' in parsed)) for (const event of parsed) foldStored(history, event);
      else if (parsed.version > VERSION) report.note(`${where}: written by a newer Gondola; nothing is run`);
    } catch (error) {
      report.damage(where, error instanceof Error ? error.message : String(error), ADVICE['runs.log']);
    }
  }
  const segments = await openSegments(disk, `${folder}/texts`, []);
  for (const run of history.runs.values()) {
    for (const address of addressesOf(run)) {
      const bytes = await segments.read(address).catch(() => undefined);
      if (!bytes) report.damage(folder, `a text of run ${run.id} cannot be read`, AGAIN);
    }
  }
  await segments.close();
}

async function checkVersions(disk: Disk, folder: string, report: Report): Promise<void> {
  const opening = await openVersionStore(disk, folder);
  if (opening.state === 'damaged') {
    // Its bytes were looked at already: this is about what they say.
    if (!opening.detail.includes('from byte')) report.damage(folder, opening.detail, ADVICE['versions.log']);
    return;
  }
  for (const { id } of opening.store.list()) {
    try {
      opening.store.read(id);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      report.damage(folder, `the version ${id} cannot be read: ${why}`, 'The other versions can be.');
    }
  }
  await opening.store.close();
}

async function checkResults(
  disk: Disk,
  state: string,
  notebook: NotebookId,
  folder: string,
  report: Report,
): Promise<void> {
  const where = `${folder}/results.log`;
  const entries = new Map<ResultId, Entry>();
  for (const record of scanRecords((await disk.read(where)) ?? new Uint8Array()).records) {
    const decoded = decodeResult(notebook, record);
    if (decoded) foldRecord(entries, decoded);
    else report.damage(where, 'a record that this version cannot read', ADVICE['results.log']);
  }
  const segments = await openSegments(disk, `${folder}/blocks`, []);
  for (const entry of entries.values()) await checkResult(state, folder, entry, segments, report);
  await segments.close();
}

async function checkResult(state: string, folder: string, entry: Entry, segments: Segments, report: Report) {
  if (entry.form.kind === 'block') {
    const bytes = await segments.read(entry.form.address).catch(() => undefined);
    if (!bytes) report.damage(folder, `the rows of result ${entry.id} cannot be read`, AGAIN);
  }
  const name = fileOf(entry);
  if (name === undefined) return;
  const path = join(state, folder, 'results', name);
  const found = await lstat(path).catch(() => undefined);
  if (!found) report.damage(folder, `the rows of result ${entry.id} are missing`, AGAIN);
  else if (entry.form.kind === 'linked') {
    // Its bytes are someone else's to change.
    if ((await watchLinked(path, entry.form.linked)()) === 'same') return;
    report.note(`${folder}: the file that result ${entry.id} shows was written into after its run; run it again`);
  } else if (found.size !== entry.bytes) {
    report.damage(folder, `the file of result ${entry.id} has ${found.size} bytes, not ${entry.bytes}`, AGAIN);
  }
}
