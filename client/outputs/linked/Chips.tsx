/** What a result that follows is filtered by, each with a way to clear it; and what it can't follow. */
import { For, type JSX, Show } from 'solid-js';
import { linked as words } from '../../words/linked.ts';
import type { Applied } from './apply.ts';
import './linked.css';

export function Chips(props: {
  readonly applied: readonly Applied[];
  readonly onClear: (source: string) => void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a few words with buttons are no form
    <div class="linked-chips" role="group" aria-label={words.filtered}>
      <Show when={props.applied.some(({ lacks }) => lacks.length === 0)}>
        <span class="linked-by" aria-hidden="true">
          {words.filtered}
        </span>
      </Show>
      <For each={props.applied}>
        {({ selection, lacks }) => (
          <Show when={lacks.length === 0} fallback={<span class="linked-apart">{words.apart(lacks.join(', '))}</span>}>
            <span class="linked-chip">
              <span>
                {selection.said} <i>{words.in(selection.title)}</i>
              </span>
              <button
                type="button"
                aria-label={words.clear(selection.said)}
                data-tip={words.clear(selection.said)}
                onClick={() => props.onClear(selection.source)}
                onKeyDown={(event) => {
                  if (event.key !== 'Escape') return;
                  event.stopPropagation();
                  props.onClear(selection.source);
                }}
              >
                ×
              </button>
            </span>
          </Show>
        )}
      </For>
    </div>
  );
}
