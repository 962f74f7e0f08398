/**
 * A result as a pivot: what it is made of (a viewer's own settings, what a writer saved, or the first choice), the server's
 * answer, and the grid. The last grid stays, dimmed, until the next one is there. A click on a cell shows its rows here, as
 * the table shows them, with a way back; the table's own filters are never touched by it.
 */
import { batch, createMemo, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Portal } from 'solid-js/web';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { planPivot } from '../../../server/protocol/pivot/plan.ts';
import type { PivotSettings } from '../../../server/protocol/pivot.ts';
import { EVERYTHING, type Filter, isNarrow } from '../../../server/protocol/table/narrow.ts';
import type { TableSettings } from '../../../server/protocol/table/settings.ts';
import { alike } from '../../alike.ts';
import { outputs } from '../../words/outputs.ts';
import { pivot as words } from '../../words/pivot.ts';
import { whenNear } from '../near.ts';
import { save } from '../save.ts';
import { tsv } from '../table/copy.ts';
import type { Keeping } from '../table/keeping.ts';
import { together } from '../table/view.ts';
import { createAnswering } from './answering.ts';
import { sortedBy } from './change.ts';
import { createChoosing } from './choosing.ts';
import { Drilled } from './Drilled.tsx';
import { filtersOf } from './drill.ts';
import { Foot } from './Foot.tsx';
import { Grid } from './Grid.tsx';
import { Narrowed } from './Narrowed.tsx';
import { Note } from './Note.tsx';
import { Panel } from './Panel.tsx';
import { Statement } from './Statement.tsx';
import { csvOf, linesOf, titleOf } from './texts.ts';
import '../chart/chart.css';
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
  /** What is selected in charts that it follows. */
  readonly linked?: readonly Filter[] | undefined;
  /** Absent for those who may not write. Undefined takes it away again. */
  readonly onSave?: ((settings: PivotSettings | undefined) => void) | undefined;
  /** Puts a statement below; absent for those who may not write. */
  readonly onInsert?: ((source: string) => void) | undefined;
  /** The table, looked at so. */
  readonly rows: (keeping: Keeping) => JSX.Element;
  readonly onRunAgain?: (() => void) | undefined;
};

type Cell = { readonly filters: readonly Filter[]; readonly place: string };

export function Pivot(props: PivotProps): JSX.Element {
  /** Whoever may not read the rows is told the pivot that is shown, whatever they ask for. */
  const [locked, setLocked] = createSignal(false);
  const fixed = (): boolean => props.fixed || locked();
  const columns = createMemo(() => props.output.columns, undefined, { equals: alike });
  const choosing = createChoosing({
    columns,
    index: props.index,
    part: () => props.part,
    table: () => props.table,
    fixed,
    place: props.place,
    keeping: props.keeping,
  });
  const { spec, narrow, change } = choosing;
  const asked = createMemo(() => together(narrow(), fixed() ? undefined : props.linked), EVERYTHING, { equals: alike });
  const problem = createMemo(() => {
    const planned = planPivot(spec(), columns());
    return 'problem' in planned ? planned.problem : undefined;
  });
  const [near, setNear] = createSignal(false);
  const [drilled, setDrilled] = createSignal<Cell>();
  const [statement, setStatement] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const wanted = createMemo((before: boolean) => before || near(), false);
  const missing = () => props.output.open === true || props.output.dropped === true;
  let frame!: HTMLDivElement;

  const answering = createAnswering({
    result: () => props.output.result,
    spec,
    narrow: asked,
    ready: createMemo(() => !missing() && !problem() && wanted()),
    onAsk() {
      setDrilled(undefined);
      setSaid('');
    },
    onLocked: () => setLocked(true),
  });
  const { shown, failure, waiting } = answering;
  onMount(() => onCleanup(whenNear(frame, setNear)));

  function cancel(): void {
    batch(() => {
      answering.cancel();
      setSaid(words.cancelled);
    });
  }

  function saveForAll(): void {
    props.onSave?.({ ...spec(), ...(isNarrow(narrow()) ? narrow() : {}) });
    choosing.startAnew();
  }

  function drill(row: number | undefined, column: number | undefined, place: string): void {
    const now = shown();
    const filters = now && filtersOf(now.answer, row, column);
    if (filters) setDrilled({ filters, place });
  }

  const rowsKeeping = (filters: readonly Filter[]): Keeping => {
    let now: TableSettings | undefined = {
      ...choosing.settings(),
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

  const message = (): string | undefined => {
    const wrong = problem();
    if (props.output.dropped) return outputs.table.dropped;
    if (wrong) return problemText(wrong);
    if (props.output.open && !shown()) return words.open;
    const now = shown()?.answer;
    if (now?.matching !== 0) return undefined;
    return isNarrow(asked()) ? words.noMatch : words.noRows;
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
          <Drilled cell={cell.place} onBack={leave}>
            {props.rows(rowsKeeping(cell.filters))}
          </Drilled>
        )}
      </Show>
      <div class="pivot-body" style={{ display: drilled() ? 'none' : undefined }}>
        <div class="pivot-main" classList={{ stale: missing() || waiting() === 'long' }} aria-busy={waiting() !== 'no'}>
          <div class="pivot-title">{titleOf(shown()?.spec ?? spec())}</div>
          <Show when={!fixed() && isNarrow(narrow())}>
            <Narrowed narrow={narrow()} onNarrow={choosing.filter} />
          </Show>
          <Show when={statement() && !fixed()}>
            <Statement
              of={{ result: props.output.result, spec: spec(), narrow: asked() }}
              name={props.output.name}
              onInsert={props.onInsert}
              onClose={() => setStatement(false)}
            />
          </Show>
          <Show
            when={!failure() && !message()}
            fallback={
              <Note
                message={message()}
                failure={failure()}
                dropped={props.output.dropped === true}
                onAgain={answering.again}
                onRunAgain={props.onRunAgain}
                onSuggest={problem() && !fixed() ? () => change(choosing.suggest()) : undefined}
              />
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
          <Foot
            answer={shown()?.answer}
            of={props.output.rows}
            slow={waiting() === 'long'}
            said={said()}
            own={choosing.isOwn()}
            saved={choosing.isSaved()}
            savable={problem() === undefined}
            onCancel={cancel}
            onAgain={answering.again}
            onStartAnew={choosing.startAnew}
            onSave={props.onSave && !fixed() ? saveForAll : undefined}
            onUnsave={() => props.onSave?.(undefined)}
          />
        </div>
        <Show when={!fixed()}>
          <Panel spec={spec()} columns={columns()} onSpec={change} />
        </Show>
      </div>
    </div>
  );
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
