/**
 * Profiles of the columns in view, fetched in the background: one after the other, when the table is near and nobody waits for
 * rows, never twice, and given up when the view changes.
 */

import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import { asking } from '../../standing.ts';
import { readProfile } from './profile-read.ts';
import { narrowQuery, type ViewQuery } from './view.ts';

export type Profiles = {
  /** Undefined until it has come. */
  get(column: string): ColumnProfile | undefined;
  /** Fetches it; `soon` before others, for somebody who waits. */
  want(column: string, soon?: boolean): void;
  release(): void;
};

export type ProfilesOptions = {
  readonly result: string;
  readonly narrow: Narrow;
  /** Resolves when the background may work. */
  readonly ready: Promise<void>;
  readonly onProfile: (column: string, profile: ColumnProfile) => void;
  readonly fetcher?: typeof fetch;
};

export function createProfiles({ result, narrow, ready, onProfile, fetcher = fetch }: ProfilesOptions): Profiles {
  const known = new Map<string, ColumnProfile>();
  const asked = new Set<string>();
  const abort = new AbortController();
  let queue: string[] = [];
  let isBusy = false;

  let hurry = () => {};
  const begin = Promise.race([
    ready,
    new Promise<void>((resolve) => {
      hurry = resolve;
    }),
  ]);

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    await begin;
    for (let column = queue.shift(); column !== undefined && !abort.signal.aborted; column = queue.shift()) {
      const profile = await fetchProfile(result, column, narrowQuery(narrow), abort.signal, fetcher).catch(
        () => undefined,
      );
      if (abort.signal.aborted) return;
      if (!profile) continue;
      known.set(column, profile);
      onProfile(column, profile);
    }
    isBusy = false;
  }

  return {
    get: (column) => known.get(column),
    want: (column, soon = false) => {
      if (known.has(column)) return;
      if (asked.has(column) && !(soon && queue.includes(column))) return;
      asked.add(column);
      queue = queue.filter((one) => one !== column);
      if (soon) queue.unshift(column);
      else queue.push(column);
      if (soon) hurry();
      void work();
    },
    release: () => abort.abort(),
  };
}

async function fetchProfile(
  result: string,
  column: string,
  narrow: ViewQuery,
  signal: AbortSignal,
  fetcher: typeof fetch,
): Promise<ColumnProfile | undefined> {
  const address = `/api/v1/results/${encodeURIComponent(result)}/profile?${new URLSearchParams({ column, ...narrow })}`;
  const response = await fetcher(address, { signal, ...asking() });
  return response.ok ? readProfile(await response.json()) : undefined;
}
