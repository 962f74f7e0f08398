/** Which visitor sessions end now, and which makes room for one more: pure. */
import type { VisitorKey } from '../protocol/keys.ts';

export type Seat = {
  readonly key: VisitorKey;
  /** Something runs or waits in it. */
  readonly busy: boolean;
  /** When it was opened, asked for a run, or its last run ended. */
  readonly since: number;
  /** Whether anybody who came as this visitor may still run there, in a session of their own. */
  readonly allowed: boolean;
};

export type Bounds = { readonly idleMs: number; readonly most: number };

export const endsNow = (seats: readonly Seat[], now: number, { idleMs }: Bounds): readonly VisitorKey[] =>
  seats.filter(({ busy, since, allowed }) => !allowed || (!busy && now - since >= idleMs)).map(({ key }) => key);

/** Undefined: there is room as it is; `full`: nobody is idle. */
export function givesWay(seats: readonly Seat[], { most }: Bounds): VisitorKey | 'full' | undefined {
  if (seats.length < most) return undefined;
  const idle = seats.filter(({ busy }) => !busy).toSorted((a, b) => a.since - b.since);
  return idle[0]?.key ?? 'full';
}
