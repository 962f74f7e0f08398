/** A Vega-Lite chart that a person or a program wrote: its rows fetched, then drawn in a frame. */
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js';
import { CHART_BYTES, CHART_ROWS, type ChartOutput, type RowsNote } from '../../../server/protocol/outputs.ts';
import type { Picture, Table, Theme } from '../../frame/messages.ts';
import { chart as charts } from '../../words/chart.ts';
import { made } from '../../words/made.ts';
import { outputs as words } from '../../words/outputs.ts';
import { readText } from '../chart/text/read.ts';
import { fetchPainter, fetchTables, type Rows } from '../frame/data.ts';
import { Framed } from '../frame/Framed.tsx';
import { save } from '../save.ts';
import type { Building } from './building.ts';
import { Trouble } from './Trouble.tsx';
// The hues of charts.
import '../chart/chart.css';

/** Most charts: a plot of 280 px with its axis. */
const GUESS = 330;
const FORMATS = ['png', 'svg'] as const;

/** What was fetched, and for which data. */
type Ready = { readonly key: string; readonly tables: readonly Table[]; readonly painter: string };
type Fault = { readonly message: string; readonly hint?: string; readonly detail?: string };

export function Spec(props: {
  readonly output: ChartOutput;
  readonly spec: string | undefined;
  readonly onNear: () => void;
  readonly onRunAgain: () => void;
  readonly building?: Building | undefined;
}): JSX.Element {
  /** The builder's chart that stands in the text, over a result that is here. */
  const built = createMemo(() => {
    const { building } = props;
    const found = building && readText(building.source());
    return building && found && building.has(found.table) ? { building, found } : undefined;
  });
  const [near, setNear] = createSignal(false);
  const [ready, setReady] = createSignal<Ready>();
  const [fault, setFault] = createSignal<Fault>();
  /** What was not followed of the spec of the chart that stands. */
  const [drawn, setDrawn] = createSignal<readonly string[]>();
  let frame: { ask(format: Picture): boolean } | undefined;

  /** What it draws; progress of the same results is no change. */
  const data = createMemo(() => props.output.data, undefined, { equals: (a, b) => keyOf(a) === keyOf(b) });
  const isOpen = createMemo(() => data().some(({ open }) => open));
  const isGone = createMemo(() => data().some(({ dropped }) => dropped));

  createEffect(
    on([data, near], async ([wanted, isNear]) => {
      if (!isNear || isOpen() || isGone()) return;
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      setFault(undefined);
      try {
        const [rows, painter] = await Promise.all([fetchTables(wanted, abort.signal), fetchPainter()]);
        if (abort.signal.aborted) return;
        if (rows.state !== 'ready') setFault(faultOf(rows));
        else if (painter === undefined) setFault({ message: made.fetching });
        else setReady({ key: keyOf(wanted), tables: rows.tables, painter });
      } catch {
        if (!abort.signal.aborted) setFault({ message: made.fetching });
      }
    }),
  );
  const content = createMemo(() => {
    const [whole, { spec }] = [ready(), props];
    // A spec is never drawn over the rows of another run.
    if (!whole || spec === undefined || whole.key !== keyOf(data())) return undefined;
    const make = (theme: Theme) => ({
      type: 'chart' as const,
      spec,
      theme,
      painter: whole.painter,
      tables: whole.tables.map(({ name, arrow }) => ({ name, arrow: arrow.slice(0) })),
    });
    return { type: 'chart' as const, make };
  });
  createEffect(on(content, () => setFault(undefined), { defer: true }));

  return (
    <div class="made-chart">
      <Show when={isGone()}>
        <p class="made-note">
          {made.empty}
          <button type="button" class="link" onClick={() => props.onRunAgain()}>
            {words.table.runAgain}
          </button>
        </p>
      </Show>
      <Show when={fault()}>{(why) => <Trouble {...why()} />}</Show>
      <Show when={!isGone() && !fault()}>
        <Framed
          label={made.chart}
          content={content()}
          guess={GUESS}
          onNear={() => {
            setNear(true);
            props.onNear();
          }}
          onDrawn={setDrawn}
          onFailed={(answer) =>
            setFault(
              typeof answer === 'string' || answer.why === 'stuck'
                ? { message: made.stuck, hint: made.stuckHint }
                : { message: made.bad, hint: answer.message },
            )
          }
          onPicture={(format, bytes) =>
            save(`chart.${format}`, new Blob([bytes], { type: format === 'svg' ? 'image/svg+xml' : 'image/png' }))
          }
          ref={(handle) => {
            frame = handle;
          }}
        />
        <For each={props.output.notes}>{(note) => <p class="made-note">{noteText(note)}</p>}</For>
        <For each={drawn()}>{(note) => <p class="made-note">{made.ignored(note)}</p>}</For>
        <Show when={drawn()}>
          <p class="made-foot">
            <For each={FORMATS}>
              {(format) => (
                <button
                  type="button"
                  class="link"
                  aria-label={made.download(format.toUpperCase())}
                  onClick={() => frame?.ask(format)}
                >
                  {format.toUpperCase()}
                </button>
              )}
            </For>
            <Show when={built()}>
              {(now) => (
                <button
                  type="button"
                  class="link"
                  onClick={() => void now().building.open(now().found.table, { show: 'chart', ...now().found.chart })}
                >
                  {charts.build}
                </button>
              )}
            </Show>
          </p>
        </Show>
      </Show>
    </div>
  );
}

/** What rows are drawn of, and what to change where they are the first ones only. */
function noteText({ kind, table, shown, of, why }: RowsNote): string {
  const said = made[kind](table, shown, of);
  return why ? `${said} ${made.unpushed[why.kind](why.name)}` : said;
}

const keyOf = (data: ChartOutput['data']): string =>
  data.map(({ name, result, open, dropped }) => [name, result, open, dropped].join()).join(';');

function faultOf(rows: Exclude<Rows, { state: 'ready' }>): Fault {
  if (rows.state === 'failed') return { message: made.rows(rows.message) };
  const message =
    rows.bytes > 0 ? made.heavy(rows.name, CHART_BYTES / 2 ** 20) : made.large(rows.name, rows.rows, CHART_ROWS);
  return { message, hint: made.largeHint };
}
