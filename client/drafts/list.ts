/** The drafts of one notebook as signals; what is handled goes at once, in the browser too, and can come back. */
import { type Accessor, createSignal } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { type Draft, type KeptStore, type Scope, TITLE } from './contract.ts';

export type DraftPiece = ParagraphId | typeof TITLE;

export type DraftList = {
  readonly drafts: Accessor<readonly Draft[]>;
  add(draft: Draft): void;
  /** Takes one piece out, or the whole draft; returns what puts it back. */
  settle(draft: Draft, piece?: DraftPiece): () => void;
  /** Another tab may have handled some. */
  refresh(): Promise<void>;
};

export function openDrafts(store: KeptStore, scope: Scope, failed: () => void): DraftList {
  const [drafts, setDrafts] = createSignal<readonly Draft[]>([]);

  function put(draft: Draft): void {
    setDrafts((now) => [...now.filter((one) => one.id !== draft.id), draft].sort((a, b) => a.at - b.at));
  }
  function keep(draft: Draft): void {
    put(draft);
    store.putDraft(draft, []).catch(failed);
  }
  return {
    drafts,
    add: put,
    settle(draft, piece) {
      const before = drafts().find((one) => one.id === draft.id) ?? draft;
      const rest = piece === undefined ? undefined : without(before, piece);
      if (rest) keep(rest);
      else {
        setDrafts((now) => now.filter((one) => one.id !== draft.id));
        store.removeDraft(draft).catch(failed);
      }
      return () => keep(before);
    },
    async refresh() {
      const found = await store.drafts(scope).catch(() => undefined);
      if (found) setDrafts(found);
    },
  };
}

/** Undefined when nothing is left. */
export function without(draft: Draft, piece: DraftPiece): Draft | undefined {
  const { title, ...rest } = draft;
  const parts = piece === TITLE ? draft.parts : draft.parts.filter((part) => part.paragraph !== piece);
  const kept = piece !== TITLE && title !== undefined;
  return parts.length === 0 && !kept ? undefined : { ...rest, ...(kept ? { title } : {}), parts };
}
