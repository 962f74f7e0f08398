/**
 * A result on the page: the grid, its footer, and what is said when rows are on their way, gone, or could not be had.
 * The rows that came with the run show at once; everything else is fetched when it is looked at.
 */
import { createEffect, createMemo, createSignal, createUniqueId, type JSX, on, onCleanup, Show } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { outputs as words } from '../../words/outputs.ts';
import { fromBase64 } from '../base64.ts';
import { whenNear } from '../near.ts';
import { type Block, decode } from './blocks.ts';
import { type CopyState, createCopier } from './clipboard.ts';
import { Footer } from './Footer.tsx';
import { createGrid, type Grid } from './grid.ts';
import { listen } from './input.ts';
import { openValue, pretty } from './popover.ts';
import { fetchRows } from './rows.ts';
import type { Selection } from './selection.ts';
import { type Order, sortParameter, toggle } from './sort.ts';
import { watchSorting } from './sorting.ts';
import { createWindows, type Failure, type Windows } from './windows.ts';
import './table.css';

const SETTLED_MS = 1000;
/** A result that is still written and begins with so many rows is a long one: */
const LONG = 1000;
/** its row numbers have room for as many from the start. */
const AWAITED = 9_999_999;

export type TableProps = {
  readonly output: TableOutput;
  /** Milliseconds the run took, once it ended. */
  readonly took: number | undefined;
  readonly onRunAgain?: (() => void) | undefined;
};

export function Table(props: TableProps): JSX.Element {
  // A run that answers with the same columns fills the table that is there: nothing jumps, and widths stay.
  const shape = createMemo(() => JSON.stringify(props.output.columns));
  const dropped = () => props.output.dropped === true && !props.output.block;
  const [away, setAway] = createSignal<number>();
  let host!: HTMLDivElement;
  /** Sorted, resized, chosen from: such a table waits for its reader wherever the page is. */
  let used = false;
  let unwatch = () => {};
  // A table far from the viewport gives its elements and rows back; its place stays. Nobody is far in the first second.
  const watch = setTimeout(() => {
    unwatch = whenNear(host, (near) => {
      if (near) setAway(undefined);
      else if (!used && away() === undefined) setAway(host.offsetHeight);
    });
  }, SETTLED_MS);
  onCleanup(() => {
    clearTimeout(watch);
    unwatch();
  });
  return (
    <div class="table" ref={host}>
      <Show when={!dropped()} fallback={<Dropped onRunAgain={props.onRunAgain} />}>
        <Show when={away() === undefined} fallback={<div style={{ height: `${away()}px` }} />}>
          <Show when={shape()} keyed>
            <Rows {...props} onUse={() => (used = true)} />
          </Show>
        </Show>
      </Show>
    </div>
  );
}

function Dropped(props: { readonly onRunAgain: (() => void) | undefined }): JSX.Element {
  return (
    <div class="table-note">
      <span>{words.table.dropped}</span>
      <Show when={props.onRunAgain}>
        {(again) => (
          <button type="button" class="link" onClick={() => again()()}>
            {words.table.runAgain}
          </button>
        )}
      </Show>
    </div>
  );
}

function Rows(props: TableProps & { readonly onUse: () => void }): JSX.Element {
  const id = createUniqueId();
  const { columns } = props.output;
  const names = columns.map((column) => column.name);
  const [order, setOrder] = createSignal<Order>([]);
  const [failure, setFailure] = createSignal<Failure>();
  const [row, setRow] = createSignal(0);
  const [moving, setMoving] = createSignal(false);
  /** How far a sort that one waits for has come. */
  const [sorting, setSorting] = createSignal<number>();
  const [picked, setPicked] = createSignal<Selection>();
  const [copy, setCopy] = createSignal<CopyState>();
  const sort = createMemo(() => sortParameter(order(), names));

  let first = firstBlock(props.output.block);
  /** While the result is being written only the rows that came are there to see. */
  const rows = () => (props.output.open && first ? first.rows : props.output.rows);
  const awaited = () => (props.output.open && rows() >= LONG ? AWAITED : 0);
  let unsort = () => {};
  let windows = openWindows();
  const grid = openGrid();
  const copier = createCopier(() => windows, setCopy);

  function openWindows(): Windows {
    return createWindows({
      rows: rows(),
      columns: columns.length,
      fetch: fetchRows(props.output.result, sort()),
      first: order().length === 0 ? first : undefined,
      open: props.output.open === true,
      onChange: () => {
        // Rows that are not written yet are no failure: the run's end brings them.
        setFailure(props.output.open && windows.failure?.code === 'result-open' ? undefined : windows.failure);
        unsort();
        grid.refresh(rows(), false, awaited());
      },
    });
  }

  function openGrid(): Grid {
    return createGrid({
      id: `grid-${id}`,
      columns,
      rows: rows(),
      awaited: awaited(),
      label: words.table.label(props.output.name),
      text: (row, column) => windows.text(row, column),
      onSeen: (start, end) => windows.want(start, end),
      onPlace: (row, moving) => {
        setRow(row);
        setMoving(moving);
      },
      onSort: sortBy,
    });
  }

  function sortBy(column: number, several: boolean): void {
    setOrder((now) => toggle(now, column, several));
    windows.release();
    windows = openWindows();
    setFailure(undefined);
    unsort();
    grid.order(order());
    setPicked(grid.selection);
    if (order().length === 0) return;
    const release = watchSorting({ result: props.output.result, sort: sort(), onProgress: setSorting });
    unsort = () => {
      release();
      setSorting(undefined);
      unsort = () => {};
    };
  }

  function open(row: number, column: number): void {
    const text = windows.text(row, column);
    const anchor = grid.cellElement(row, column);
    if (text === undefined || !anchor) return;
    const { kind } = grid.lookOf(column);
    openValue(frame, {
      title: words.table.valueOf(names[column]!, row + 1),
      text: text === null ? 'null' : pretty(text, kind === 'record' || kind === 'list'),
      copy: words.copy,
      anchor,
    });
  }

  function retry(): void {
    setFailure(undefined);
    windows.retry();
    grid.refresh(rows(), false, awaited());
  }

  createEffect(
    on(
      () => [props.output.result, props.output.rows, props.output.open, props.output.block] as const,
      ([result, , , block], before) => {
        const another = result !== before?.[0];
        if (another) {
          unsort();
          setOrder([]);
          setPicked(undefined);
          setFailure(undefined);
          setCopy(undefined);
        }
        if (another || block !== before?.[3]) first = firstBlock(block) ?? (another ? undefined : first);
        windows.release();
        windows = openWindows();
        grid.refresh(rows(), another, awaited());
      },
      { defer: true },
    ),
  );

  // Nobody uses a table in the moment it appears: what listens comes with the first touch of pointer or keyboard.
  let release = () => {};
  const wake = new AbortController();
  const awake = () => {
    wake.abort();
    props.onUse();
    release = listen(grid, {
      rows,
      columns: columns.length,
      onSort: sortBy,
      onOpen: open,
      onSelect: (selection) => {
        setPicked(selection);
        setCopy(undefined);
      },
      onCopy: (event, range) => {
        const whole = range.top === 0 && range.bottom >= rows() - 1 && rows() > 1;
        copier.copy(event, range, whole ? names : undefined);
      },
    });
  };
  for (const type of ['pointerenter', 'pointerdown', 'focus'] as const) {
    grid.root.addEventListener(type, awake, { signal: wake.signal, capture: true });
  }
  onCleanup(() => {
    wake.abort();
    release();
    unsort();
    copier.release();
    windows.release();
    grid.release();
  });

  const frame = (
    <div class="table-frame">
      <Show when={columns.length > 0} fallback={<div class="table-note">{words.table.noColumns}</div>}>
        <div class="table-rows">
          {grid.root}
          <Show when={moving()}>
            <output class="table-place">{words.table.of(row() + 1, rows())}</output>
          </Show>
          <Show when={failure()}>{(problem) => <Problem failure={problem()} onRetry={retry} {...again(props)} />}</Show>
        </div>
      </Show>
      <Footer
        output={props.output}
        took={props.took}
        sort={sort()}
        row={row()}
        picked={picked()}
        sorting={sorting()}
        copy={copy()}
      />
    </div>
  ) as HTMLElement;
  return frame;
}

const again = (props: TableProps) => (props.onRunAgain ? { onRunAgain: props.onRunAgain } : {});

function Problem(props: {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onRunAgain?: () => void;
}): JSX.Element {
  const gone = () => (props.failure.code === 'result-gone' ? props.onRunAgain : undefined);
  return (
    <div class="table-problem" role="alert">
      <b>{gone() ? words.table.dropped : words.table.failed}</b>
      <Show when={!gone()}>
        <span>{props.failure.code === 'unreachable' ? words.table.unreachable : props.failure.message}</span>
      </Show>
      <button type="button" class="link" onClick={() => (gone() ?? props.onRetry)()}>
        {gone() ? words.table.runAgain : words.table.retry}
      </button>
    </div>
  );
}

function firstBlock(block: string | undefined): Block | undefined {
  if (block === undefined) return undefined;
  try {
    return decode(fromBase64(block), 0);
  } catch {
    // A block that cannot be read is as good as none: the rows are asked for.
    return undefined;
  }
}
