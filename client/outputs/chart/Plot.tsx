/**
 * The picture itself and what pointer and keys do over it: the tip of the nearest place, a stretch dragged out to zoom into
 * or to be selected.
 */
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { Dated } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { alike } from '../../alike.ts';
import { chart as charts } from '../../words/chart.ts';
import { linked as linkedWords } from '../../words/linked.ts';
import type { Chosen } from '../linked/linked.ts';
import { isPlane } from './chosen.ts';
import { type Drawing, shades } from './drawing.ts';
import { type Box, createHand } from './hand.ts';
import { spokenTip } from './keys.ts';
import { createPainting, type Painting } from './painting.ts';
import { hitsItems, isPlaceless, markOf, nearestTo } from './places.ts';
import { boxesOf, inBox, onPlace, veiledBy } from './selecting.ts';
import type { Mark, Series } from './series.ts';
import { specOf } from './spec.ts';
import { createStyle, createWidth } from './style.ts';
import { type Tip, TipBox } from './Tip.tsx';
import { placesOf, type TipText, tipOf } from './tips.ts';
import { altOf, type Titles } from './titles.ts';
import { createWalk } from './walking.ts';
import { keyed, type Range, rangeWithin, stepped } from './zoom.ts';

export type PlotProps = {
  readonly answer: ChartAnswer;
  readonly series: Series;
  readonly titles: Titles;
  readonly annotations?: readonly Dated[];
  readonly range: Range | undefined;
  readonly height: number;
  readonly onRange: (range: Range | undefined) => void;
  readonly onFail: (message: string) => void;
  /** What is selected here, which is drawn over the whole. */
  readonly chosen?: Chosen | undefined;
  /** Where dragging and clicking select; else dragging zooms. */
  readonly onChosen?: ((chosen: Chosen | undefined) => void) | undefined;
};

type Band = { readonly left: number; readonly width: number };

export function Plot(props: PlotProps): JSX.Element {
  let frame!: HTMLDivElement;
  let host!: HTMLDivElement;
  const style = createStyle();
  const width = createWidth(() => host);
  const [tip, setTip] = createSignal<Tip>();
  const [band, setBand] = createSignal<Band>();
  const [said, setSaid] = createSignal('');
  /** The element under the pointer. */
  let hovered: Mark | undefined;

  const zoomable = () => props.answer.x.scale !== 'category' && !isPlaceless(props.answer);
  const selects = () => props.onChosen !== undefined;
  const whole = (): Range => (props.answer.x.scale === 'category' ? [0, 0] : props.answer.x.domain);
  /** What a first look shows, if that is not the whole. */
  const view = (): Range | undefined => (props.answer.x.scale === 'category' ? undefined : props.answer.x.view);
  const zoom = (by: number, about?: number): void => {
    props.onRange(stepped(props.range, whole(), by, view(), about));
  };

  const fading = createMemo(() => fadingOf(props.chosen, props.answer), undefined, { equals: alike });
  const wanted = createMemo((): Painting<{ readonly answer: ChartAnswer; readonly series: Series }> => {
    const { answer, series, titles, annotations = [], range, height } = props;
    const { look, config } = style();
    const spec = specOf({ answer, series, width: width(), height, titles, annotations, range, look, chosen: fading() });
    return { spec, config, elements: series.marks.length, placeless: isPlaceless(answer), of: { answer, series } };
  });
  const painted = createPainting(wanted, () => host, {
    onHover(found) {
      const now = painted();
      if (!now || !hitsItems(now.of.answer)) return;
      hovered = found && markOf(found.datum);
      const text = hovered && tipOf(now.of.answer, now.of.series, props.titles, [hovered]);
      if (found && text) place(text, found.x, found.y);
      else leave();
    },
    onFail: (message) => props.onFail(message),
  });
  const places = createMemo(() => {
    const now = painted();
    return now ? placesOf(now.of.series) : [];
  });
  createEffect(
    on(painted, (now, before) => {
      if (now?.of.series !== before?.of.series) walk.reset();
      leave();
    }),
  );

  function leave(): void {
    setTip(undefined);
    setBand(undefined);
  }

  function place(text: TipText, x: number, y: number): void {
    const { left, top } = frame.getBoundingClientRect();
    setTip({ text, left: x - left, top: y - top });
  }

  function look(event: PointerEvent, x: number | undefined): void {
    const now = painted();
    if (!now || hitsItems(now.of.answer)) return;
    const { picture, of } = now;
    const nearest = x === undefined ? undefined : nearestTo(x, places(), picture);
    const text = nearest && tipOf(of.answer, of.series, props.titles, nearest.marks);
    if (!nearest || !text) {
      leave();
      return;
    }
    setBand({ left: picture.plot.left + nearest.left, width: Math.max(1, nearest.right - nearest.left) });
    place(text, event.clientX, event.clientY);
  }

  const hand = createHand({
    host: () => host,
    frame: () => frame,
    picture: () => painted()?.picture,
    drags: () => {
      if (isPlaceless(props.answer)) return 'nothing';
      if (selects()) return isPlane(props.answer) ? 'rectangle' : 'stretch';
      return zoomable() ? 'stretch' : 'nothing';
    },
    onLook: look,
    onDrag: leave,
    onBox(box) {
      const now = painted();
      if (!now) return;
      if (props.onChosen) props.onChosen(inBox(box, now.picture, now.of, props.chosen));
      else {
        const ends: Range = [now.picture.value(box.left), now.picture.value(box.left + box.width)];
        const range = rangeWithin(ends, whole());
        if (range) props.onRange(range);
      }
    },
    onClick(event, x) {
      const now = painted();
      if (!now || !props.onChosen) return;
      const near = isPlaceless(now.of.answer)
        ? hovered
        : x === undefined
          ? undefined
          : nearestTo(x, places(), now.picture)?.marks[0];
      const more = event.shiftKey || event.ctrlKey || event.metaKey;
      if (near) props.onChosen(onPlace(near, more, now.of, props.chosen));
    },
  });

  /** Pinching is a wheel with Ctrl; a plain wheel scrolls the page. */
  function wheel(event: WheelEvent): void {
    if (!zoomable() || !(event.ctrlKey || event.metaKey)) return;
    const x = hand.at(event);
    const now = painted();
    if (x === undefined || !now) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1 : -1, now.picture.value(x));
  }
  onMount(() => {
    // Solid's own listeners of wheels are passive.
    frame.addEventListener('wheel', wheel, { passive: false });
    onCleanup(() => frame.removeEventListener('wheel', wheel));
  });

  const walk = createWalk({
    painted,
    places,
    titles: () => props.titles,
    chosen: () => props.chosen,
    onChosen: () => props.onChosen,
    onStop(mark, text, { picture, of }) {
      const at = isPlaceless(of.answer) ? 0 : picture.place(mark.x);
      const left = picture.plot.left + (Number.isFinite(at) ? at : 0);
      if (!isPlaceless(of.answer)) setBand({ left, width: Math.max(2, picture.band) });
      setTip({ text, left, top: picture.plot.top });
      setSaid(spokenTip(text));
    },
  });

  function key(event: KeyboardEvent): void {
    const isTaken = walk.key(event);
    const asked =
      isTaken || !zoomable() || event.ctrlKey || event.metaKey || event.altKey
        ? undefined
        : keyed(event.key, props.range, whole(), view());
    if (!isTaken && !asked) return;
    event.preventDefault();
    event.stopPropagation();
    if (asked) props.onRange(asked.range);
  }

  const colourOf = (name: string | undefined): string | undefined => {
    const { colours, coloursRest } = props.series;
    const index = name === undefined || !colours ? -1 : colours.indexOf(name);
    return index < 0 ? undefined : shades(colours ?? [], coloursRest, style().look)[index];
  };
  const overlay = createMemo(() => {
    const now = painted();
    if (!now || !props.chosen || isPlaceless(now.of.answer)) return { boxes: [], veils: [] };
    const { picture, of } = now;
    return { boxes: boxesOf(props.chosen, picture, of), veils: veiledBy(props.chosen, picture, of) };
  });
  const keys = (): string => {
    const plain = zoomable() ? charts.alt.keys : charts.alt.points;
    return selects() ? `${plain} ${linkedWords.keys}` : plain;
  };
  const laid = ({ left, width: across, top, height }: Box): JSX.CSSProperties => {
    const plot = painted()?.picture.plot ?? { left: 0, top: 0, height: 0 };
    return {
      left: `${plot.left + left}px`,
      width: `${across}px`,
      top: `${plot.top + (top ?? 0)}px`,
      height: `${height ?? plot.height}px`,
      ...(top === undefined ? {} : { 'border-width': '1px' }),
    };
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a picture and the keys that move it
    <div
      ref={frame}
      class="chart-plot"
      classList={{ zooms: zoomable() || selects() }}
      role="group"
      aria-label={keys()}
      tabindex={0}
      onBlur={leave}
      onPointerDown={hand.press}
      onPointerMove={hand.move}
      onPointerUp={hand.release}
      onPointerCancel={hand.give}
      onPointerLeave={leave}
      onClick={hand.click}
      onDblClick={() => props.range && props.onRange(undefined)}
      onKeyDown={key}
    >
      <div
        ref={host}
        class="chart-host"
        role="img"
        aria-label={altOf(props.answer, props.series, props.titles, props.annotations, props.range)}
        style={{ height: `${props.height}px` }}
      />
      <span class="unseen" role="status">
        {said()}
      </span>
      <For each={overlay().boxes}>{(box) => <div class="chart-brush chart-chosen" style={laid(box)} />}</For>
      <For each={overlay().veils}>{(box) => <div class="chart-veil" style={laid(box)} />}</For>
      <Show when={band()}>
        {(at) => <div class="chart-band" style={{ left: `${at().left}px`, width: `${at().width}px` }} />}
      </Show>
      <Show when={hand.brush()}>{(box) => <div class="chart-brush" style={laid(box())} />}</Show>
      <Show when={tip()}>{(at) => <TipBox tip={at()} frame={frame} colourOf={colourOf} />}</Show>
    </div>
  );
}

/** What a repaint shows by colours: all else lies over the picture. */
const fadingOf = (chosen: Chosen | undefined, answer: ChartAnswer): Drawing['chosen'] => ({
  ...(chosen?.colours ? { colours: chosen.colours } : {}),
  ...(chosen?.places && isPlaceless(answer) ? { places: chosen.places } : {}),
});
