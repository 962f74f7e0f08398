/** The audit log's pages, newest first; and what of them is shown. */
import { type Answer, call, type Page, record, string, time } from '../api.ts';

export type AuditRow = {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly by: string;
  readonly on: string | undefined;
  readonly whom: string | undefined;
  readonly detail: string | undefined;
  readonly from: string | undefined;
};

/** A screen or two. */
const LIMIT = 100;

export const readAudit = (cursor: string | undefined): Promise<Answer<Page<AuditRow>>> =>
  call(`/audit?${new URLSearchParams({ limit: String(LIMIT), ...(cursor ? { cursor } : {}) })}`, {}, (value) => {
    const { items, next } = record(value);
    if (!Array.isArray(items)) return undefined;
    return { items: items.flatMap((item) => parseRow(item) ?? []), next: string(next) };
  });

function parseRow(value: unknown): AuditRow | undefined {
  const { seq, at, event, by, on, whom, detail, from } = record(value);
  const when = time(at);
  if (typeof seq !== 'number' || when === undefined || typeof event !== 'string') return undefined;
  return {
    seq,
    at: when,
    event,
    by: string(record(by).name) ?? '',
    on: string(on),
    whom: string(whom),
    detail: string(detail),
    from: string(from),
  };
}

export type AuditFilter = { readonly event: string; readonly by: string };

/** Empty: all. */
export const filtered = (rows: readonly AuditRow[], { event, by }: AuditFilter): readonly AuditRow[] =>
  rows.filter((row) => (event === '' || row.event === event) && (by === '' || row.by === by));

export const valuesOf = (rows: readonly AuditRow[], key: 'event' | 'by'): readonly string[] =>
  [...new Set(rows.map((row) => row[key]))].sort();
