/**
 * What is seen of a result: its rows as they are sorted and filtered, through windows, and how far that is. Of another view
 * the rows before stay until its first ones are found; what is still being written has those that came.
 */
import { createSignal } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { isNarrow, type Narrow } from '../../../server/protocol/table/narrow.ts';
import { firstBlock } from './blocks.ts';
import { type Progress, watchView } from './progress.ts';
import { fetchRows } from './rows.ts';
import type { Order } from './sort.ts';
import type { ViewQuery } from './view.ts';
import { createWindows, type Failure, type Windows } from './windows.ts';

/** A result that is still written and begins with so many rows is a long one: */
const LONG = 1000;
/** its row numbers have room for as many from the start. */
const AWAITED = 9_999_999;

export type LookingParts = {
  readonly output: () => TableOutput;
  readonly order: () => Order;
  /** What holds now. */
  readonly narrow: () => Narrow;
  readonly query: () => ViewQuery;
  /** Some came, or there are more of them. */
  readonly onRows: () => void;
  /** Another view is asked for. */
  readonly onOrder: () => void;
  /** Its windows are there. */
  readonly onBegin: () => void;
};

export type Looking = ReturnType<typeof createLooking>;

export function createLooking(parts: LookingParts) {
  const { output, order, narrow, query, onRows, onOrder, onBegin } = parts;
  const [failure, setFailure] = createSignal<Failure>();
  /** Of a sort or a search that one waits for. */
  const [progress, setProgress] = createSignal<Progress>();
  /** Rows that match, once something is known of them. */
  const [matching, setMatching] = createSignal<number>();
  /** Another view was asked for, and the one before is still shown. */
  const [pending, setPending] = createSignal(false);
  let first = firstBlock(output().block);
  let unwatch = () => {};
  let windows = openWindows();

  const isFiltered = (): boolean => isNarrow(narrow());
  /** While the result is being written only the rows that came are there to see. */
  function whole(): number {
    const { open, rows } = output();
    return open && first ? first.rows : rows;
  }
  const awaited = (): number => (output().open && whole() >= LONG ? AWAITED : 0);
  function rows(): number {
    return isNarrow(narrow()) ? (matching() ?? 0) : whole();
  }

  function openWindows(): Windows {
    const isPlain = order().length === 0 && !isNarrow(narrow());
    return createWindows({
      rows,
      columns: output().columns.length,
      fetch: fetchRows(output().result, query()),
      first: isPlain ? first : undefined,
      open: output().open === true,
      onChange: () => {
        // Rows that are not written yet are no failure: the run's end brings them.
        setFailure(output().open && windows.failure?.code === 'result-open' ? undefined : windows.failure);
        if (!isFiltered()) rest();
        onRows();
      },
    });
  }

  function reopen(): void {
    windows.release();
    windows = openWindows();
  }

  function rest(): void {
    unwatch();
    unwatch = () => {};
    setProgress(undefined);
  }

  /** Another order, or other filters. */
  function look(): void {
    rest();
    setFailure(undefined);
    const isSearch = isFiltered();
    let isNew = true;
    const begin = (): void => {
      isNew = false;
      setPending(false);
      reopen();
      onBegin();
    };
    onOrder();
    if (isSearch) setPending(true);
    else {
      setMatching(undefined);
      begin();
    }
    if (!isSearch && order().length === 0) return;
    unwatch = watchView({
      result: output().result,
      query: query(),
      isSearch,
      onProgress: (now) => {
        setProgress(now);
        if (!isSearch) return;
        setMatching(now.rows);
        if (isNew) begin();
        else onRows();
        if (now.fraction === 1) setProgress(undefined);
      },
      onFailure: (problem) => {
        rest();
        setPending(false);
        setFailure(problem);
      },
    });
  }

  return {
    get windows() {
      return windows;
    },
    failure,
    progress,
    matching,
    pending,
    whole,
    awaited,
    rows,
    look,
    reopen,
    retry: (): void => {
      setFailure(undefined);
      if (isFiltered() && matching() === undefined) {
        look();
        return;
      }
      windows.retry();
      onRows();
    },
    /** The result's first rows came, or another result did. */
    take: (
      block: TableOutput['block'],
      { isAnother, isNew }: { readonly isAnother: boolean; readonly isNew: boolean },
    ): void => {
      if (isAnother) {
        setFailure(undefined);
        setMatching(undefined);
      }
      if (isNew) first = firstBlock(block) ?? (isAnother ? undefined : first);
    },
    release: (): void => {
      unwatch();
      windows.release();
    },
  };
}
