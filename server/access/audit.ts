/**
 * The audit log: who came in, who was let in or shut out, who ran, took away and removed what. Rows are only ever added,
 * each with a checksum. They are gathered for a moment and written together, as a sync for each run would hold up
 * everybody; what cannot be written is tried again, and what is lost beyond a bound is said in the log itself.
 */
import { crc32 } from 'node:zlib';
import type { Who } from '../protocol/runs.ts';
import type { Database } from '../storage/database.ts';
import { type Keep, trimAudit } from './trim.ts';

export type AuditEvent =
  | 'sign-in'
  | 'sign-in-failed'
  | 'sign-out'
  | 'link-opened'
  | 'account-added'
  | 'account-changed'
  | 'invitation-made'
  | 'invitation-withdrawn'
  | 'token-made'
  | 'token-changed'
  | 'token-revoked'
  | 'granted'
  | 'grant-removed'
  | 'link-made'
  | 'link-revoked'
  | 'run'
  | 'network'
  | 'export'
  | 'notebook-made'
  | 'notebook-moved'
  | 'notebook-deleted'
  | 'notebook-restored'
  | 'notebook-purged'
  | 'file-added'
  | 'file-replaced'
  | 'file-deleted'
  | 'trimmed'
  | 'lost';

export type AuditEntry = {
  readonly event: AuditEvent;
  readonly by: Who;
  /** The id of what it was done to, or a path. */
  readonly on?: string;
  readonly detail?: string;
  /** Whom it was for. */
  readonly whom?: string;
  /** The address of the network it came from. */
  readonly from?: string;
};

export type AuditRow = AuditEntry & { readonly seq: number; readonly at: number };

export interface Audit {
  note(entry: AuditEntry): void;
  /** Oldest first after `seq`; newest first without. Writes what is gathered before it reads. */
  read(range: {
    readonly after?: number;
    readonly before?: number;
    readonly since?: number;
    readonly limit: number;
  }): readonly AuditRow[];
  flush(): void;
  /** What was noted since the start, also where it was not written. */
  readonly counts: ReadonlyMap<AuditEvent, number>;
  /** Lets the oldest go that are past an age or a size; they leave as JSON lines in `folder`. */
  keep(folder: string, keep: Keep): void;
  /** Writes what is gathered. What is noted later is counted only: its request ends with the server. */
  close(): void;
}

const GATHER_MS = 200;
/** Entries that wait for a disk that takes nothing: a few megabytes. */
const MOST_WAITING = 10_000;
/** Names and paths may be long; the log says which they were. */
const MOST_TEXT = 1000;
/** What somebody without an account may do as often as their network allows: it must not fill the disk. */
const BY_ANYBODY: ReadonlySet<AuditEvent> = new Set(['sign-in-failed', 'link-opened', 'sign-out']);
/** Of these in a minute; of more the number is told. */
const MOST_BY_ANYBODY = 200;
const MINUTE_MS = 60_000;
/** A start is left alone; then it is looked now and then, and again at once while more is to go. */
const TRIM_FIRST_MS = 60_000;
const TRIM_MS = 60 * MINUTE_MS;
const TRIM_MORE_MS = 50;

type Waiting = { readonly at: number; readonly entry: AuditEntry };

export function openAudit(database: Database, now: () => number): Audit {
  const counts = new Map<AuditEvent, number>();
  let waiting: Waiting[] = [];
  let lost = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let trimming: NodeJS.Timeout | undefined;
  let minute = { since: Number.NEGATIVE_INFINITY, told: 0, untold: 0 };

  /** Whether one more by anybody is told; of those that are not, the number is, once their minute is over. */
  function isTold(): boolean {
    const at = now();
    if (at - minute.since >= MINUTE_MS || at < minute.since) {
      tellNumber();
      minute = { since: at, told: 0, untold: 0 };
    }
    const fits = minute.told < MOST_BY_ANYBODY;
    if (fits) minute.told += 1;
    else minute.untold += 1;
    return fits;
  }

  function tellNumber(): void {
    if (minute.untold > 0) waiting.push({ at: now(), entry: untoldEntry(minute.untold) });
    minute.untold = 0;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (now() - minute.since >= MINUTE_MS) tellNumber();
    if (waiting.length === 0) return;
    const all = lost === 0 ? waiting : [...waiting, { at: now(), entry: lostEntry(lost) }];
    try {
      database.write((run) => {
        for (const { at, entry } of all) {
          const body = JSON.stringify(entry);
          run('insert into audit (at, body, crc) values (?, ?, ?)', at, body, crc32(`${at}\u0000${body}`));
        }
      });
      waiting = [];
      lost = 0;
    } catch {
      lost += Math.max(0, waiting.length - MOST_WAITING);
      waiting = waiting.slice(-MOST_WAITING);
      later();
    }
  }

  function later(): void {
    if (!closed) timer ??= setTimeout(flush, GATHER_MS).unref();
  }

  return {
    counts,
    note(entry) {
      counts.set(entry.event, (counts.get(entry.event) ?? 0) + 1);
      if (closed) return;
      if (BY_ANYBODY.has(entry.event) && !isTold()) return;
      waiting.push({ at: now(), entry: cut(entry) });
      later();
    },
    read({ after, before, since = 0, limit }) {
      flush();
      const rows =
        after === undefined
          ? database.all(
              'select seq, at, body, crc from audit where seq < ? and at >= ? order by seq desc limit ?',
              before ?? Number.MAX_SAFE_INTEGER,
              since,
              limit,
            )
          : database.all(
              'select seq, at, body, crc from audit where seq > ? and at >= ? order by seq limit ?',
              after,
              since,
              limit,
            );
      return rows.map(({ seq, at, body, crc }) => rowOf(Number(seq), Number(at), String(body), crc));
    },
    flush,
    keep(folder, keep) {
      let gone = 0;
      const step = (): void => {
        let count = 0;
        try {
          count = trimAudit(database, folder, keep, now());
        } catch {
          // A disk that takes nothing: it is tried again.
        }
        gone += count;
        if (count === 0 && gone > 0) {
          waiting.push({ at: now(), entry: trimmedEntry(gone) });
          later();
          gone = 0;
        }
        trimming = setTimeout(step, count > 0 ? TRIM_MORE_MS : TRIM_MS).unref();
      };
      trimming = setTimeout(step, TRIM_FIRST_MS).unref();
    },
    close() {
      closed = true;
      clearTimeout(trimming);
      flush();
    },
  };
}

const lostEntry = (count: number): AuditEntry => ({
  event: 'lost',
  by: { id: 'gondola' as Who['id'], name: 'Gondola' },
  detail: `${count} entries could not be written`,
});

const trimmedEntry = (count: number): AuditEntry => ({
  ...lostEntry(0),
  event: 'trimmed',
  detail: `${count} of the oldest entries left for .gondola/audit`,
});

const untoldEntry = (count: number): AuditEntry => ({
  ...lostEntry(count),
  detail: `${count} more sign-ins that failed, links opened and sign-outs, too many to tell one by one`,
});

function rowOf(seq: number, at: number, body: string, crc: unknown): AuditRow {
  if (crc32(`${at}\u0000${body}`) === crc) {
    try {
      return { ...(JSON.parse(body) as AuditEntry), seq, at };
    } catch {
      // Told below.
    }
  }
  return { ...lostEntry(1), detail: 'this entry is damaged', seq, at };
}

function cut(entry: AuditEntry): AuditEntry {
  const short = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text);
  const texts = Object.entries(entry).map(([key, value]) => [key, typeof value === 'string' ? short(value) : value]);
  return { ...entry, ...(Object.fromEntries(texts) as Partial<AuditEntry>) };
}
