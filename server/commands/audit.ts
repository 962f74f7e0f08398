/** `gondola audit`: the audit log, oldest first, for people or (`--json`) for programs that collect it. */
import type { AuditRow } from '../access/audit.ts';
import { momentOf } from '../access/tokens.ts';
import { UsageError } from '../config.ts';
import { withAccess } from './people.ts';

export type AuditOptions = { readonly json?: boolean; readonly since?: string; readonly after?: string };

/** Rows read at once. */
const PAGE = 1_000;

export const printAudit = (workspace: string, options: AuditOptions, print: (text: string) => void): Promise<void> =>
  withAccess(workspace, ({ audit }) => {
    const since = options.since === undefined ? 0 : agoOf(options.since);
    let after = options.after === undefined ? 0 : Number(options.after);
    if (!Number.isSafeInteger(after) || after < 0) throw new UsageError('--after should be the seq of an entry.');
    for (;;) {
      const rows = audit.read({ after, since, limit: PAGE });
      for (const row of rows) print(options.json ? `${JSON.stringify(row)}\n` : `${lineOf(row)}\n`);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.seq;
    }
  });

/** `7d` is so long ago; a date is that day. */
function agoOf(text: string): number {
  const now = Date.now();
  const moment = momentOf(text, now);
  if (moment === undefined) throw new UsageError(`--since should be like 7d, 12h or 2027-01-31, not ${text}.`);
  return moment > now && !text.includes('-') ? 2 * now - moment : moment;
}

/** Names come from outside: nothing in them moves the cursor. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');

function lineOf({ at, event, by, on, whom, detail, from }: AuditRow): string {
  const parts = [new Date(at).toISOString(), event, by.name, on, whom && `for ${whom}`, detail, from && `from ${from}`];
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => plain(String(part)))
    .join('  ');
}
