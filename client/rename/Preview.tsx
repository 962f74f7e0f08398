import { For, type JSX, Show } from 'solid-js';
import { renameWords as words } from '../words/rename.ts';
import type { Line } from './lines.ts';

/** Of one paragraph; the count says how many there are. */
const MOST_LINES = 8;

/** What goes is struck through, what comes stands behind it. */
export function Lines(props: { readonly lines: readonly Line[] }): JSX.Element {
  return (
    <>
      <For each={props.lines.slice(0, MOST_LINES)}>
        {(line) => (
          <code class="rename-line">
            <For each={line}>
              {(part) =>
                part.kind === 'same' ? (
                  part.text
                ) : (
                  <>
                    <Show when={part.old !== part.fresh}>
                      <del>{part.old}</del>
                    </Show>
                    <ins>{part.fresh}</ins>
                  </>
                )
              }
            </For>
          </code>
        )}
      </For>
      <Show when={props.lines.length > MOST_LINES}>
        <span class="quiet">{words.more(props.lines.length - MOST_LINES)}</span>
      </Show>
    </>
  );
}
