/**
 * A result as a pivot: what it is made of (a viewer's own settings, what a writer saved, or the first choice), the server's
 * answer, and the grid. The last grid stays, dimmed, until the next one is there. A click on a cell shows its rows here, as
 * the table shows them, with a way back; the table's own filters are never touched by it.
 */
import { batch, createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import { Portal } from 'solid-js/web';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import { choosePivot } from '../../../server/protocol/pivot/choose.ts';
import { planPivot } from '../../../server/protocol/pivot/plan.ts';
import {
  narrowIn,
  type PivotField,
  type PivotSettings,
  type PivotSpec,
  readPivot,
  specIn,
} from '../../../server/protocol/pivot.ts';
import { type Filter, fitting, isNarrow, type Narrow } from '../../../server/protocol/table/narrow.ts';
import { readSettings, type TableSettings } from '../../../server/protocol/table/settings.ts';
import { chart as charts } from '../../words/chart.ts';
import { outputs } from '../../words/outputs.ts';
import { pivot as words } from '../../words/pivot.ts';
import { whenNear } from '../near.ts';
import { save } from '../save.ts';
import { chipText } from '../table/chips.ts';
import { tsv } from '../table/copy.ts';
import type { Keeping } from '../table/keeping.ts';
import { narrowOf } from '../table/settings.ts';
import { withoutFilter } from '../table/view.ts';
import type { Failure } from '../table/windows.ts';
import { askPivot } from './ask.ts';
import { sortedBy } from './change.ts';
import { filtersOf } from './drill.ts';
import { Grid } from './Grid.tsx';
import { pivotKeeping } from './keeping.ts';
import { Panel } from './Panel.tsx';
import { Statement } from './Statement.tsx';
import { csvOf, linesOf, titleOf } from './texts.ts';
import './pivot.css';

export type PivotProps = {
  readonly output: TableOutput;
  readonly index: number;
  /** What stands in the paragraph for this table. */
  readonly part: Readonly<Record<string, unknown>>;
  /** Where copying and the like are offered. */
  readonly actions: HTMLElement | undefined;
  /** It can't be changed, and has no rows to be shown. */
  readonly fixed: boolean;
  readonly place?: { readonly viewer: string; readonly paragraph: string } | undefined;
  /** A viewer's settings of the table, and the paragraph's: which filters the pivot follows. */
  readonly keeping?: Keeping | undefined;
  readonly table: unknown;
  /** Absent for those who may not write. Undefined takes it away again. */
  readonly onSave?: ((settings: PivotSettings | undefined) => void) | undefined;
  /** Puts a statement below; absent for those who may not write. */
  readonly onInsert?: ((source: string) => void) | undefined;
  /** The table, looked at so. */
  readonly rows: (keeping: Keeping) => JSX.Element;
  readonly onRunAgain?: (() => void) | undefined;
};

type Shown = { readonly answer: PivotAnswer; readonly spec: PivotSpec };
type Drilled = { readonly filters: readonly Filter[]; readonly place: string };

/** Sooner nobody looks for a way out. */
const PATIENCE_MS = 1000;
const EMPTY: PivotSpec = { rows: [], columns: [], values: [] };

export function Pivot(props: PivotProps): JSX.Element {
  /** Whoever may not read the rows is told the pivot that is shown, whatever they ask for. */
  const [locked, setLocked] = createSignal(false);
  const fixed = (): boolean => props.fixed || locked();
  const kept = props.place && pivotKeeping(props.place.viewer, props.place.paragraph, props.index);
  const columns = createMemo(() => props.output.columns, undefined, { equals: sameJson });
  const saved = createMemo(() => readPivot(props.part.pivot), undefined, { equals: sameJson });
  const isShared = () => props.part.show === 'pivot';
  const [own, setOwn] = createSignal(fixed() ? undefined : kept?.load());
  const [table, setTable] = createSignal(fixed() ? undefined : props.keeping?.load());
  const spec = createMemo(
    () => (fixed() ? undefined : specIn(own() ?? {})) ?? specIn(saved()) ?? choosePivot(columns()) ?? EMPTY,
    EMPTY,
    { equals: sameJson },
  );
  const narrow = createMemo(
    (): Narrow => {
      if (fixed()) return { filters: [] };
      const mine = table();
      if (mine === undefined && isShared() && isNarrow(narrowIn(saved()))) return fitting(narrowIn(saved()), columns());
      return narrowOf(mine ?? readSettings(props.table), columns());
    },
    { filters: [] },
    { equals: sameJson },
  );
  const problem = createMemo(() => {
    const planned = planPivot(spec(), columns());
    return 'problem' in planned ? planned.problem : undefined;
  });
  const [shown, setShown] = createSignal<Shown>();
  const [failure, setFailure] = createSignal<Failure>();
  const [waiting, setWaiting] = createSignal<'no' | 'begun' | 'long'>('no');
  const [tries, setTries] = createSignal(0);
  const [near, setNear] = createSignal(false);
  const [drilled, setDrilled] = createSignal<Drilled>();
  const [statement, setStatement] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const wanted = createMemo((before: boolean) => before || near(), false);
  const missing = () => props.output.open === true || props.output.dropped === true;
  let frame!: HTMLDivElement;
  let stop = new AbortController();

  createEffect(
    on([() => props.output.result, missing, spec, narrow, problem, tries, wanted] as const, (now) => {
      const [result, isMissing, of, rows, wrong, , isWanted] = now;
      if (isMissing || wrong || !isWanted) return;
      const asking = new AbortController();
      stop = asking;
      batch(() => {
        setWaiting('begun');
        setDrilled(undefined);
        setSaid('');
      });
      const timer = setTimeout(() => setWaiting('long'), PATIENCE_MS);
      onCleanup(() => {
        clearTimeout(timer);
        asking.abort();
      });
      const ask = async (): Promise<void> => {
        const asked = await askPivot({ result, spec: of, narrow: rows }, asking.signal);
        clearTimeout(timer);
        batch(() => {
          setWaiting('no');
          setFailure(asked.ok ? undefined : asked.failure);
          if (!asked.ok) return;
          if (!isOf(asked.answer, of)) setLocked(true);
          else setShown({ answer: asked.answer, spec: of });
        });
      };
      ask().catch(() => undefined);
    }),
  );
  onMount(() => onCleanup(whenNear(frame, setNear)));

  function cancel(): void {
    stop.abort();
    batch(() => {
      setWaiting('no');
      setSaid(words.cancelled);
    });
  }

  function change(next: PivotSpec): void {
    setOwn(next);
    kept?.save(next);
  }

  function startAnew(): void {
    setOwn(undefined);
    kept?.save(undefined);
  }

  function saveForAll(): void {
    props.onSave?.({ ...spec(), ...(isNarrow(narrow()) ? narrow() : {}) });
    startAnew();
  }

  /** The table is filtered otherwise, here as there. */
  function filter(next: Narrow): void {
    const { search: _, filters: __, ...rest } = table() ?? readSettings(props.table);
    const settings: TableSettings = { ...rest, ...next };
    props.keeping?.save(settings);
    setTable(settings);
  }

  function drill(row: number | undefined, column: number | undefined, place: string): void {
    const now = shown();
    const filters = now && filtersOf(now.answer, row, column);
    if (filters) setDrilled({ filters, place });
  }

  const rowsKeeping = (filters: readonly Filter[]): Keeping => {
    let now: TableSettings | undefined = {
      ...(table() ?? readSettings(props.table)),
      ...narrow(),
      filters: [...narrow().filters, ...filters],
    };
    return { load: () => now, save: (next) => (now = next) };
  };

  function leave(): void {
    setDrilled(undefined);
    frame.querySelector<HTMLElement>('.pivot-grid [tabindex="0"]')?.focus({ preventScroll: true });
  }

  async function copy(): Promise<void> {
    const now = shown();
    if (!now) return;
    try {
      await navigator.clipboard.writeText(tsv(linesOf(now.answer)));
      setSaid(words.copied);
    } catch {
      setSaid(words.notCopied);
    }
  }

  function download(): void {
    const now = shown();
    if (now)
      save(`${props.output.name ?? words.name}.csv`, new Blob([csvOf(linesOf(now.answer))], { type: 'text/csv' }));
  }

  const isOwn = () => own() !== undefined && !sameJson(specIn(own() ?? {}), specIn(saved()) ?? choosePivot(columns()));
  const isSaved = () => isShared() && !isOwn() && sameJson(narrow(), fitting(narrowIn(saved()), columns()));
  const message = (): string | undefined => {
    const wrong = problem();
    if (props.output.dropped) return outputs.table.dropped;
    if (wrong) return problemText(wrong);
    if (props.output.open && !shown()) return words.open;
    const now = shown()?.answer;
    if (now?.matching !== 0) return undefined;
    return isNarrow(narrow()) ? words.noMatch : words.noRows;
  };

  return (
    <div
      ref={frame}
      class="pivot-frame"
      data-state={waiting() !== 'no' ? 'waiting' : failure() ? 'failed' : shown() ? 'shown' : 'empty'}
    >
      <Show when={!drilled() && props.actions}>
        {(actions) => (
          <Portal mount={actions()}>
            <Show when={shown() && !message()}>
              <button type="button" aria-label={words.copyLabel} onClick={() => void copy()}>
                {words.copy}
              </button>
              <button type="button" aria-label={words.csvLabel} onClick={download}>
                {words.csv}
              </button>
              <Show when={!fixed()}>
                <button type="button" aria-expanded={statement()} onClick={() => setStatement(!statement())}>
                  {words.sql}
                </button>
              </Show>
            </Show>
          </Portal>
        )}
      </Show>
      <Show when={drilled()} keyed>
        {(cell) => (
          <>
            <div class="pivot-drilled">
              <button
                type="button"
                class="link"
                ref={(button) => queueMicrotask(() => button.focus({ preventScroll: true }))}
                onClick={leave}
              >
                ← {words.back}
              </button>
              <b>{words.rowsOf(cell.place)}</b>
            </div>
            {props.rows(rowsKeeping(cell.filters))}
          </>
        )}
      </Show>
      <div class="pivot-body" style={{ display: drilled() ? 'none' : undefined }}>
        <div class="pivot-main" classList={{ stale: missing() || waiting() === 'long' }} aria-busy={waiting() !== 'no'}>
          <div class="pivot-title">{titleOf(shown()?.spec ?? spec())}</div>
          <Show when={!fixed() && isNarrow(narrow())}>
            <div class="table-filters pivot-filters">
              <Show when={narrow().search}>{(text) => <span class="table-chip">{`“${text()}”`}</span>}</Show>
              <For each={narrow().filters}>
                {(one) => (
                  <span class="table-chip">
                    {chipText(one)}
                    <button
                      type="button"
                      class="table-chip-off"
                      aria-label={outputs.table.filter.remove(chipText(one))}
                      onClick={() => filter(withoutFilter(narrow(), one))}
                    >
                      ×
                    </button>
                  </span>
                )}
              </For>
            </div>
          </Show>
          <Show when={statement() && !fixed()}>
            <Statement
              of={{ result: props.output.result, spec: spec(), narrow: narrow() }}
              name={props.output.name}
              onInsert={props.onInsert}
              onClose={() => setStatement(false)}
            />
          </Show>
          <Show
            when={!failure() && !message()}
            fallback={
              <div class="pivot-note" role={failure() ? 'alert' : undefined}>
                <Show when={failure()} fallback={<p>{message()}</p>}>
                  {(one) => (
                    <>
                      <b>{words.failed}</b>
                      <p>{failureText(one())}</p>
                      <button type="button" class="link" onClick={again}>
                        {one().code === 'result-gone' && props.onRunAgain ? outputs.table.runAgain : words.again}
                      </button>
                    </>
                  )}
                </Show>
                <Show when={problem() && !fixed()}>
                  <button type="button" class="link" onClick={() => change(choosePivot(columns()) ?? EMPTY)}>
                    {words.suggest}
                  </button>
                </Show>
                <Show when={props.output.dropped && props.onRunAgain}>
                  {(run) => (
                    <button type="button" class="link" onClick={() => run()()}>
                      {outputs.table.runAgain}
                    </button>
                  )}
                </Show>
              </div>
            }
          >
            <Show when={shown()} fallback={<div class="pivot-coming" />}>
              {(now) => (
                <Grid
                  answer={now().answer}
                  sort={now().spec.sort}
                  label={words.label(titleOf(now().spec))}
                  onSort={fixed() ? undefined : (value, at) => change(sortedBy(spec(), value, at))}
                  onDrill={fixed() ? undefined : drill}
                />
              )}
            </Show>
          </Show>
          <div class="pivot-foot">
            <Show when={waiting() === 'long'} fallback={<span>{footText(shown()?.answer, props.output.rows)}</span>}>
              <span>{words.waiting}</span>
              <button type="button" class="link" onClick={cancel}>
                {words.cancel}
              </button>
            </Show>
            <span role="status">{said()}</span>
            <Show when={said() === words.cancelled}>
              <button type="button" class="link" onClick={() => setTries((count) => count + 1)}>
                {words.again}
              </button>
            </Show>
            <span class="pivot-save">
              <Show when={isOwn()}>
                <span>{words.onlyYou}</span>
                <button type="button" class="link" onClick={startAnew}>
                  {words.startAnew}
                </button>
              </Show>
              <Show when={props.onSave && !fixed()}>
                <Show
                  when={isSaved()}
                  fallback={
                    <button type="button" class="link" disabled={problem() !== undefined} onClick={saveForAll}>
                      {words.save}
                    </button>
                  }
                >
                  <span>{words.saved}</span>
                  <button type="button" class="link" onClick={() => props.onSave?.(undefined)}>
                    {words.unsave}
                  </button>
                </Show>
              </Show>
            </span>
          </div>
        </div>
        <Show when={!fixed()}>
          <Panel spec={spec()} columns={columns()} onSpec={change} />
        </Show>
      </div>
    </div>
  );

  function again(): void {
    const run = failure()?.code === 'result-gone' ? props.onRunAgain : undefined;
    if (run) run();
    else setTries((count) => count + 1);
  }
}

function problemText(problem: Extract<ReturnType<typeof planPivot>, { problem: unknown }>['problem']): string {
  switch (problem.kind) {
    case 'no-columns':
      return words.noColumns;
    case 'unknown-column':
      return words.unknownColumn(problem.column);
    case 'not-a-date':
      return words.notADate(problem.column);
    case 'not-a-number':
      return words.notANumber(problem.column);
  }
}

function failureText({ code, message }: Failure): string {
  if (code === 'unreachable') return charts.unreachable;
  return code === 'unreadable' ? charts.unreadable : message;
}

/** Whether it is what was asked for. */
function isOf({ rows, columns, values }: PivotAnswer, spec: PivotSpec): boolean {
  const fields = (list: readonly Pick<PivotField, 'column' | 'unit' | 'bin'>[]) =>
    list.map(({ column, unit, bin }) => [column, unit, bin !== undefined]);
  const said = spec.values.length > 0 ? spec.values : [{ aggregate: 'count' as const, column: undefined }];
  return sameJson(
    [fields(rows.fields), fields(columns.fields), values.map(({ column, aggregate }) => [column, aggregate])],
    [fields(spec.rows), fields(spec.columns), said.map(({ column, aggregate }) => [column, aggregate])],
  );
}

/** How much there is, and what of it is not shown. */
function footText(answer: PivotAnswer | undefined, of: number): string {
  if (!answer) return '\u00a0';
  const { rows, columns, matching } = answer;
  const parts = [matching === of ? words.of(of) : words.matching(matching, of)];
  if (rows.keys.length < rows.of) parts.push(words.leftRows(rows.keys.length, rows.of));
  if (columns.keys.length < columns.of) parts.push(words.leftColumns(columns.keys.length, columns.of));
  return parts.join(' · ');
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
