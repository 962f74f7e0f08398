/** The line above a table that says what it is narrowed to, and takes each of it back; with the field of the search. */
import { createEffect, For, type JSX, on, onCleanup, Show } from 'solid-js';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { outputs } from '../../words/outputs.ts';
import { chipText } from './chips.ts';
import { withoutFilter, withSearch } from './view.ts';

const words = outputs.table.filter;
const REST_MS = 250;

export type FiltersProps = {
  readonly narrow: Narrow;
  /** Whether there is text to be searched. */
  readonly searchable: boolean;
  /** Counts up each time somebody asks for the field. */
  readonly asked: number;
  readonly onNarrow: (narrow: Narrow) => void;
  readonly onOpen: (column: string) => void;
  /** Puts the line away. */
  readonly onLeave: () => void;
};

export function Filters(props: FiltersProps): JSX.Element {
  let field: HTMLInputElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  createEffect(
    on(
      () => props.asked,
      (asked) => {
        if (asked > 0) field?.focus({ preventScroll: true });
      },
    ),
  );
  const search = (text: string): void => {
    clearTimeout(timer);
    if ((props.narrow.search ?? '') !== text) props.onNarrow(withSearch(props.narrow, text));
  };
  const later = (text: string): void => {
    clearTimeout(timer);
    timer = setTimeout(search, REST_MS, text);
  };
  return (
    <div class="table-filters">
      <Show when={props.searchable}>
        <input
          ref={(element) => (field = element)}
          type="search"
          class="table-search"
          placeholder={words.search}
          aria-label={words.search}
          value={props.narrow.search ?? ''}
          onInput={(event) => later(event.currentTarget.value)}
          onChange={(event) => search(event.currentTarget.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter') search(event.currentTarget.value);
            if (event.key !== 'Escape') return;
            if (event.currentTarget.value === '') props.onLeave();
            event.currentTarget.value = '';
            search('');
          }}
        />
      </Show>
      <For each={props.narrow.filters}>
        {(filter) => (
          <span class="table-chip">
            <button type="button" title={words.change} onClick={() => props.onOpen(filter.column)}>
              {chipText(filter)}
            </button>
            <button
              type="button"
              class="table-chip-off"
              aria-label={words.remove(chipText(filter))}
              title={words.remove(chipText(filter))}
              onClick={() => props.onNarrow(withoutFilter(props.narrow, filter))}
            >
              ×
            </button>
          </span>
        )}
      </For>
      <Show when={props.narrow.filters.length + (props.narrow.search ? 1 : 0) > 1}>
        <button type="button" class="link" onClick={() => props.onNarrow({ filters: [] })}>
          {words.clear}
        </button>
      </Show>
    </div>
  );
}
