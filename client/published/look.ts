/**
 * What a notebook shows, asked for again while somebody looks: what is new comes, and of a link that has ended nothing
 * stays. Whatever else fails leaves what was shown, and says so.
 */
import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { type Published, readPublished } from './calls.ts';

/** A link that ended is gone from the page within 2 s; pages that nobody sees do not ask. */
const AGAIN_MS = 1_500;

export type LookState =
  | { readonly at: 'opening' }
  | { readonly at: 'shown'; readonly published: Published; readonly away: boolean }
  | { readonly at: 'gone' }
  | { readonly at: 'failed'; readonly message: string };

export type Look = {
  readonly state: Accessor<LookState>;
  readonly published: Accessor<Published | undefined>;
  /** It may be old: the server does not answer. */
  readonly away: Accessor<boolean>;
  again(): void;
};

/** Refusals that do not pass: the link ended, or never showed this. */
const GONE: ReadonlySet<string> = new Set(['unauthorised', 'not-found', 'forbidden']);

/** `arrived`: whether what came is not for this page. */
export function watchPublished(id: NotebookId, arrived: (published: Published) => boolean = () => false): Look {
  const [state, setState] = createSignal<LookState>({ at: 'opening' });
  const ended = new AbortController();
  onCleanup(() => ended.abort());

  let asking = false;
  async function look(): Promise<void> {
    if (asking) return;
    asking = true;
    const answer = await readPublished(id, ended.signal);
    asking = false;
    if (ended.signal.aborted) return;
    const before = state();
    if (answer.ok) {
      if (!arrived(answer.value)) setState({ at: 'shown', published: answer.value, away: false });
    } else if (GONE.has(answer.problem.code)) setState({ at: 'gone' });
    else if (before.at === 'shown') setState({ ...before, away: true });
    else setState({ at: 'failed', message: answer.problem.message });
  }
  onMount(() => {
    void look();
    const seen = (): void => {
      if (document.visibilityState === 'visible' && state().at !== 'gone') void look();
    };
    const timer = setInterval(seen, AGAIN_MS);
    document.addEventListener('visibilitychange', seen);
    onCleanup(() => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    });
  });
  return {
    state,
    published: createMemo(() => {
      const now = state();
      return now.at === 'shown' ? now.published : undefined;
    }),
    away: () => {
      const now = state();
      return now.at === 'shown' && now.away;
    },
    again: () => void look(),
  };
}

/** When the newest of its runs ended; 0 where none has. */
export const newestOf = ({ paragraphs }: Published): number =>
  Math.max(0, ...paragraphs.map(({ run }) => (run && 'ended' in run.phase ? run.phase.ended : 0)));
