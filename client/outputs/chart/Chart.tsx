/**
 * A result as a chart: what to draw (settings, or the first choice), the server's answer for it, and the picture. The last
 * picture stays, dimmed, until the next one is there; the box has its height from the start, so nothing jumps. A little long:
 * it is where what is asked, drawn and selected meet.
 */
import {
  batch,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  lazy,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Suspense,
  Switch,
  useContext,
} from 'solid-js';
import { Portal } from 'solid-js/web';
import { type ChartAnswer, isFigure } from '../../../server/protocol/chart/answer.ts';
import { type Chart as Choice, fullChart } from '../../../server/protocol/chart/choose.ts';
import { planChart } from '../../../server/protocol/chart/plan.ts';
import { type ChartSettings, readChart, writeChart } from '../../../server/protocol/chart.ts';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { type Filter, isNarrow, type Narrow } from '../../../server/protocol/table/narrow.ts';
import { alike } from '../../alike.ts';
import { chart as words } from '../../words/chart.ts';
import { outputs } from '../../words/outputs.ts';
import { whenNear } from '../near.ts';
import { isPast } from '../table/windows.ts';
import { openAnnotations } from './annotations.ts';
import { createAsking, type Shown } from './asking.ts';
import { DatesContext } from './dates.ts';
import { shades } from './drawing.ts';
import { Foot } from './Foot.tsx';
import { figureTitles, isEmpty } from './figure/titles.ts';
import { heightOf } from './heights.ts';
import { Leaving } from './Leaving.tsx';
import { Legend } from './Legend.tsx';
import { Modes } from './Modes.tsx';
import { Note } from './Note.tsx';
import { Panel } from './Panel.tsx';
import { Plot } from './Plot.tsx';
import { createSelection } from './selection.ts';
import { type Series, seriesOf } from './series.ts';
import { createStyle } from './style.ts';
import { saidOf } from './text/said.ts';
import { write } from './text/write.ts';
import { noteTexts, problemText, type Titles, titlesOf } from './titles.ts';
import { type Whole, wholeSpec } from './whole.ts';
import type { Range } from './zoom.ts';
import './chart.css';

const Figure = lazy(async () => ({ default: (await import('./Figure.tsx')).Figure }));

export type ChartProps = {
  readonly output: TableOutput;
  readonly took: number | undefined;
  /** What stands in the paragraph for this table. */
  readonly part: Readonly<Record<string, unknown>>;
  /** Where PNG and SVG are offered. */
  readonly actions: HTMLElement | undefined;
  readonly shared: boolean;
  /** It can't be changed, not even for oneself. */
  readonly fixed?: boolean;
  /** Under what its selection is known to results that follow. */
  readonly source: string;
  /** What is selected elsewhere and followed here. */
  readonly linked: readonly Filter[];
  readonly onPart: (change: (option: unknown, index: number) => unknown) => void;
  readonly onRunAgain?: (() => void) | undefined;
  /** Puts a paragraph below; absent for those who may not write. */
  readonly onInsert?: ((source: string, interpreter: string) => void) | undefined;
};

const VEGA_LITE = 'vega-lite';

export function Chart(props: ChartProps): JSX.Element {
  const settings = createMemo(() => readChart(props.part));
  const columns = createMemo(() => props.output.columns, undefined, { equals: alike });
  const chart = createMemo(() => fullChart(settings(), columns()), undefined, { equals: alike });
  const problem = createMemo(() => {
    const planned = planChart(settings(), columns());
    return 'problem' in planned ? planned.problem : undefined;
  });
  const narrow = createMemo((): Narrow => ({ filters: props.linked }), undefined, { equals: alike });
  const [range, setRange] = createSignal<Range | undefined>(undefined, { equals: alike });
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const [near, setNear] = createSignal(false);
  /** It was near once: before, the engine is not asked. */
  const wanted = createMemo((before: boolean) => before || near(), false);
  const [said, setSaid] = createSignal('');
  let frame!: HTMLDivElement;
  onMount(() => onCleanup(whenNear(frame, setNear)));

  const missing = () => props.output.open === true || props.output.dropped === true;
  const asking = createAsking({
    result: () => props.output.result,
    chart,
    range,
    narrow,
    ready: createMemo(() => !missing() && !problem() && wanted()),
  });
  const { shown, failure, waiting } = asking;

  /** A chart of places along x; the others are figures. */
  const flat = createMemo((): Shown<ChartAnswer> | undefined => {
    const now = shown();
    return now && !isFigure(now.answer) ? { ...now, answer: now.answer } : undefined;
  });
  const figure = createMemo(() => {
    const now = shown();
    return now && isFigure(now.answer)
      ? { answer: now.answer, titles: figureTitles(now.chart, now.answer) }
      : undefined;
  });
  const dates = useContext(DatesContext);
  /** From the document, or where there is none as they came with the answer. */
  const annotations = dates ? openAnnotations(dates.doc) : () => flat()?.answer.annotations ?? [];
  const series = createMemo((): Series | undefined => {
    const now = flat();
    return now && seriesOf(now.answer, words, hidden(), now.chart.stack);
  });
  const titles = createMemo((): Titles | undefined => {
    const now = flat();
    return now && titlesOf(now.chart, now.answer, columns());
  });
  const style = createStyle();
  const legend = createMemo(() => {
    const now = series();
    if (shown()?.answer.mark === 'funnel') return undefined;
    if (!now || shown()?.answer.mark === 'pie')
      return now?.places && { of: 'places' as const, names: now.places, rest: now.rest };
    return now.colours && { of: 'colours' as const, names: now.colours, rest: now.coloursRest };
  });

  const selection = createSelection({
    source: props.source,
    shown: () => {
      const [now, drawn] = [flat(), series()];
      return now && drawn && { answer: now.answer, series: drawn, chart: now.chart, columns: columns() };
    },
    title: () => titles()?.whole ?? '',
    onSaid: setSaid,
  });

  // Another chart is seen from its whole; another result of the same query goes on where one was.
  const seeAll = () =>
    batch(() => {
      setRange(undefined);
      setHidden(new Set<string>());
      selection.choose(undefined);
    });
  createEffect(on(chart, seeAll, { defer: true }));

  const notes = () => {
    const now = shown();
    return now ? noteTexts(now.answer) : [];
  };
  const axis = () => {
    const x = flat()?.answer.x;
    return x && x.scale !== 'category' ? x : undefined;
  };

  const change = (next: ChartSettings): void => props.onPart((option, index) => writeChart(option, next, index));
  const onChart = (next: Choice): void => change({ show: 'chart', ...next });

  /** All that there is to be taken away. */
  const drawn = (): Whole | undefined => {
    const [now, parts, names] = [flat(), series(), titles()];
    if (figure()) return figure();
    if (!now || !parts || !names) return undefined;
    return { answer: now.answer, series: parts, titles: names, range: now.range, annotations: annotations() };
  };
  const leavingSpec = () => {
    const whole = drawn();
    return whole && wholeSpec(whole, shown()?.narrow ?? narrow(), style());
  };

  /** The text of it, where it has one. */
  const asText = createMemo(() => {
    const now = shown();
    if (!now || !props.onInsert || isNarrow(now.narrow)) return undefined;
    const said = saidOf(now.chart, now.answer, columns(), props.output.name ?? '');
    return said && write(said);
  });
  const edit = (): void => {
    const text = asText();
    if (props.output.name === undefined) setSaid(words.unnamed);
    else if (text) props.onInsert?.(`${JSON.stringify(text, null, 2)}\n`, VEGA_LITE);
  };

  const height = createMemo(() => heightOf(shown()?.answer, series()?.places?.length));
  const nothing = (): string | undefined => {
    const now = shown();
    if (!now) return undefined;
    const has = isFigure(now.answer) ? !isEmpty(now.answer) : now.answer.y.values.some((value) => value !== null);
    if (has) return undefined;
    if (isNarrow(now.narrow)) return outputs.table.noMatch;
    return now.answer.rows === 0 ? words.noRows : words.nothing;
  };
  const message = (): string | undefined => {
    const wrong = problem();
    if (props.output.dropped) return outputs.table.dropped;
    if (wrong) return problemText(wrong);
    if (props.output.open && !shown()) return words.open;
    return undefined;
  };
  const isGone = (): boolean => {
    const why = failure();
    return why !== undefined && isPast(why);
  };
  const onRunAgain = () => (props.output.dropped || (!message() && isGone()) ? props.onRunAgain : undefined);
  const onStartAnew = () =>
    problem()?.kind === 'unknown-column' && !props.output.dropped ? () => change({ show: 'chart' }) : undefined;
  const onDates = () => (axis()?.scale === 'time' ? dates?.onEdit() : undefined);
  const onShowAll = () => (!range() && axis()?.view ? () => setRange(axis()?.domain) : undefined);
  const onResetZoom = () => (range() ? () => setRange(undefined) : undefined);
  const fail = (text: string): void => asking.fail({ code: 'drawing', message: text });

  return (
    <div
      ref={frame}
      class="chart-frame"
      data-state={waiting() ? 'waiting' : failure() ? 'failed' : shown() ? 'shown' : 'empty'}
      data-mark={chart()?.mark}
    >
      <Show when={props.actions}>
        {(place) => (
          <Portal mount={place()}>
            <Show when={shown() && !nothing()}>
              <Leaving
                name={props.output.name}
                style={style()}
                spec={leavingSpec}
                behind={drawn}
                onSaid={setSaid}
                onEdit={asText() && edit}
              />
            </Show>
          </Portal>
        )}
      </Show>
      <div class="chart-body">
        <div class="chart-main" classList={{ stale: missing() || (waiting() && !range()) }}>
          <div class="chart-top">
            <div class="chart-title">{titles()?.whole ?? figure()?.titles.whole ?? '\u00a0'}</div>
            <Show when={selection.isOffered()}>
              <Modes mode={selection.mode()} onMode={selection.setMode} />
            </Show>
          </div>
          <div
            class="chart-area"
            style={{ [shown()?.answer.mark === 'spark' ? 'min-height' : 'height']: `${height()}px` }}
          >
            <Switch>
              <Match when={message() ?? failure() ?? nothing()}>
                <Note
                  message={message()}
                  failure={failure()}
                  nothing={nothing()}
                  onAgain={asking.again}
                  onRunAgain={onRunAgain()}
                  onStartAnew={onStartAnew()}
                />
              </Match>
              <Match when={near() && figure()}>
                {(now) => (
                  <Suspense>
                    <Figure answer={now().answer} titles={now().titles} height={height()} onFail={fail} />
                  </Suspense>
                )}
              </Match>
              <Match when={near() && flat()}>
                {(now) => (
                  <Plot
                    answer={now().answer}
                    series={series()!}
                    titles={titles()!}
                    annotations={annotations()}
                    range={now().range}
                    height={height()}
                    onRange={setRange}
                    onFail={fail}
                    chosen={selection.chosen()}
                    onChosen={selection.onChosen()}
                  />
                )}
              </Match>
            </Switch>
          </div>
          <Show when={legend()}>
            {(keys) => (
              <Legend
                names={keys().names}
                hues={shades(keys().names, keys().rest, style().look)}
                hidden={hidden()}
                onHidden={setHidden}
                selecting={selection.onLegend(keys().of)}
              />
            )}
          </Show>
        </div>
        <Show when={!props.fixed}>
          <Panel chart={chart()} columns={columns()} shared={props.shared} onChart={onChart} />
        </Show>
      </div>
      <Foot
        of={props.output.rows}
        rows={isNarrow(shown()?.narrow ?? narrow()) ? shown()?.answer.rows : undefined}
        took={props.took}
        notes={notes()}
        said={said()}
        selected={selection.told()}
        onClear={() => selection.choose(undefined)}
        onDates={onDates()}
        onShowAll={onShowAll()}
        onResetZoom={onResetZoom()}
      />
    </div>
  );
}
