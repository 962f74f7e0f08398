import { createMemo, createSignal, For, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { compareMoments, type Pair } from '../../server/protocol/versions/compare.ts';
import type { Moment, Touch } from '../../server/protocol/versions/version.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { clock } from '../parts/time.ts';
import { history } from '../words/versions.ts';
import type { WholeVersion } from './calls.ts';
import { Difference, type Differing, Values } from './Difference.tsx';

/** Changes drawn at once: a screen has ten. More are drawn as one comes to their end. */
const MOST_CHANGES = 30;
/** Narrower than this, two columns of code are no use: one above the other. */
const NARROW_PX = 760;

type Part = { readonly pair: Differing } | { readonly same: number };

/** A version beside what the notebook says now, over the page; the list of versions stays at its right. */
export function Compare(props: {
  readonly version: WholeVersion;
  readonly name: string;
  readonly now: Moment;
  readonly touched: (paragraph: ParagraphId) => Touch | undefined;
  readonly writable: boolean;
  readonly busy: boolean;
  readonly onRestore: (paragraph?: ParagraphId) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const comparison = createMemo(() => compareMoments(props.version.moment, props.now));
  const [most, setMost] = createSignal(MOST_CHANGES);
  const [narrow, setNarrow] = createSignal(false);
  const parts = createMemo(() => partsOf(comparison().pairs));
  const shown = createMemo(() => upTo(parts(), most()));
  const left = (): number => comparison().pairs.filter(({ kind }) => kind !== 'same').length - most();
  let box!: HTMLDivElement;

  const growAtEnd = (end: HTMLElement): void => {
    const near = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && grow(), {
      root: box,
      rootMargin: '600px',
    });
    near.observe(end);
    onCleanup(() => near.disconnect());
  };
  onMount(() => {
    box.focus({ preventScroll: true });
    const sizes = new ResizeObserver(() => setNarrow(box.clientWidth < NARROW_PX));
    sizes.observe(box);
    onCleanup(() => sizes.disconnect());
  });

  const grow = (): void => void setMost(most() + MOST_CHANGES);
  const go = (by: 1 | -1): void => {
    const list = [...box.querySelectorAll<HTMLElement>('[data-change]')];
    const at = list.findIndex((one) => one.contains(document.activeElement));
    // The one behind the last is drawn by the time it is wanted.
    if (at >= list.length - 2) grow();
    const next = at < 0 ? (by === 1 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by));
    list[next]?.focus({ preventScroll: true });
    list[next]?.scrollIntoView({ block: 'start' });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { code, key } = event;
    if (key === 'Escape') props.onClose();
    else if (code === 'KeyN' || code === 'KeyJ') go(1);
    else if (code === 'KeyP' || code === 'KeyK') go(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={box}
      class="compare"
      role="dialog"
      aria-label={history.compare(props.name)}
      tabindex={-1}
      onKeyDown={onKey}
    >
      <div class="compare-head">
        <IconButton icon="x" label={history.close} shortcut="Esc" onClick={() => props.onClose()} />
        <h2>{props.name}</h2>
        <span class="quiet">{history.changes(comparison().changes)}</span>
        <IconButton
          icon="up"
          label={history.previous}
          shortcut="p"
          disabled={comparison().changes === 0}
          onClick={() => go(-1)}
        />
        <IconButton
          icon="down"
          label={history.next}
          shortcut="n"
          disabled={comparison().changes === 0}
          onClick={() => go(1)}
        />
        <span class="spring" />
        <Show when={props.writable && comparison().changes > 0}>
          <button type="button" class="button main" disabled={props.busy} onClick={() => props.onRestore()}>
            {props.busy ? history.restoring : history.restoreAll}
          </button>
        </Show>
      </div>
      <Show when={!narrow() && comparison().changes > 0}>
        <div class="compare-sides" aria-hidden="true">
          <span>{history.before(clock(props.version.at, Date.now()))}</span>
          <span>{history.now}</span>
        </div>
      </Show>
      <Show
        when={
          comparison().title ??
          comparison().front ??
          comparison().forms ??
          comparison().report ??
          comparison().annotations
        }
      >
        <section class="difference changed" data-change="head" tabindex={-1}>
          <dl class="difference-properties">
            <Show when={comparison().title}>
              {(title) => <Values label={history.properties.title} old={title().old} now={title().now} />}
            </Show>
            <Show when={comparison().front}>
              {(front) => <Values label={history.properties.front} old={front().old} now={front().now} />}
            </Show>
            <Show when={comparison().forms}>
              {(forms) => <Values label={history.properties.forms} old={forms().old} now={forms().now} />}
            </Show>
            <Show when={comparison().report}>
              {(report) => <Values label={history.properties.report} old={report().old} now={report().now} />}
            </Show>
            <Show when={comparison().annotations}>
              {(dates) => <Values label={history.properties.annotations} old={dates().old} now={dates().now} />}
            </Show>
          </dl>
        </section>
      </Show>
      <Show when={comparison().changes > 0} fallback={<p class="compare-same quiet">{history.same}</p>}>
        <For each={shown()}>
          {(part) => (
            <Switch>
              <Match when={'same' in part && part}>
                {(one) => <p class="compare-unchanged">{history.unchanged(one().same)}</p>}
              </Match>
              <Match when={'pair' in part && part}>
                {(one) => (
                  <Difference
                    pair={one().pair}
                    narrow={narrow()}
                    changed={props.touched(one().pair.id)}
                    writable={props.writable && !props.busy}
                    onRestore={(paragraph) => props.onRestore(paragraph)}
                  />
                )}
              </Match>
            </Switch>
          )}
        </For>
        <Show when={left() > 0}>
          <button ref={growAtEnd} type="button" class="button more" onClick={grow}>
            {history.moreChanges(left())}
          </button>
        </Show>
      </Show>
    </div>
  );
}

const differs = (pair: Pair): pair is Differing => pair.kind !== 'same';

/** Paragraphs that are the same are counted, not drawn. */
function partsOf(pairs: readonly Pair[]): readonly Part[] {
  const parts: Part[] = [];
  let same = 0;
  for (const pair of pairs) {
    if (!differs(pair)) {
      same += 1;
      continue;
    }
    if (same > 0) parts.push({ same });
    same = 0;
    parts.push({ pair });
  }
  return same > 0 ? [...parts, { same }] : parts;
}

function upTo(parts: readonly Part[], most: number): readonly Part[] {
  let drawn = 0;
  const end = parts.findIndex((part) => {
    if ('pair' in part) drawn += 1;
    return drawn > most;
  });
  return end < 0 ? parts : parts.slice(0, end);
}
