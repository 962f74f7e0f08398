/** The picture of a chart of its own shape: its elements say by themselves what their tips are, to pointer and keys. */
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { FigureAnswer } from '../../../server/protocol/chart/figures.ts';
import { chart as charts } from '../../words/chart.ts';
import { watchTheme } from '../frame/theme.ts';
import type { Hovered, Picture } from './draw.ts';
import type { FigureTitles } from './figure/parts.ts';
import { figureOf } from './figure/spec.ts';
import { figureAlt } from './figure/titles.ts';
import { spokenTip, walked } from './keys.ts';
import { styleOf } from './look.ts';
import { type Tip, TipBox } from './Tip.tsx';

/** Where nothing can tell how wide the plot is. */
const WIDTH = 640;

export type FigureProps = {
  readonly answer: FigureAnswer;
  readonly titles: FigureTitles;
  readonly height: number;
  readonly onFail: (message: string) => void;
};

export function Figure(props: FigureProps): JSX.Element {
  let frame!: HTMLDivElement;
  let host!: HTMLDivElement;
  const theme = watchTheme(document.documentElement);
  const [width, setWidth] = createSignal(0);
  const [tip, setTip] = createSignal<Tip>();
  const [said, setSaid] = createSignal('');
  let drawn: Picture | undefined;
  let turn = 0;
  let cursor: number | undefined;

  const style = createMemo(() => {
    const computed = getComputedStyle(document.documentElement);
    return styleOf(theme(), (name) => computed.getPropertyValue(name));
  });
  const figure = createMemo(() =>
    figureOf({
      answer: props.answer,
      titles: props.titles,
      width: width() || WIDTH,
      height: props.height,
      look: style().look,
    }),
  );

  async function draw(): Promise<void> {
    turn += 1;
    const mine = turn;
    const { spec, items } = figure();
    const { paint } = await import('./draw.ts');
    if (mine !== turn) return;
    const box = document.createElement('div');
    box.className = 'chart-picture';
    box.setAttribute('aria-hidden', 'true');
    const picture = await paint(box, spec, style().config, { elements: items.length, placeless: true }, hover);
    if (mine !== turn) return picture.release();
    host.replaceChildren(box);
    drawn?.release();
    drawn = picture;
    cursor = undefined;
    setTip(undefined);
  }

  createEffect(
    on(figure, () => {
      draw().catch((error: unknown) => props.onFail(error instanceof Error ? error.message : String(error)));
    }),
  );
  onMount(() => {
    setWidth(Math.floor(host.clientWidth));
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(host.clientWidth)));
    observer.observe(host);
    onCleanup(() => observer.disconnect());
  });
  onCleanup(() => {
    turn += 1;
    drawn?.release();
  });

  function hover(hovered: Hovered | undefined): void {
    const index = hovered?.datum.item;
    const text = typeof index === 'number' ? figure().items[index]?.tip : undefined;
    if (!hovered || !text) setTip(undefined);
    else {
      const { left, top } = frame.getBoundingClientRect();
      setTip({ text, left: hovered.x - left, top: hovered.y - top });
    }
  }

  function key(event: KeyboardEvent): void {
    const { items } = figure();
    const next = walked(event, cursor, items.length);
    const text = next === undefined ? undefined : items[next]?.tip;
    if (next === undefined || !text) return;
    event.preventDefault();
    event.stopPropagation();
    cursor = next;
    setTip({ text, left: 0, top: 0 });
    setSaid(spokenTip(text));
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a picture and the keys that go through it
    <div
      ref={frame}
      class="chart-plot"
      role="group"
      aria-label={charts.alt.points}
      tabindex={0}
      onPointerLeave={() => setTip(undefined)}
      onBlur={() => setTip(undefined)}
      onKeyDown={key}
    >
      <div
        ref={host}
        class="chart-host"
        role="img"
        aria-label={figureAlt(props.answer, props.titles, figure().items)}
        style={props.answer.mark === 'spark' ? {} : { height: `${props.height}px` }}
      />
      <span class="unseen" role="status">
        {said()}
      </span>
      <Show when={tip()}>{(at) => <TipBox tip={at()} frame={frame} colourOf={() => undefined} />}</Show>
    </div>
  );
}
