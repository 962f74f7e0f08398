/**
 * By what named results are known again: small ones by their rows, so that the same rows made anew count as the same; large
 * ones by their id. One by reference is a file of somebody's, which could be written into: by its id and how the file is, and
 * by nothing while that changed so lately that the next change might not show.
 */
import { stat } from 'node:fs/promises';
import type { ResultId } from '../../protocol/ids.ts';
import type { Results } from '../../results/contract.ts';
import type { NamedResult } from '../../sessions/contract.ts';
import { foldName } from '../names.ts';
import { digestOfBlock } from './fingerprint.ts';

/** Digests remembered, of a notebook's results: a result never changes. */
const REMEMBERED = 500;
/** The coarsest steps in which file systems count changes, and then some. */
const SETTLED_NS = 2_100_000_000n;

export type Identities = {
  /** Of these tables, by their folded names, as they have been since then (ms since 1970); what can't be known has none. */
  of(tables: readonly NamedResult[], since: number): Promise<ReadonlyMap<string, string>>;
  /** Undefined where it is gone. */
  one(result: ResultId, since: number): Promise<string | undefined>;
};

export function createIdentities(results: Pick<Results, 'source'>): Identities {
  const known = new Map<ResultId, string>();

  async function identify(result: ResultId, source: NamedResult['source'], since: number): Promise<string | undefined> {
    if (source.kind === 'file') return source.parquet ? referred(result, source.path, since) : `result ${result}`;
    const before = known.get(result);
    if (before !== undefined) return before;
    const block = await source.read().catch(() => undefined);
    if (!block) return undefined;
    const identity = digestOfBlock(block);
    known.set(result, identity);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return identity;
  }

  return {
    async of(tables, since) {
      const identities = new Map<string, string>();
      for (const { name, result, source } of tables) {
        const identity = await identify(result, source, since);
        if (identity !== undefined) identities.set(foldName(name), identity);
      }
      return identities;
    },
    async one(result, since) {
      const source = await results.source(result);
      return source && identify(result, source, since);
    },
  };
}

async function referred(result: ResultId, path: string, since: number): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  if (!stats || BigInt(since) * 1_000_000n - stats.ctimeNs < SETTLED_NS) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return `result ${result} ${[dev, ino, size, mtimeNs, ctimeNs].join(' ')}`;
}
