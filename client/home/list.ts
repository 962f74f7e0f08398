/** The list of notebooks as the home page holds it: one query at a time, the last asked wins, more on demand. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import { type Problem, readWorkspace, type WorkspaceFacts } from '../api.ts';
import { type ListedNotebook, listNotebooks } from './calls.ts';

export type ListState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'shown'; readonly items: readonly ListedNotebook[]; readonly next: string | undefined };

/** Typing is quicker than this; the scan behind it takes a few milliseconds. */
const SETTLE_MS = 60;
/** New files, other people's edits and what runs show up by themselves within this. */
const REFRESH_MS = 4000;
const PAGE = 100;

export function openList(query: Accessor<string>): {
  readonly list: Accessor<ListState>;
  /** Folders, and what runs now. */
  readonly workspace: Accessor<WorkspaceFacts>;
  refresh(): void;
  more(): void;
} {
  const [list, setList] = createSignal<ListState>({ state: 'loading' }, { equals: same });
  const [workspace, setWorkspace] = createSignal<WorkspaceFacts>(
    { title: '', folders: [], gone: [], running: [] },
    { equals: same },
  );
  let asking = new AbortController();
  let pages = 1;

  const ask = async (text: string, quiet: boolean): Promise<void> => {
    asking.abort();
    const mine = new AbortController();
    asking = mine;
    void readWorkspace(mine.signal).then((answer) => answer.ok && setWorkspace(answer.value));
    const items: ListedNotebook[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const answer = await listNotebooks({ query: text, cursor, limit: PAGE }, mine.signal);
      if (mine.signal.aborted) return;
      if (!answer.ok) {
        if (!quiet) setList({ state: 'failed', problem: answer.problem });
        return;
      }
      items.push(...answer.value.items);
      cursor = answer.value.next;
      if (cursor === undefined) break;
    }
    setList({ state: 'shown', items, next: cursor });
  };

  createEffect(
    on(query, (text, before) => {
      pages = 1;
      const timer = setTimeout(() => void ask(text, false), before === undefined ? 0 : SETTLE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  const timer = setInterval(() => {
    if (!document.hidden) void ask(query(), true);
  }, REFRESH_MS);
  const seen = (): void => {
    if (!document.hidden) void ask(query(), true);
  };
  document.addEventListener('visibilitychange', seen);
  onCleanup(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', seen);
    asking.abort();
  });
  return {
    list,
    workspace,
    refresh: () => void ask(query(), true),
    more() {
      pages += 1;
      void ask(query(), true);
    },
  };
}

/** A refresh that brings nothing new draws nothing. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
