/**
 * A browser's store in memory: what it says is kept outlives any page. Each call is one step, as a transaction is; the
 * test may make it fail, or take its time.
 */
import {
  type Draft,
  KeepError,
  type Kept,
  type KeptEdits,
  type KeptKey,
  type KeptMark,
  type KeptStore,
} from '../../client/drafts/contract.ts';
import type { Pages } from '../../client/drafts/pages.ts';

export type MemoryKept = KeptStore & {
  /** Called before each call; throws what it shall fail with. It may wait, too. */
  before: (call: keyof KeptStore) => Promise<void> | void;
  readonly kept: ReadonlyMap<string, KeptEdits>;
};

export function memoryKept(): MemoryKept {
  const kept = new Map<string, KeptEdits>();
  const drafts = new Map<string, Draft>();
  const take = (marks: readonly KeptMark[]): void => {
    for (const mark of marks) if (kept.get(keyOf(mark))?.number === mark.number) kept.delete(keyOf(mark));
  };
  const step =
    <Args extends unknown[], T>(call: keyof KeptStore, work: (...args: Args) => T) =>
    async (...args: Args): Promise<T> => {
      // What is given is copied at once, as the browser does.
      const given = structuredClone(args);
      await store.before(call);
      return work(...given);
    };
  const store: MemoryKept = {
    before: () => {},
    kept,
    read: step('read', ({ person, notebook }) =>
      [...kept.values()].filter(
        (one) => one.person === person && (notebook === undefined || one.notebook === notebook),
      ),
    ),
    list: step('list', (person) => [...kept.values()].filter((one) => one.person === person)),
    keepWhole: step('keepWhole', (one: Kept, state: Uint8Array, instead: readonly KeptMark[]) => {
      kept.set(keyOf(one), { ...one, updates: [state] });
      take(instead);
    }),
    keepMore: step('keepMore', (one: Kept, update: Uint8Array, after: number): 'kept' | 'gone' => {
      const there = kept.get(keyOf(one));
      if (there?.number !== after) return 'gone';
      kept.set(keyOf(one), { ...one, updates: [...there.updates, update] });
      return 'kept';
    }),
    remove: step('remove', (marks: readonly KeptMark[]) => take(marks)),
    drafts: step('drafts', ({ person, notebook }) =>
      [...drafts.values()].filter(
        (one) => one.person === person && (notebook === undefined || one.notebook === notebook),
      ),
    ),
    putDraft: step('putDraft', (draft: Draft, instead: readonly KeptMark[]) => {
      drafts.set(draft.id, draft);
      take(instead);
    }),
    removeDraft: step('removeDraft', ({ id }: Pick<Draft, 'person' | 'notebook' | 'id'>) => void drafts.delete(id)),
    forget: step('forget', (person) => {
      for (const [key, one] of kept) if (one.person === person) kept.delete(key);
      for (const [key, one] of drafts) if (one.person === person) drafts.delete(key);
    }),
  };
  return store;
}

export const refusal = (code: 'full' | 'failed'): KeepError => new KeepError(code);

/** A browser without locks: every other page counts as gone. */
export const lonePages: Pages = { hold: () => () => {}, alive: async () => new Set() };

const keyOf = ({ person, notebook, epoch, page }: KeptKey): string => [person, notebook, epoch, page].join(' ');
