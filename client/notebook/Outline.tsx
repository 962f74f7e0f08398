import { createEffect, createMemo, createSelector, For, type JSX, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import type { OutlineEntry } from './outline.ts';

/** An entry so near the lower edge is as good as out of sight. */
const MARGIN = 40;

/** The slim list at the left: headings and named results, the one being read in bold (or the last before it). */
export function Outline(props: {
  readonly entries: readonly OutlineEntry[];
  readonly current: ParagraphId | undefined;
}): JSX.Element {
  const notebook = useNotebook();
  const before = (): OutlineEntry | undefined => {
    if (props.current === undefined) return undefined;
    const order = notebook.document.order();
    const above = new Set(order.slice(0, order.indexOf(props.current)));
    return props.entries.findLast((entry) => above.has(entry.paragraph));
  };
  const current = createMemo(() => {
    const here = props.entries.filter((entry) => entry.paragraph === props.current);
    return here.find((entry) => entry.level > 0) ?? here[0] ?? before();
  });
  const isCurrent = createSelector(current);
  let nav!: HTMLElement;
  // Longer than the window, it goes along; not under a pointer that is choosing in it.
  createEffect(() => {
    if (!current() || nav.scrollHeight <= nav.clientHeight || nav.matches(':hover')) return;
    const [entry] = nav.getElementsByClassName('on');
    const away = entry ? entry.getBoundingClientRect().top - nav.getBoundingClientRect().top : 0;
    if (away < 0 || away > nav.clientHeight - MARGIN) nav.scrollTop += away - nav.clientHeight / 2;
  });
  return (
    <nav ref={nav} class="outline" aria-label={words.outline.label}>
      <For each={props.entries} fallback={<p class="quiet">{words.outline.empty}</p>}>
        {(entry) => (
          <a
            href={`#${entry.paragraph}`}
            class={entry.level === 0 ? 'named' : `level-${entry.level}`}
            classList={{ on: isCurrent(entry) }}
            aria-current={isCurrent(entry) ? 'location' : undefined}
            onClick={(event) => {
              event.preventDefault();
              notebook.focus.select(entry.paragraph);
              notebook.reveal(entry.paragraph, 'start');
            }}
          >
            <Show when={entry.level === 0} fallback={entry.text}>
              <code style={{ color: `var(--${entry.interpreter}, var(--ink-2))` }}>{entry.text}</code>
            </Show>
          </a>
        )}
      </For>
    </nav>
  );
}
