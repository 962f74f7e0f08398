/**
 * The picture itself and what pointer and keys do over it: the tip of the nearest place, a stretch dragged out to zoom into.
 * A new picture replaces the old one when it is ready, so that nothing flickers.
 */
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { Annotation } from '../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';
import { chart as charts } from '../../words/chart.ts';
import { watchTheme } from '../frame/theme.ts';
import type { Datum, Hovered, Picture } from './draw.ts';
import { shades } from './drawing.ts';
import { spokenTip, walked } from './keys.ts';
import { styleOf } from './look.ts';
import type { Mark, Series } from './series.ts';
import { specOf } from './spec.ts';
import { type Tip, TipBox } from './Tip.tsx';
import { placesOf, type TipText, tipOf } from './tips.ts';
import { altOf, type Titles } from './titles.ts';
import { keyed, type Range, rangeWithin, stepped } from './zoom.ts';

/** Where nothing can tell how wide the plot is. */
const WIDTH = 640;
/** Pixels that a hand moves without meaning to. */
const STILL = 4;

export type PlotProps = {
  readonly answer: ChartAnswer;
  readonly series: Series;
  readonly titles: Titles;
  readonly annotations?: readonly Annotation[];
  readonly range: Range | undefined;
  readonly height: number;
  readonly onRange: (range: Range | undefined) => void;
  readonly onFail: (message: string) => void;
};

type Drawn = {
  readonly picture: Picture;
  readonly answer: ChartAnswer;
  readonly places: ReturnType<typeof placesOf>;
  readonly series: Series;
};
type Band = { readonly left: number; readonly width: number };

export function Plot(props: PlotProps): JSX.Element {
  let frame!: HTMLDivElement;
  let host!: HTMLDivElement;
  const theme = watchTheme(document.documentElement);
  const [width, setWidth] = createSignal(0);
  const [tip, setTip] = createSignal<Tip>();
  const [band, setBand] = createSignal<Band>();
  const [brush, setBrush] = createSignal<Band>();
  let drawn: Drawn | undefined;
  let turn = 0;
  let dragged: number | undefined;
  let cursor: number | undefined;
  const [said, setSaid] = createSignal('');

  const zoomable = () => props.answer.x.scale !== 'category' && !isPlaceless(props.answer);
  const whole = (): Range => (props.answer.x.scale === 'category' ? [0, 0] : props.answer.x.domain);
  /** What a first look shows, if that is not the whole. */
  const view = (): Range | undefined => (props.answer.x.scale === 'category' ? undefined : props.answer.x.view);
  const zoom = (by: number, about?: number): void => {
    props.onRange(stepped(props.range, whole(), by, view(), about));
  };
  const style = createMemo(() => {
    const computed = getComputedStyle(document.documentElement);
    return styleOf(theme(), (name) => computed.getPropertyValue(name));
  });

  async function draw(): Promise<void> {
    turn += 1;
    const mine = turn;
    const { answer, series } = props;
    const { look, config } = style();
    const spec = specOf({
      answer,
      series,
      width: width() || WIDTH,
      height: props.height,
      titles: props.titles,
      annotations: props.annotations ?? [],
      range: props.range,
      look,
    });
    const { paint } = await import('./draw.ts');
    if (mine !== turn) return;
    const box = document.createElement('div');
    box.className = 'chart-picture';
    // What it shows is said by its host.
    box.setAttribute('aria-hidden', 'true');
    const picture = await paint(
      box,
      spec,
      config,
      { elements: series.marks.length, placeless: isPlaceless(answer) },
      hover,
    );
    if (mine !== turn) {
      picture.release();
      return;
    }
    const before = drawn;
    host.replaceChildren(box);
    before?.picture.release();
    drawn = { picture, answer, series, places: placesOf(series) };
    cursor = undefined;
    leave();
  }

  createEffect(
    on(
      () =>
        [
          props.answer,
          props.series,
          props.range,
          props.height,
          props.titles.whole,
          props.annotations,
          style(),
          width(),
        ] as const,
      () => {
        draw().catch((error: unknown) => props.onFail(error instanceof Error ? error.message : String(error)));
      },
    ),
  );
  onMount(() => {
    setWidth(Math.floor(host.clientWidth));
    if (typeof ResizeObserver === 'undefined') return;
    let waiting: number | undefined;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(waiting ?? 0);
      waiting = requestAnimationFrame(() => setWidth(Math.floor(host.clientWidth)));
    });
    observer.observe(host);
    onCleanup(() => {
      observer.disconnect();
      cancelAnimationFrame(waiting ?? 0);
    });
  });
  onCleanup(() => {
    turn += 1;
    drawn?.picture.release();
  });

  function leave(): void {
    setTip(undefined);
    setBand(undefined);
  }

  /** Slices and points are hit themselves; everything else by its place. */
  const hitsItems = ({ answer }: Drawn): boolean =>
    isPlaceless(answer) || (answer.mark === 'point' && answer.y.aggregate === 'none');

  function hover(hovered: Hovered | undefined): void {
    if (!drawn || !hitsItems(drawn)) return;
    const mark = hovered && markOf(hovered.datum);
    const text = mark && tipOf(drawn.answer, drawn.series, props.titles, [mark]);
    if (hovered && text) place(text, hovered.x, hovered.y);
    else leave();
  }

  function place(text: TipText, x: number, y: number): void {
    const { left, top } = frame.getBoundingClientRect();
    setTip({ text, left: x - left, top: y - top });
  }

  const inPlot = (event: MouseEvent): number | undefined => {
    if (!drawn) return undefined;
    const { left, top } = host.getBoundingClientRect();
    const { plot } = drawn.picture;
    const [x, y] = [event.clientX - left - plot.left, event.clientY - top - plot.top];
    return x >= 0 && x <= plot.width && y >= 0 && y <= plot.height ? x : undefined;
  };

  function move(event: PointerEvent): void {
    if (dragged !== undefined) drag(event);
    else if (drawn && !hitsItems(drawn)) point(drawn, event);
  }

  /** Marks the place whose middle is nearest. */
  function point({ picture, places, answer, series }: Drawn, event: PointerEvent): void {
    const x = inPlot(event);
    let nearest: { index: number; away: number; left: number; right: number } | undefined;
    places.forEach(({ x: start, marks }, index) => {
      const left = picture.place(start);
      const right = marks[0]?.x2 === undefined ? left + picture.band : picture.place(marks[0].x2);
      const away = Math.abs((left + right) / 2 - (x ?? 0));
      if (!nearest || away < nearest.away) nearest = { index, away, left, right };
    });
    const found = nearest && places[nearest.index];
    const text = found && tipOf(answer, series, props.titles, found.marks);
    if (x === undefined || !nearest || !text) leave();
    else {
      setBand({ left: picture.plot.left + nearest.left, width: Math.max(1, nearest.right - nearest.left) });
      place(text, event.clientX, event.clientY);
    }
  }

  function drag(event: PointerEvent): void {
    if (!drawn || dragged === undefined) return;
    const { plot } = drawn.picture;
    const x = Math.max(0, Math.min(plot.width, event.clientX - host.getBoundingClientRect().left - plot.left));
    leave();
    setBrush({ left: plot.left + Math.min(x, dragged), width: Math.abs(x - dragged) });
  }

  function press(event: PointerEvent): void {
    if (!zoomable() || event.button !== 0 || event.pointerType === 'touch') return;
    dragged = inPlot(event);
    if (dragged !== undefined) frame.setPointerCapture?.(event.pointerId);
  }

  function release(): void {
    const area = brush();
    const from = dragged;
    dragged = undefined;
    setBrush(undefined);
    if (!drawn || !area || from === undefined || area.width < STILL) return;
    const left = area.left - drawn.picture.plot.left;
    const range = rangeWithin([drawn.picture.value(left), drawn.picture.value(left + area.width)], whole());
    if (range) props.onRange(range);
  }

  /** Pinching is a wheel with Ctrl; a plain wheel scrolls the page. */
  function wheel(event: WheelEvent): void {
    if (!zoomable() || !(event.ctrlKey || event.metaKey)) return;
    const x = inPlot(event);
    if (x === undefined || !drawn) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1 : -1, drawn.picture.value(x));
  }
  onMount(() => {
    // Solid's own listeners of wheels are passive.
    frame.addEventListener('wheel', wheel, { passive: false });
    onCleanup(() => frame.removeEventListener('wheel', wheel));
  });

  /** Places, or elements where these are hit themselves. */
  const stops = ({ places, series, ...rest }: Drawn): readonly (readonly Mark[])[] =>
    hitsItems({ places, series, ...rest }) ? series.marks.map((mark) => [mark]) : places.map(({ marks }) => marks);

  function walk(event: KeyboardEvent): boolean {
    if (!drawn) return false;
    const all = stops(drawn);
    const next = walked(event, cursor, all.length);
    const marks = next === undefined ? undefined : all[next];
    const text = marks && tipOf(drawn.answer, drawn.series, props.titles, marks);
    if (!marks?.[0] || !text) return false;
    cursor = next;
    const { picture } = drawn;
    const at = isPlaceless(drawn.answer) ? 0 : picture.place(marks[0].x);
    const left = picture.plot.left + (Number.isFinite(at) ? at : 0);
    if (!isPlaceless(drawn.answer)) setBand({ left, width: Math.max(2, picture.band) });
    setTip({ text, left, top: picture.plot.top });
    setSaid(spokenTip(text));
    return true;
  }

  function key(event: KeyboardEvent): void {
    if (walk(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!zoomable() || event.ctrlKey || event.metaKey || event.altKey) return;
    const asked = keyed(event.key, props.range, whole(), view());
    if (!asked) return;
    event.preventDefault();
    event.stopPropagation();
    props.onRange(asked.range);
  }

  const colourOf = (name: string | undefined): string | undefined => {
    const { colours, coloursRest } = props.series;
    const index = name === undefined || !colours ? -1 : colours.indexOf(name);
    return index < 0 ? undefined : shades(colours ?? [], coloursRest, style().look)[index];
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a picture and the keys that move it
    <div
      ref={frame}
      class="chart-plot"
      classList={{ zooms: zoomable() }}
      role="group"
      aria-label={zoomable() ? charts.alt.keys : charts.alt.points}
      tabindex={0}
      onBlur={leave}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={leave}
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
      <Show when={band()}>
        {(at) => <div class="chart-band" style={{ left: `${at().left}px`, width: `${at().width}px` }} />}
      </Show>
      <Show when={brush()}>
        {(at) => <div class="chart-brush" style={{ left: `${at().left}px`, width: `${at().width}px` }} />}
      </Show>
      <Show when={tip()}>{(at) => <TipBox tip={at()} frame={frame} colourOf={colourOf} />}</Show>
    </div>
  );
}

/** Without an x along which a place could be told: only its elements are. */
const isPlaceless = ({ mark, facet }: ChartAnswer): boolean =>
  mark === 'pie' || mark === 'funnel' || mark === 'map' || facet !== undefined;

/** What Vega says is hovered is one of our marks, with its own additions. */
function markOf(datum: Datum): Mark | undefined {
  const { x, y, colour, count, size, tip, row, column } = datum;
  if ((typeof x !== 'string' && typeof x !== 'number') || typeof y !== 'number') return undefined;
  return {
    x,
    y,
    low: 0,
    high: y,
    ...(typeof colour === 'string' || typeof colour === 'number' ? { colour } : {}),
    ...(typeof count === 'number' ? { count } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(Array.isArray(tip) ? { tip: tip.map((text) => (typeof text === 'string' ? text : null)) } : {}),
    ...(typeof row === 'string' ? { row } : {}),
    ...(typeof column === 'string' ? { column } : {}),
  };
}
