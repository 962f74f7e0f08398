/** What dragging and clicking in a chart do: zoom into it, or select for others. */
import { For, type JSX } from 'solid-js';
import { linked as words } from '../../words/linked.ts';

const MODES = ['zoom', 'select'] as const;
export type Mode = (typeof MODES)[number];

export function Modes(props: { readonly mode: Mode; readonly onMode: (mode: Mode) => void }): JSX.Element {
  const hints = { zoom: words.zoomHint, select: words.selectHint };
  return (
    // biome-ignore lint/a11y/useSemanticElements: switches beside a picture are no form
    <div class="chart-modes" role="group" aria-label={words.modes}>
      <For each={MODES}>
        {(mode) => (
          <button
            type="button"
            aria-pressed={props.mode === mode}
            data-tip={hints[mode]}
            onClick={() => props.onMode(mode)}
          >
            {words[mode]}
          </button>
        )}
      </For>
    </div>
  );
}
