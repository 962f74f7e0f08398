/** A chart of the builder in a file: its aggregates are in the file, so it is drawn and told as on the page; there is nobody to ask for more. */
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import { type AnyAnswer, type ChartAnswer, isFigure } from '../../../server/protocol/chart/answer.ts';
import type { FigureAnswer } from '../../../server/protocol/chart/figures.ts';
import type { FileChart as Held } from '../../../server/protocol/report/file.ts';
import { shades } from '../../outputs/chart/drawing.ts';
import { Figure } from '../../outputs/chart/Figure.tsx';
import { figureTitles, isEmpty } from '../../outputs/chart/figure/titles.ts';
import { heightOf } from '../../outputs/chart/heights.ts';
import { Legend } from '../../outputs/chart/Legend.tsx';
import { Plot } from '../../outputs/chart/Plot.tsx';
import { seriesOf } from '../../outputs/chart/series.ts';
import { createStyle } from '../../outputs/chart/style.ts';
import { noteTexts, titlesOf } from '../../outputs/chart/titles.ts';
import { chart as charts } from '../../words/chart.ts';
import { report as words } from '../../words/report.ts';

type Of<A extends AnyAnswer> = Omit<Held, 'answer'> & { readonly answer: A };

export function FileChart(props: { readonly drawing: Held }): JSX.Element {
  const { answer, ...rest } = props.drawing;
  return (
    <div class="chart-frame" data-mark={answer.mark}>
      <div class="chart-body">
        <div class="chart-main">
          {isFigure(answer) ? <Shape drawing={{ ...rest, answer }} /> : <Flat drawing={{ ...rest, answer }} />}
        </div>
      </div>
      <div class="table-foot">
        <span>{charts.total(rest.total)}</span>
        <span>{noteTexts(answer).join(' · ')}</span>
      </div>
    </div>
  );
}

/** A chart of places along x. */
function Flat(props: { readonly drawing: Of<ChartAnswer> }): JSX.Element {
  const { answer, chart, columns } = props.drawing;
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const series = createMemo(() => seriesOf(answer, charts, hidden(), chart.stack));
  const titles = createMemo(() => titlesOf(chart, answer, columns));
  const style = createStyle();
  const legend = createMemo(() => {
    const now = series();
    if (answer.mark === 'funnel') return undefined;
    if (answer.mark === 'pie') return now.places && { names: now.places, rest: now.rest };
    return now.colours && { names: now.colours, rest: now.coloursRest };
  });
  const height = heightOf(answer, series().places?.length);
  return (
    <>
      <div class="chart-title">{titles().whole}</div>
      <Area height={height} isEmpty={!answer.y.values.some((value) => value !== null)}>
        {(onFail) => (
          <Plot
            answer={answer}
            series={series()}
            titles={titles()}
            annotations={answer.annotations ?? []}
            range={undefined}
            height={height}
            onRange={() => {}}
            onFail={onFail}
          />
        )}
      </Area>
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
    </>
  );
}

/** One of a shape of its own. */
function Shape(props: { readonly drawing: Of<FigureAnswer> }): JSX.Element {
  const { answer, chart } = props.drawing;
  const titles = figureTitles(chart, answer);
  const height = heightOf(answer, undefined);
  return (
    <>
      <div class="chart-title">{titles.whole}</div>
      <Area height={height} isEmpty={isEmpty(answer)} grows={answer.mark === 'spark'}>
        {(onFail) => <Figure answer={answer} titles={titles} height={height} onFail={onFail} />}
      </Area>
    </>
  );
}

function Area(props: {
  readonly height: number;
  readonly isEmpty: boolean;
  readonly grows?: boolean;
  readonly children: (onFail: () => void) => JSX.Element;
}): JSX.Element {
  const [failed, setFailed] = createSignal(false);
  return (
    <div class="chart-area" style={{ [props.grows ? 'min-height' : 'height']: `${props.height}px` }}>
      <Switch fallback={props.children(() => setFailed(true))}>
        <Match when={failed()}>
          <div class="chart-note">{words.file.notDrawn('chart')}</div>
        </Match>
        <Match when={props.isEmpty}>
          <div class="chart-note">{charts.nothing}</div>
        </Match>
      </Switch>
    </div>
  );
}
