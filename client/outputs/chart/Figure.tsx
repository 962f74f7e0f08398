/** The picture of a chart of its own shape: its elements say by themselves what their tips are, to pointer and keys. */
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js';
import type { FigureAnswer } from '../../../server/protocol/chart/figures.ts';
import { chart as charts } from '../../words/chart.ts';
import type { FigureTitles, Item } from './figure/parts.ts';
import { figureOf } from './figure/spec.ts';
import { figureAlt } from './figure/titles.ts';
import { spokenTip, walked } from './keys.ts';
import { createPainting, type Painting } from './painting.ts';
import { createStyle, createWidth } from './style.ts';
import { type Tip, TipBox } from './Tip.tsx';

export type FigureProps = {
  readonly answer: FigureAnswer;
  readonly titles: FigureTitles;
  readonly height: number;
  readonly onFail: (message: string) => void;
};

export function Figure(props: FigureProps): JSX.Element {
  let frame!: HTMLDivElement;
  let host!: HTMLDivElement;
  const style = createStyle();
  const width = createWidth(() => host);
  const [tip, setTip] = createSignal<Tip>();
  const [said, setSaid] = createSignal('');
  let cursor: number | undefined;

  const figure = createMemo(() =>
    figureOf({
      answer: props.answer,
      titles: props.titles,
      width: width(),
      height: props.height,
      look: style().look,
    }),
  );
  const wanted = createMemo((): Painting<readonly Item[]> => {
    const { spec, items } = figure();
    return { spec, config: style().config, elements: items.length, placeless: true, of: items };
  });
  const painted = createPainting(wanted, () => host, {
    onHover(hovered) {
      const index = hovered?.datum.item;
      const text = typeof index === 'number' ? figure().items[index]?.tip : undefined;
      if (!hovered || !text) {
        setTip(undefined);
        return;
      }
      const { left, top } = frame.getBoundingClientRect();
      setTip({ text, left: hovered.x - left, top: hovered.y - top });
    },
    onFail: (message) => props.onFail(message),
  });
  createEffect(
    on(painted, () => {
      cursor = undefined;
      setTip(undefined);
    }),
  );

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
