/**
 * A table result with its three views. Which one is shown stands in the paragraph, for all; whoever may not write there
 * changes their own view only. A pivot is one's own until it is saved, and so is each view in place of one that is: nothing is
 * published by looking. The chart and the pivot, with all that draws them, are fetched when one is first shown. What is
 * selected in other charts narrows each of them where the result follows.
 */
import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  type JSX,
  lazy,
  Match,
  on,
  Show,
  Suspense,
  Switch,
  useContext,
} from 'solid-js';
import { partOf, type ResultView, viewAt, withPart, withView } from '../../../server/protocol/chart/option.ts';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import type { Filter } from '../../../server/protocol/table/narrow.ts';
import { alike } from '../../alike.ts';
import { outputs as words } from '../../words/outputs.ts';
import { LinkedContext, placeIn } from '../linked/linked.ts';
import { type Keeping, keepingOf } from '../table/keeping.ts';
import { Table } from '../table/Table.tsx';
import './result.css';

const Chart = lazy(async () => ({ default: (await import('./Chart.tsx')).Chart }));
const Pivot = lazy(async () => ({ default: (await import('../pivot/Pivot.tsx')).Pivot }));
const Following = lazy(async () => ({ default: (await import('../linked/Following.tsx')).Following }));
const VIEWS = ['table', 'chart', 'pivot'] as const;

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
  /** Puts a paragraph below, of SQL where nothing else is said; absent for those who may not write. */
  readonly onInsert?: ((source: string, interpreter?: string) => void) | undefined;
  /** Where a chart or a pivot is shown, that one alone. */
  readonly fixed?: boolean;
};

export function Result(props: ResultProps): JSX.Element {
  const id = createUniqueId();
  const [own, setOwn] = createSignal<{ readonly option: unknown }>();
  const [actions, setActions] = createSignal<HTMLElement>();
  const alone = createMemo(() => props.fixed === true && viewAt(props.option, props.index) !== 'table');
  const option = () => (alone() ? undefined : own()?.option) ?? props.option;
  const change = (next: unknown): void => {
    if (props.onOption) props.onOption(next);
    else setOwn({ option: next });
  };
  const [looked, setLooked] = createSignal<ResultView>();
  const shared = createMemo(() => viewAt(option(), props.index));
  const view = createMemo(() => (alone() ? undefined : looked()) ?? shared());
  const show = (next: ResultView): void => {
    const isOwn = next === 'pivot' || shared() === 'pivot';
    setLooked(isOwn ? next : undefined);
    if (!isOwn && shared() !== next) change(withView(option(), props.index, next));
  };
  const part = createMemo(() => partOf(option(), props.index), {}, { equals: alike });
  const place = props.place ? placeIn(props.place.paragraph, props.index) : id;
  const linked = useContext(LinkedContext);
  /** What is selected elsewhere and followed here; never where no more is shown than what is published. */
  const [filters, setFilters] = createSignal<readonly Filter[]>([], { equals: alike });
  const follow = (on: boolean): void => {
    const { follow: _, ...rest } = partOf(props.option, props.index);
    props.onOption?.(withPart(props.option, props.index, on ? { ...rest, follow: true } : rest));
  };
  const onFollow = () => (props.onOption ? follow : undefined);
  // What is selected in a chart that is not shown any more nobody could see.
  createEffect(on(view, (now) => now !== 'chart' && linked?.clear(place), { defer: true }));
  const tab = (one: ResultView) => {
    const isOn = () => view() === one;
    return (
      <button
        type="button"
        role="tab"
        id={`${id}-${one}`}
        aria-selected={isOn()}
        aria-controls={`${id}-view`}
        tabindex={isOn() ? 0 : -1}
        onClick={() => show(one)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          const by = event.key === 'ArrowLeft' ? VIEWS.length - 1 : 1;
          show(VIEWS[(VIEWS.indexOf(one) + by) % VIEWS.length]!);
          const other = event.currentTarget.parentElement?.querySelector<HTMLElement>('[aria-selected="true"]');
          other?.focus({ preventScroll: true });
        }}
      >
        {words.views[one]}
      </button>
    );
  };
  const keeping = () => props.place && keepingOf(props.place.viewer, props.place.paragraph, props.index);
  const rows = (given?: Keeping) => (
    <Table
      output={props.output}
      took={props.took}
      onRunAgain={props.onRunAgain}
      keeping={given ?? keeping()}
      saved={partOf(props.table, props.index)}
      linked={filters()}
      onSave={props.onTable && ((settings) => props.onTable?.(withPart(props.table, props.index, { ...settings })))}
    />
  );
  return (
    <div class="result">
      <div class="result-head">
        <Show when={!alone()} fallback={<span class="result-tabs" />}>
          <div class="result-tabs" role="tablist" aria-label={words.views.label}>
            {VIEWS.map(tab)}
          </div>
        </Show>
        <Show when={!alone() && linked?.isOffered(place)}>
          <Suspense>
            <Following
              target={place}
              columns={props.output.columns}
              saved={partOf(props.option, props.index).follow === true}
              viewer={props.place?.viewer}
              onSave={onFollow()}
              actions={actions()}
              onFilters={setFilters}
            />
          </Suspense>
        </Show>
        <div class="result-actions" ref={setActions} />
      </div>
      <div id={`${id}-view`} {...(alone() ? {} : { role: 'tabpanel', 'aria-labelledby': `${id}-${view()}` })}>
        <Switch fallback={rows()}>
          <Match when={view() === 'pivot'}>
            <Suspense fallback={<div class="chart-frame chart-coming" />}>
              <Pivot
                output={props.output}
                index={props.index}
                part={part()}
                actions={actions()}
                fixed={alone()}
                place={props.place}
                keeping={keeping()}
                table={partOf(props.table, props.index)}
                linked={filters()}
                onSave={
                  props.onOption &&
                  ((pivot) => {
                    const { show: _, pivot: __, ...rest } = partOf(props.option, props.index);
                    setLooked(pivot ? undefined : 'pivot');
                    props.onOption?.(
                      withPart(props.option, props.index, pivot ? { show: 'pivot', pivot, ...rest } : rest),
                    );
                  })
                }
                onInsert={props.onInsert}
                rows={rows}
                onRunAgain={props.onRunAgain}
              />
            </Suspense>
          </Match>
          <Match when={view() === 'chart'}>
            <Suspense fallback={<div class="chart-frame chart-coming" />}>
              <Chart
                output={props.output}
                took={props.took}
                part={part()}
                actions={actions()}
                shared={props.onOption !== undefined}
                fixed={alone()}
                source={place}
                linked={filters()}
                onPart={(next) => change(next(option(), props.index))}
                onInsert={props.onInsert}
                onRunAgain={props.onRunAgain}
              />
            </Suspense>
          </Match>
        </Switch>
      </div>
    </div>
  );
}
