/** What is damaged in the records that belong to no notebook: the ids, and the database of people, roles and audit. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Grant } from '../access/book.ts';
import type { Disk } from '../storage/disk.ts';
import { readSealed, SEALED } from '../storage/sealed.ts';
import { FILE as IDS_FILE, readLine as readIdLine } from '../workspace/ids.ts';
import type { Report } from './notebook.ts';

const IDS_ADVICE =
  'The notebook of such a line is taken for a new one; put the file back from a backup to keep its runs.';
const DATABASE_ADVICE =
  'Stop the server and put gondola.db back from a backup: gondola.db-wal and gondola.db-shm go with the old one.';

export async function checkIds(disk: Disk, report: Report): Promise<void> {
  const bytes = await disk.read(IDS_FILE);
  const lines = bytes ? new TextDecoder().decode(bytes).split('\n') : [];
  for (const [index, line] of lines.entries()) {
    if (line === '' || readIdLine(line)) continue;
    if (index === lines.length - 1) report.note(`${IDS_FILE}: a torn last line; the next start leaves it out`);
    else report.damage(IDS_FILE, `line ${index + 1} cannot be read`, IDS_ADVICE);
  }
}

/** SQLite’s own check finds a broken structure; flipped bits in what it holds are for each row’s checksum. */
export function checkDatabase(state: string, report: Report): void {
  const file = join(state, 'gondola.db');
  if (!existsSync(file)) return;
  const damaged = (error: unknown): void =>
    report.damage('gondola.db', error instanceof Error ? error.message : String(error), DATABASE_ADVICE);
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const all = (sql: string, ...values: readonly SQLInputValue[]) => database.prepare(sql).all(...values);
      for (const row of all('pragma integrity_check(20)')) {
        const said = String(Object.values(row)[0]);
        if (said !== 'ok') damaged(said);
      }
      const tables = new Set(all("select name from sqlite_master where type = 'table'").map(({ name }) => name));
      if (tables.has('grants'))
        attempt(
          () => tellGone(readSealed({ all }, 'grants'), report),
          () => {},
        );
      for (const table of SEALED) if (tables.has(table)) attempt(() => readSealed({ all }, table), damaged);
      if (!tables.has('audit')) return;
      for (const { seq, at, body, crc } of all('select seq, at, body, crc from audit')) {
        if (crc32(`${at}\u0000${body}`) !== crc) damaged(`the line ${seq} of the audit log fails its checksum`);
      }
    } finally {
      database.close();
    }
  } catch (error) {
    damaged(error);
  }
}

/** Roles that are nobody's: of folders that are gone (`access/folders.ts`). */
function tellGone(rows: readonly { readonly body: unknown }[], report: Report): void {
  const gone = rows.map(({ body }) => (body as Grant).place).filter((place) => place.kind === 'gone');
  for (const folder of new Set(gone.map((place) => place.folder))) {
    const count = gone.filter((place) => place.folder === folder).length;
    report.note(
      `${folder}/ is gone: its ${count} roles are aside and hold for nobody, until its notebooks are back or a folder of that name is shared anew`,
    );
  }
}

function attempt(work: () => unknown, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}
