/**
 * In the head of a result: whether it follows, and what that filters it by. Fetched with the first chart that can be followed:
 * a page without one does without it.
 */
import { createEffect, type JSX, onCleanup, Show } from 'solid-js';
import { Portal } from 'solid-js/web';
import type { Filter } from '../../../server/protocol/table/narrow.ts';
import { linked as words } from '../../words/linked.ts';
import { Chips } from './Chips.tsx';
import { createFollowing, type FollowingParts } from './following.ts';

export function Following(
  props: FollowingParts & {
    /** Where what can be done with a result stands. */
    readonly actions: HTMLElement | undefined;
    readonly onFilters: (filters: readonly Filter[]) => void;
  },
): JSX.Element {
  const following = createFollowing(props);
  createEffect(() => props.onFilters(following.filters()));
  onCleanup(() => props.onFilters([]));
  return (
    <>
      <Show when={following.applied().length > 0}>
        <Chips applied={following.applied()} onClear={following.clear} />
      </Show>
      <Show when={props.actions}>
        {(place) => (
          <Portal mount={place()}>
            <button
              type="button"
              class="result-follow"
              aria-pressed={following.on()}
              data-tip={following.on() ? words.following : words.followHint}
              onClick={() => following.toggle()}
            >
              {words.follow}
            </button>
          </Portal>
        )}
      </Show>
    </>
  );
}
