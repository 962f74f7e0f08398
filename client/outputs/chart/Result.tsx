/**
 * A table result with its two views. Which one is shown stands in the paragraph, for all; whoever may not write there changes
 * their own view only. The chart and all that draws it are fetched when a chart is first shown.
 */
import { createMemo, createSignal, createUniqueId, type JSX, lazy, Show, Suspense } from 'solid-js';
import { partOf, showsChart, withPart, withView } from '../../../server/protocol/chart/option.ts';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { outputs as words } from '../../words/outputs.ts';
import { keepingOf } from '../table/keeping.ts';
import { Table } from '../table/Table.tsx';
import './chart.css';

const Chart = lazy(async () => ({ default: (await import('./Chart.tsx')).Chart }));

export type ResultProps = {
  readonly output: TableOutput;
  /** Which of the paragraph's tables it is. */
  readonly index: number;
  readonly took: number | undefined;
  /** The paragraph's option `chart`, whatever it holds. */
  readonly option: unknown;
  /** Absent for those who may not write. */
  readonly onOption?: ((option: unknown) => void) | undefined;
  readonly onRunAgain?: (() => void) | undefined;
  /** Under what a viewer's own settings of the table are kept. */
  readonly place?: { readonly viewer: string; readonly paragraph: string } | undefined;
  /** The paragraph's option `table`, whatever it holds. */
  readonly table?: unknown;
  /** Absent for those who may not write. */
  readonly onTable?: ((option: unknown) => void) | undefined;
  /** Where a chart is shown, that one alone. */
  readonly fixed?: boolean;
};

export function Result(props: ResultProps): JSX.Element {
  const id = createUniqueId();
  const [own, setOwn] = createSignal<{ readonly option: unknown }>();
  const [actions, setActions] = createSignal<HTMLElement>();
  const alone = createMemo(() => props.fixed === true && showsChart(props.option, props.index));
  const option = () => (alone() ? undefined : own()?.option) ?? props.option;
  const change = (next: unknown): void => {
    if (props.onOption) props.onOption(next);
    else setOwn({ option: next });
  };
  const chart = createMemo(() => showsChart(option(), props.index));
  const show = (view: 'table' | 'chart'): void => {
    if (chart() !== (view === 'chart')) change(withView(option(), props.index, view));
  };
  const part = createMemo(() => partOf(option(), props.index), {}, { equals: sameJson });
  const tab = (view: 'table' | 'chart') => {
    const on = () => chart() === (view === 'chart');
    return (
      <button
        type="button"
        role="tab"
        id={`${id}-${view}`}
        aria-selected={on()}
        aria-controls={`${id}-view`}
        tabindex={on() ? 0 : -1}
        onClick={() => show(view)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          show(view === 'table' ? 'chart' : 'table');
          const other = event.currentTarget.parentElement?.querySelector<HTMLElement>('[aria-selected="true"]');
          other?.focus({ preventScroll: true });
        }}
      >
        {words.views[view]}
      </button>
    );
  };
  const keeping = () => props.place && keepingOf(props.place.viewer, props.place.paragraph, props.index);
  const rows = () => (
    <Table
      output={props.output}
      took={props.took}
      onRunAgain={props.onRunAgain}
      keeping={keeping()}
      saved={partOf(props.table, props.index)}
      onSave={props.onTable && ((settings) => props.onTable?.(withPart(props.table, props.index, { ...settings })))}
    />
  );
  return (
    <div class="result">
      <div class="result-head">
        <Show when={!alone()} fallback={<span class="result-tabs" />}>
          <div class="result-tabs" role="tablist" aria-label={words.views.label}>
            {tab('table')}
            {tab('chart')}
          </div>
        </Show>
        <div class="result-actions" ref={setActions} />
      </div>
      <div
        id={`${id}-view`}
        {...(alone() ? {} : { role: 'tabpanel', 'aria-labelledby': `${id}-${chart() ? 'chart' : 'table'}` })}
      >
        <Show when={chart()} fallback={rows()}>
          <Suspense fallback={<div class="chart-frame chart-coming" />}>
            <Chart
              output={props.output}
              took={props.took}
              part={part()}
              actions={actions()}
              shared={props.onOption !== undefined}
              fixed={alone()}
              onPart={(next) => change(next(option(), props.index))}
              onRunAgain={props.onRunAgain}
            />
          </Suspense>
        </Show>
      </div>
    </div>
  );
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
