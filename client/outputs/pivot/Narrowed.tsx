/** Above a pivot: the table's filters that it follows, each with a way to take it back. */
import { For, type JSX, Show } from 'solid-js';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { outputs } from '../../words/outputs.ts';
import { chipText } from '../table/chips.ts';
import { withoutFilter } from '../table/view.ts';

export function Narrowed(props: { readonly narrow: Narrow; readonly onNarrow: (narrow: Narrow) => void }): JSX.Element {
  return (
    <div class="table-filters pivot-filters">
      <Show when={props.narrow.search}>{(text) => <span class="table-chip">{`“${text()}”`}</span>}</Show>
      <For each={props.narrow.filters}>
        {(one) => (
          <span class="table-chip">
            {chipText(one)}
            <button
              type="button"
              class="table-chip-off"
              aria-label={outputs.table.filter.remove(chipText(one))}
              onClick={() => props.onNarrow(withoutFilter(props.narrow, one))}
            >
              ×
            </button>
          </span>
        )}
      </For>
    </div>
  );
}
