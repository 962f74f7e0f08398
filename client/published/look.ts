/**
 * What a notebook shows, asked for again while somebody looks: what is new comes, and of a link that has ended nothing
 * stays. Whatever else fails leaves what was shown, and says so.
 */
import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import type { Tagged } from '../api.ts';
import { type Published, readAgain } from './calls.ts';

/** A link that ended is gone from the page within 2 s; pages that nobody sees do not ask. */
const AGAIN_MS = 1_500;
/** While something of one's own runs: how it goes, and that it has ended, is seen within half a second. */
const STEADY_MS = 400;
/** Right after something was asked for: most runs have ended by then. Each wait is half as long again as the one before. */
const FIRST_MS = 100;

/** How long after the look before; `looks`: how many there were since something was asked for. */
export const waitFor = (busy: boolean, looks: number): number =>
  busy ? Math.min(STEADY_MS, FIRST_MS * 1.5 ** looks) : AGAIN_MS;

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
  /** At once, and often for a while. Resolves when what came was asked for after this call. */
  again(): Promise<void>;
};

/** Refusals that do not pass: the link ended, or never showed this. */
const GONE: ReadonlySet<string> = new Set(['unauthorised', 'not-found', 'forbidden']);

export type Watching = {
  /** Whether what came is not for this page. */
  readonly arrived?: (published: Published) => boolean;
  /** Whether something of one's own is under way. */
  readonly busy?: () => boolean;
};

export function watchPublished(id: NotebookId, { arrived, busy }: Watching = {}): Look {
  const [state, setState] = createSignal<LookState>({ at: 'opening' });
  const ended = new AbortController();
  onCleanup(() => ended.abort());

  let last: Tagged<Published> | undefined;
  let looking = false;
  /** Who wants to know how it stands from now on. */
  let waiting: (() => void)[] = [];
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    if (looking) return;
    clearTimeout(timer);
    looking = true;
    const served = waiting;
    waiting = [];
    const began = Date.now();
    const answer = await readAgain(id, last, ended.signal);
    looking = false;
    if (ended.signal.aborted) return;
    take(answer);
    looks += 1;
    for (const tell of served) tell();
    if (waiting.length > 0) void look();
    else if (state().at !== 'gone') {
      // A server that is slow to answer, or does not, is not asked all the time.
      const now = state();
      const wait = waitFor(busy?.() === true && now.at === 'shown' && !now.away, looks);
      timer = setTimeout(seen, Math.max(wait / 2, wait - (Date.now() - began)));
    }
  }
  function take(answer: Awaited<ReturnType<typeof readAgain>>): void {
    const before = state();
    if (answer.ok) {
      last = answer.value;
      const published = last.value;
      if (!arrived?.(published)) setState({ at: 'shown', published, away: false });
    } else if (GONE.has(answer.problem.code)) setState({ at: 'gone' });
    else if (before.at === 'shown') setState({ ...before, away: true });
    else setState({ at: 'failed', message: answer.problem.message });
  }
  function seen(): void {
    if (document.visibilityState === 'visible' && state().at !== 'gone') void look();
  }
  onMount(() => {
    void look();
    document.addEventListener('visibilitychange', seen);
    onCleanup(() => {
      clearTimeout(timer);
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
    again() {
      looks = 0;
      const told = new Promise<void>((resolve) => waiting.push(resolve));
      void look();
      return told;
    },
  };
}

/** When the newest of its runs ended that are everybody's; 0 where none has. */
export const newestOf = ({ paragraphs }: Published): number =>
  Math.max(0, ...paragraphs.map(({ run, own }) => (run && !own && 'ended' in run.phase ? run.phase.ended : 0)));
