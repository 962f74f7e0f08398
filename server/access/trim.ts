/**
 * Keeps the audit log within an age and a size: the oldest entries leave the database for JSON lines in files beside it
 * (`.gondola/audit/FIRST.jsonl`), which are synced before anything is removed, and of which the newest are kept to the same
 * size again. Nothing else can be removed: the database lets go only of entries below a mark, and keeps each mark for ever.
 */
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../storage/database.ts';

export type Keep = { readonly days: number; readonly bytes: number };

const DAY_MS = 24 * 60 * 60 * 1000;
/** At once: what goes through memory, and holds up the server, is some milliseconds' worth. */
const MOST_ROWS = 2_000;
/** How long an entry is, is taken from the newest. */
const SAMPLE = 500;
/** What a row takes beside its text. */
const ROW_BYTES = 40;
/** A collector takes files whole. */
const FILE_BYTES = 16 * 1024 * 1024;

/** How many entries left; as many as fit one step, so that the next step may follow at once. Throws DatabaseError, or of files. */
export function trimAudit(database: Database, folder: string, keep: Keep, now: number): number {
  const upto = lastToLeave(database, keep, now);
  if (upto === undefined) return 0;
  const rows = database.all('select seq, at, body from audit where seq <= ? order by seq limit ?', upto, MOST_ROWS);
  const last = rows.at(-1);
  if (!last) return 0;
  append(folder, Number(rows[0]?.seq), rows.map(lineOf).join(''));
  database.write((run) => {
    run('insert into audit_trims (at, upto) values (?, ?)', now, Number(last.seq));
    run('delete from audit where seq <= ?', Number(last.seq));
  });
  thin(folder, keep.bytes);
  return rows.length;
}

function lastToLeave(database: Database, { days, bytes }: Keep, now: number): number | undefined {
  const [ends] = database.all('select min(seq) as first, max(seq) as last from audit');
  if (typeof ends?.first !== 'number' || typeof ends.last !== 'number') return undefined;
  const [old] = database.all('select max(seq) as seq from audit where at < ?', now - days * DAY_MS);
  const [newest] = database.all(
    'select avg(length(body)) as mean from (select body from audit order by seq desc limit ?)',
    SAMPLE,
  );
  const fit = Math.max(1, Math.floor(bytes / (Number(newest?.mean ?? 0) + ROW_BYTES)));
  const upto = Math.max(Number(old?.seq ?? 0), ends.last - fit);
  return upto < ends.first ? undefined : upto;
}

/** As `gondola audit --json` prints them. */
function lineOf({ seq, at, body }: Readonly<Record<string, unknown>>): string {
  try {
    return `${JSON.stringify({ seq, at, ...JSON.parse(String(body)) })}\n`;
  } catch {
    return `${JSON.stringify({ seq, at, event: 'lost', detail: 'this entry is damaged' })}\n`;
  }
}

function append(folder: string, first: number, lines: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const newest = filesIn(folder).at(-1);
  const name = newest !== undefined && statSync(join(folder, newest)).size < FILE_BYTES ? newest : nameOf(first);
  const file = openSync(join(folder, name), 'a', 0o600);
  try {
    appendFileSync(file, lines);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The newest is being written: it stays, however large. */
function thin(folder: string, bytes: number): void {
  const [newest, ...older] = filesIn(folder).reverse();
  let size = newest === undefined ? 0 : statSync(join(folder, newest)).size;
  for (const name of older) {
    size += statSync(join(folder, name)).size;
    if (size > bytes) rmSync(join(folder, name));
  }
}

/** By number, so that they are in order. */
const nameOf = (first: number): string => `${String(first).padStart(12, '0')}.jsonl`;

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d{12,}\.jsonl$/.test(name))
    .sort();
