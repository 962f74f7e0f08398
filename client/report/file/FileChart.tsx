/** A chart of the builder in a file: its aggregates are in the file, so it is drawn and told as on the page; there is nobody to ask for more. */
import { createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { FileChart as Held } from '../../../server/protocol/report/file.ts';
import { shades } from '../../outputs/chart/drawing.ts';
import { Legend } from '../../outputs/chart/Legend.tsx';
import { styleOf } from '../../outputs/chart/look.ts';
import { Plot } from '../../outputs/chart/Plot.tsx';
import { seriesOf } from '../../outputs/chart/series.ts';
import { noteTexts, titlesOf } from '../../outputs/chart/titles.ts';
import { watchTheme } from '../../outputs/frame/theme.ts';
import { chart as charts } from '../../words/chart.ts';
import { report as words } from '../../words/report.ts';

const HEIGHT = 300;

export function FileChart(props: { readonly drawing: Held }): JSX.Element {
  const { answer, chart, columns, total } = props.drawing;
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = createSignal(false);
  const series = createMemo(() => seriesOf(answer, charts, hidden()));
  const titles = createMemo(() => titlesOf(chart, answer, columns));
  const theme = watchTheme(document.documentElement);
  const look = createMemo(() => {
    const computed = getComputedStyle(document.documentElement);
    return styleOf(theme(), (name) => computed.getPropertyValue(name)).look;
  });
  const legend = createMemo(() => {
    const now = series();
    if (answer.mark === 'pie') return now.places && { names: now.places, rest: now.rest };
    return now.colours && { names: now.colours, rest: now.coloursRest };
  });
  const isEmpty = !answer.y.values.some((value) => value !== null);
  return (
    <div class="chart-frame" data-mark={chart.mark}>
      <div class="chart-body">
        <div class="chart-main">
          <div class="chart-title">{titles().whole}</div>
          <div class="chart-area" style={{ height: `${HEIGHT}px` }}>
            <Show
              when={!failed() && !isEmpty}
              fallback={<div class="chart-note">{failed() ? words.file.notDrawn('chart') : charts.nothing}</div>}
            >
              <Plot
                answer={answer}
                series={series()}
                titles={titles()}
                range={undefined}
                height={HEIGHT}
                onRange={() => {}}
                onFail={() => setFailed(true)}
              />
            </Show>
          </div>
          <Show when={legend()}>
            {(keys) => (
              <Legend
                names={keys().names}
                hues={shades(keys().names, keys().rest, look())}
                hidden={hidden()}
                onHidden={setHidden}
              />
            )}
          </Show>
        </div>
      </div>
      <div class="table-foot">
        <span>{charts.total(total)}</span>
        <span>{noteTexts(answer).join(' · ')}</span>
      </div>
    </div>
  );
}
