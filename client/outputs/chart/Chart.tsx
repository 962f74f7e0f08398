/**
 * A result as a chart: what to draw (settings, or the first choice), the server's answer for it, and the picture. The last
 * picture stays, dimmed, until the next one is there; the box has its height from the start, so nothing jumps.
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
import type { TopLevelSpec } from 'vega-lite';
import { type AnyAnswer, type ChartAnswer, isFigure } from '../../../server/protocol/chart/answer.ts';
import { type Chart as Chosen, fullChart } from '../../../server/protocol/chart/choose.ts';
import { planChart } from '../../../server/protocol/chart/plan.ts';
import { type ChartSettings, type ChartSpec, readChart, writeChart } from '../../../server/protocol/chart.ts';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { alike } from '../../alike.ts';
import { chart as words } from '../../words/chart.ts';
import { outputs } from '../../words/outputs.ts';
import { failureText } from '../asked.ts';
import { secondsText } from '../bytes.ts';
import { watchTheme } from '../frame/theme.ts';
import { whenNear } from '../near.ts';
import { save } from '../save.ts';
import type { Failure } from '../table/windows.ts';
import { openAnnotations } from './annotations.ts';
import { askChart } from './ask.ts';
import { csvOf, rowsBehind } from './data.ts';
import { DatesContext } from './dates.ts';
import { shades } from './drawing.ts';
import { figureOf } from './figure/spec.ts';
import { figureTitles, isEmpty } from './figure/titles.ts';
import { Legend } from './Legend.tsx';
import { styleOf } from './look.ts';
import { Panel } from './Panel.tsx';
import { Plot } from './Plot.tsx';
import { fileName, savePicture } from './save.ts';
import { type Series, seriesOf } from './series.ts';
import { specOf } from './spec.ts';
import { noteTexts, problemText, type Titles, titlesOf } from './titles.ts';
import type { Range } from './zoom.ts';

const Figure = lazy(async () => ({ default: (await import('./Figure.tsx')).Figure }));

const HEIGHT = 300;
/** Of each row of small charts, and of what is above and below them. */
const PANEL = { row: 150, rest: 90 } as const;
const COHORT_ROW = 22;
const STEP = 34;
/** A wheel asks many times in a moment: the last is meant. */
const SETTLE_MS = 60;
/** Of a picture for elsewhere, in pixels before it is made twice as fine. */
const PICTURE = { width: 960, height: 480 } as const;

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
  readonly onPart: (change: (option: unknown, index: number) => unknown) => void;
  readonly onRunAgain?: (() => void) | undefined;
};

type Shown<A = AnyAnswer> = { readonly answer: A; readonly chart: Chosen; readonly range: Range | undefined };

export function Chart(props: ChartProps): JSX.Element {
  const settings = createMemo(() => readChart(props.part));
  const columns = createMemo(() => props.output.columns, undefined, { equals: alike });
  const chart = createMemo(() => fullChart(settings(), columns()), undefined, { equals: alike });
  const problem = createMemo(() => {
    const planned = planChart(settings(), columns());
    return 'problem' in planned ? planned.problem : undefined;
  });
  const [range, setRange] = createSignal<Range | undefined>(undefined, { equals: alike });
  const [shown, setShown] = createSignal<Shown>();
  const [failure, setFailure] = createSignal<Failure>();
  const [waiting, setWaiting] = createSignal(false);
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const [near, setNear] = createSignal(false);
  /** It was near once: before, the engine is not asked. */
  const wanted = createMemo((before: boolean) => before || near(), false);
  const [tries, setTries] = createSignal(0);
  const [said, setSaid] = createSignal('');
  let frame!: HTMLDivElement;

  const missing = () => props.output.open === true || props.output.dropped === true;

  // Another chart is seen from its whole; another result of the same query goes on where one was.
  const seeAll = () =>
    batch(() => {
      setRange(undefined);
      setHidden(new Set<string>());
    });
  createEffect(on(chart, seeAll, { defer: true }));

  createEffect(
    on(
      () => [props.output.result, missing(), chart(), problem(), range(), tries(), wanted()] as const,
      ([result, absent, chosen, wrong, stretch, _, isWanted], before) => {
        if (absent || !chosen || wrong || !isWanted) return;
        const stop = new AbortController();
        const spec: ChartSpec = { ...chosen, ...(stretch ? { range: [...stretch] } : {}) };
        const zooming = before !== undefined && before[0] === result && before[2] === chosen && before[6];
        setWaiting(true);
        const ask = async (): Promise<void> => {
          const asked = await askChart(result, spec, stop.signal);
          batch(() => {
            setWaiting(false);
            setFailure(asked.ok ? undefined : asked.failure);
            if (asked.ok) setShown({ answer: asked.answer, chart: chosen, range: stretch });
          });
        };
        const timer = setTimeout(() => void ask().catch(() => undefined), zooming ? SETTLE_MS : 0);
        onCleanup(() => {
          clearTimeout(timer);
          stop.abort();
        });
      },
    ),
  );

  onMount(() => onCleanup(whenNear(frame, setNear)));

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
  const annotations = dates ? openAnnotations(dates.doc) : () => [];
  const series = createMemo((): Series | undefined => {
    const now = flat();
    return now && seriesOf(now.answer, words, hidden(), now.chart.stack);
  });
  const titles = createMemo((): Titles | undefined => {
    const now = flat();
    return now && titlesOf(now.chart, now.answer, columns());
  });
  const theme = watchTheme(document.documentElement);
  const style = createMemo(() => {
    const computed = getComputedStyle(document.documentElement);
    return styleOf(theme(), (name) => computed.getPropertyValue(name));
  });
  const legend = createMemo(() => {
    const now = series();
    if (shown()?.answer.mark === 'funnel') return undefined;
    if (!now || shown()?.answer.mark === 'pie') return now?.places && { names: now.places, rest: now.rest };
    return now.colours && { names: now.colours, rest: now.coloursRest };
  });

  const notes = () => {
    const now = shown();
    return now ? noteTexts(now.answer) : [];
  };
  const axis = () => {
    const x = flat()?.answer.x;
    return x && x.scale !== 'category' ? x : undefined;
  };
  const view = () => axis()?.view;
  const domain = () => axis()?.domain;

  const change = (next: ChartSettings): void => props.onPart((option, index) => writeChart(option, next, index));
  const onChart = (next: Chosen): void => change({ show: 'chart', ...next });

  async function download(format: 'png' | 'svg'): Promise<void> {
    setSaid('');
    const { config } = style();
    const spec = wholeSpec();
    if (!spec) return;
    try {
      await savePicture(spec, config, format, props.output.name ?? words.name);
    } catch (error) {
      setSaid(words.notDownloaded(error instanceof Error ? error.message : String(error)));
    }
  }

  const nameOf = (format: string): string => fileName(props.output.name ?? words.name, format);

  function saveText(): void {
    const spec = wholeSpec();
    if (spec) save(nameOf('vl.json'), new Blob([`${JSON.stringify(spec, null, 2)}\n`], { type: 'application/json' }));
  }

  function saveData(): void {
    const [drawn, now, parts, names] = [figure(), flat(), series(), titles()];
    const behind = drawn ?? (now && parts && names && { answer: now.answer, titles: names, series: parts });
    if (behind) save(nameOf('csv'), new Blob([csvOf(rowsBehind(behind))], { type: 'text/csv' }));
  }

  /** As it leaves the page. */
  function wholeSpec(): TopLevelSpec | undefined {
    const { look, background } = style();
    const drawn = figure();
    if (drawn) {
      const { answer, titles: names } = drawn;
      const whole = { title: names.whole, notes: noteTexts(answer), background };
      return figureOf({ answer, titles: names, ...PICTURE, look, whole }).spec;
    }
    const [now, parts, names] = [flat(), series(), titles()];
    if (!now || !parts || !names) return undefined;
    return specOf({
      answer: now.answer,
      series: parts,
      ...PICTURE,
      titles: names,
      annotations: annotations(),
      range: now.range,
      look,
      whole: { title: names.whole, notes: noteTexts(now.answer), background },
    });
  }

  /** Rows of panels, cohorts and steps need their room. */
  const height = createMemo((): number => {
    const answer = shown()?.answer;
    if (!answer) return HEIGHT;
    if (answer.mark === 'cohort') return Math.max(HEIGHT, answer.cohorts.length * COHORT_ROW + 60);
    if (answer.mark === 'heat') return HEIGHT + 40;
    if (isFigure(answer)) return HEIGHT;
    const rows = answer.facet?.row?.keys.length ?? 1;
    if (rows > 1) return rows * PANEL.row + PANEL.rest;
    return answer.mark === 'map'
      ? 380
      : answer.mark === 'funnel'
        ? Math.max(180, (series()?.places?.length ?? 5) * STEP + 30)
        : HEIGHT;
  });

  const nothing = (): string | undefined => {
    const now = shown();
    if (!now) return undefined;
    const has = isFigure(now.answer) ? !isEmpty(now.answer) : now.answer.y.values.some((value) => value !== null);
    if (has) return undefined;
    return now.answer.rows === 0 ? words.noRows : words.nothing;
  };
  const message = (): string | undefined => {
    const wrong = problem();
    if (props.output.dropped) return outputs.table.dropped;
    if (wrong) return problemText(wrong);
    if (props.output.open && !shown()) return words.open;
    return undefined;
  };

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
              <button type="button" aria-label={words.download(words.png)} onClick={() => void download('png')}>
                {words.png}
              </button>
              <button type="button" aria-label={words.download(words.svg)} onClick={() => void download('svg')}>
                {words.svg}
              </button>
              <button type="button" aria-label={words.download(words.vegaLite)} onClick={saveText}>
                {words.vegaLite}
              </button>
              <button type="button" aria-label={words.download(words.data)} onClick={saveData}>
                {words.data}
              </button>
            </Show>
          </Portal>
        )}
      </Show>
      <div class="chart-body">
        <div class="chart-main" classList={{ stale: missing() || (waiting() && !range()) }}>
          <div class="chart-title">{titles()?.whole ?? figure()?.titles.whole ?? '\u00a0'}</div>
          <div
            class="chart-area"
            style={{ [shown()?.answer.mark === 'spark' ? 'min-height' : 'height']: `${height()}px` }}
          >
            <Switch>
              <Match when={message()}>
                {(text) => (
                  <div class="chart-note">
                    <p>{text()}</p>
                    <Show when={props.output.dropped && props.onRunAgain}>
                      {(again) => (
                        <button type="button" class="link" onClick={() => again()()}>
                          {outputs.table.runAgain}
                        </button>
                      )}
                    </Show>
                    <Show when={problem()?.kind === 'unknown-column' && !props.output.dropped}>
                      <button type="button" class="link" onClick={() => change({ show: 'chart' })}>
                        {words.startAnew}
                      </button>
                    </Show>
                  </div>
                )}
              </Match>
              <Match when={failure()}>
                {(problem) => (
                  <div class="chart-note" role="alert">
                    <b>{words.failed}</b>
                    <p>{failureText(problem())}</p>
                    <button
                      type="button"
                      class="link"
                      onClick={() => {
                        const again = problem().code === 'result-gone' ? props.onRunAgain : undefined;
                        if (again) again();
                        else setTries((count) => count + 1);
                      }}
                    >
                      {problem().code === 'result-gone' && props.onRunAgain
                        ? outputs.table.runAgain
                        : outputs.table.retry}
                    </button>
                  </div>
                )}
              </Match>
              <Match when={nothing()}>{(text) => <div class="chart-note">{text()}</div>}</Match>
              <Match when={near() && figure()}>
                {(now) => (
                  <Suspense>
                    <Figure
                      answer={now().answer}
                      titles={now().titles}
                      height={height()}
                      onFail={(text) => setFailure({ code: 'drawing', message: text })}
                    />
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
                    onFail={(text) => setFailure({ code: 'drawing', message: text })}
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
              />
            )}
          </Show>
        </div>
        <Show when={!props.fixed}>
          <Panel chart={chart()} columns={columns()} shared={props.shared} onChart={onChart} />
        </Show>
      </div>
      <div class="table-foot">
        <span>{words.total(props.output.rows)}</span>
        <Show when={props.took !== undefined}>
          <span>{outputs.table.seconds(secondsText(props.took ?? 0))}</span>
        </Show>
        <span>{notes().join(' · ')}</span>
        <span role="status">{said()}</span>
        <span class="table-spring" />
        <Show when={axis()?.scale === 'time' && dates?.onEdit()}>
          {(edit) => (
            <button type="button" class="link" onClick={() => edit()()}>
              {words.dates}
            </button>
          )}
        </Show>
        <Show when={!range() && view()}>
          <button type="button" class="link" onClick={() => setRange(domain())}>
            {words.showAll}
          </button>
        </Show>
        <Show when={range()}>
          <button type="button" class="link" onClick={() => setRange(undefined)}>
            {words.resetZoom}
          </button>
        </Show>
      </div>
    </div>
  );
}
