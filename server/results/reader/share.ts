/** How much of a download is done, told while it is made. */
import type { Connection } from './engine.ts';

/** `total`: rows that will leave, where that is known. */
export type Way = { readonly isSorted: boolean; readonly isFile: boolean; readonly total: number | undefined };
/** `engine`: of its statement, 0–1. `rows` that left; of a file that was made first, the part that was sent. */
export type Done = { readonly engine: number; readonly rows: number; readonly sent: number | undefined };

/** Often enough for a bar that moves. */
const TELL_MS = 250;
/** Of a sort, until its first row; of making a file. */
const SORTED = 0.5;
const MADE = 0.9;
/** The last bit is on its way still. */
const MOST = 0.99;

export function shareOf({ isSorted, isFile, total }: Way, { engine, rows, sent }: Done): number {
  if (isFile) return Math.min(MOST, sent === undefined ? MADE * engine : MADE + (1 - MADE) * sent);
  const left = total === undefined ? (isSorted ? 0 : engine) : total === 0 ? 1 : rows / total;
  return Math.min(MOST, isSorted ? (rows === 0 ? SORTED * engine : SORTED + (1 - SORTED) * left) : left);
}

export type Telling = { rows(count: number): void; sent(part: number): void; end(): void };

/** Never tells less than before. */
export function tellShare(tell: (share: number) => void, connection: Pick<Connection, 'progress'>, way: Way): Telling {
  let rows = 0;
  let sent: number | undefined;
  let told = 0;
  const timer = setInterval(() => {
    const share = shareOf(way, { engine: connection.progress, rows, sent });
    if (share <= told) return;
    told = share;
    tell(share);
  }, TELL_MS);
  return {
    rows: (count) => {
      rows += count;
    },
    sent: (part) => {
      sent = part;
    },
    end: () => clearInterval(timer),
  };
}
