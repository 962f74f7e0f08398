/**
 * A pivot as a table: heads of columns and rows are heads to those who hear it too, arrows move among the cells, Enter shows
 * the rows behind one. However many cells there are, those that are seen are elements, the others room.
 */
import { batch, createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import { pivot as words } from '../../words/pivot.ts';
import { tsv } from '../table/copy.ts';
import { type Layout, layoutOf, seen, sum } from './layout.ts';
import { isFigure, linesOf } from './texts.ts';

export type GridProps = {
  readonly answer: PivotAnswer;
  readonly sort: PivotSpec['sort'];
  readonly label: string;
  /** Absent where it can't be changed. */
  readonly onSort?: ((value: number | undefined, at?: readonly (string | null)[]) => void) | undefined;
  /** Absent where there are no rows to be shown. */
  readonly onDrill?: ((row: number | undefined, column: number | undefined, place: string) => void) | undefined;
};

/** Pixels, as the style has them. */
const ROW = 28;
const ROWS_AHEAD = 12;
const COLUMNS_AHEAD = 4;
/** Fewer are all there, so that nothing has to be put in when one scrolls. */
const MANY_ROWS = 100;
const MANY_COLUMNS = 40;
/** Where nothing is measured, as before the first picture. */
const USUAL = { width: 900, height: 420 } as const;

type Scroll = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
type Focus = { readonly row: number; readonly leaf: number };
/** Above the first row, and before the first leaf. */
const HEAD = -1;

export function Grid(props: GridProps): JSX.Element {
  const layout = createMemo(() => layoutOf(props.answer));
  const [scroll, setScroll] = createSignal<Scroll>({ left: 0, top: 0, ...USUAL });
  const [focus, setFocus] = createSignal<Focus>({ row: HEAD, leaf: HEAD });
  let box!: HTMLDivElement;

  const rows = (): number => layout().keys.length + (layout().hasTotalRow ? 1 : 0);
  const headWidth = () => sum(layout().widths.heads);
  const rowsSeen = createMemo(
    () => {
      const all = layout().keys.length;
      if (all <= MANY_ROWS) return { start: 0, end: all };
      const { top, height } = scroll();
      const start = Math.max(0, Math.floor(top / ROW) - ROWS_AHEAD);
      return { start, end: Math.min(all, Math.ceil((top + height) / ROW) + ROWS_AHEAD) };
    },
    undefined,
    { equals: same },
  );
  const leavesSeen = createMemo(
    () => {
      const { leaves } = layout().widths;
      if (leaves.length <= MANY_COLUMNS) return { start: 0, end: leaves.length };
      const { left, width } = scroll();
      return seen(leaves, left, left + Math.max(0, width - headWidth()), COLUMNS_AHEAD);
    },
    undefined,
    { equals: same },
  );
  const leaves = createMemo(() => range(leavesSeen()));
  const before = () => sum(layout().widths.leaves.slice(0, leavesSeen().start));
  const after = () => sum(layout().widths.leaves.slice(leavesSeen().end));

  const measure = (): void => {
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = box;
    setScroll({ left, top, width: width || USUAL.width, height: height || USUAL.height });
  };
  onMount(() => {
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    onCleanup(() => observer.disconnect());
  });
  // Other rows and columns: the place in them means nothing any more, unless it is still there.
  createEffect(
    on(
      layout,
      (now) =>
        setFocus(({ row, leaf }) => ({
          row: Math.min(row, rows() - 1),
          leaf: Math.min(leaf, now.leaves.length - 1),
        })),
      { defer: true },
    ),
  );

  /** Goes there, also where it is not an element yet. */
  function go(row: number, leaf: number): void {
    const to = {
      row: Math.max(HEAD, Math.min(rows() - 1, row)),
      leaf: Math.max(layout().rowHeads.length > 0 ? HEAD : 0, Math.min(layout().leaves.length - 1, leaf)),
    };
    batch(() => {
      bring(to);
      measure();
      setFocus(to);
    });
    box.querySelector<HTMLElement>(`[data-row="${to.row}"][data-leaf="${to.leaf}"]`)?.focus({ preventScroll: true });
  }

  function bring({ row, leaf }: Focus): void {
    const { widths, heads, keys } = layout();
    const headHeight = heads.length * ROW;
    if (row >= 0 && row < keys.length) {
      const top = row * ROW;
      if (top < box.scrollTop) box.scrollTop = top;
      const room = box.clientHeight - headHeight - (layout().hasTotalRow ? ROW : 0);
      if (box.clientHeight > 0 && top + ROW > box.scrollTop + room) box.scrollTop = top + ROW - room;
    }
    if (leaf < 0) return;
    const left = sum(widths.leaves.slice(0, leaf));
    if (left < box.scrollLeft) box.scrollLeft = left;
    const room = box.clientWidth - headWidth();
    const right = left + widths.leaves[leaf]!;
    if (box.clientWidth > 0 && right > box.scrollLeft + room) box.scrollLeft = right - room;
  }

  const onKey = (event: KeyboardEvent): void => {
    const { row, leaf } = focus();
    const page = Math.max(1, Math.floor(scroll().height / ROW) - 3);
    const all = event.ctrlKey || event.metaKey;
    const to: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [all ? HEAD : row - 1, leaf],
      ArrowDown: [all ? rows() : row + 1, leaf],
      ArrowLeft: [row, all ? HEAD : leaf - 1],
      ArrowRight: [row, all ? Number.MAX_SAFE_INTEGER : leaf + 1],
      Home: [all ? 0 : row, HEAD],
      End: [all ? rows() : row, Number.MAX_SAFE_INTEGER],
      PageUp: [row - page, leaf],
      PageDown: [row + page, leaf],
    };
    const next = to[event.key];
    if (next) go(...next);
    else if (event.key === 'Enter' && row >= 0 && leaf >= 0) drill(row, leaf);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  function drill(row: number, leaf: number): void {
    const key = layout().leaves[leaf]?.key;
    const isTotal = row >= layout().keys.length;
    props.onDrill?.(isTotal ? undefined : row, key, placeText(layout(), props.answer, row, leaf));
  }

  const onClick = ({ target }: MouseEvent): void => {
    const to = placeAt(target);
    if (!to) return;
    setFocus(to);
    if (to.row >= 0 && to.leaf >= 0) drill(to.row, to.leaf);
  };

  const onFocus = ({ target }: FocusEvent): void => {
    const to = placeAt(target);
    if (to) setFocus(to);
  };

  const onCopy = (event: ClipboardEvent): void => {
    if (getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', tsv(linesOf(props.answer)));
  };

  const tabs = (row: number, leaf: number): 0 | -1 => (focus().row === row && focus().leaf === leaf ? 0 : -1);
  const sorted = (value: number | undefined, key: number | undefined): 'ascending' | 'descending' | 'none' => {
    const { sort } = props;
    const way = sort?.descending ? 'descending' : 'ascending';
    if (value === undefined) return sort?.value === undefined ? way : 'none';
    if (sort?.value !== value) return 'none';
    const at = key === undefined ? undefined : atOf(props.answer, key);
    return JSON.stringify(sort.at) === JSON.stringify(at) ? way : 'none';
  };
  const left = (at: number): string => `${sum(layout().widths.heads.slice(0, at))}px`;

  const leafHead = (leaf: number, text: string): JSX.Element => {
    const { key, value } = layout().leaves[leaf]!;
    const isCut = key !== undefined && (props.answer.columns.keys[key]?.cut?.length ?? 0) > 0;
    return (
      <Show when={props.onSort && !isCut && layout().rowHeads.length > 0} fallback={<span>{text}</span>}>
        <button
          type="button"
          data-row={HEAD}
          data-leaf={leaf}
          tabindex={tabs(HEAD, leaf)}
          title={words.sort(text)}
          onClick={() => props.onSort?.(value, key === undefined ? undefined : atOf(props.answer, key))}
        >
          <span>{text}</span>
          <Arrow way={sorted(value, key)} />
        </button>
      </Show>
    );
  };

  const line = (row: number, isTotal: boolean): JSX.Element => (
    <tr
      aria-rowindex={layout().heads.length + row + 1}
      classList={{ 'pivot-total': isTotal }}
      style={{ height: `${ROW}px` }}
    >
      <For each={layout().rowHeads}>
        {(_, at) => {
          const text = () => (isTotal ? (at() === 0 ? words.total : '') : (layout().keys[row]?.[at()] ?? ''));
          const isSame = () =>
            !isTotal &&
            row > rowsSeen().start &&
            layout()
              .keys[row]!.slice(0, at() + 1)
              .every((key, index) => key === layout().keys[row - 1]?.[index]);
          return (
            <th
              scope="row"
              class="pivot-key"
              classList={{ same: isSame() }}
              style={{ left: left(at()) }}
              title={text()}
              {...(at() === 0 ? { 'data-row': row, 'data-leaf': HEAD } : {})}
              tabindex={at() === 0 ? tabs(row, HEAD) : undefined}
            >
              {text()}
            </th>
          );
        }}
      </For>
      <Show when={before() > 0}>
        <td aria-hidden="true" />
      </Show>
      <For each={leaves()}>
        {(leaf) => {
          const { key, value } = layout().leaves[leaf]!;
          const full = () => layout().value(row, leaf);
          const isDrilled = () => props.onDrill !== undefined && full() !== null;
          return (
            <td
              data-row={row}
              data-leaf={leaf}
              tabindex={tabs(row, leaf)}
              classList={{
                figure: isFigure(props.answer.values[value]!.type),
                'pivot-total': key === undefined,
                drills: isDrilled(),
              }}
              title={full() ?? ''}
            >
              {layout().text(row, leaf)}
            </td>
          );
        }}
      </For>
      <Show when={after() > 0}>
        <td aria-hidden="true" />
      </Show>
    </tr>
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and clicks are of the cells within, one of which has the focus
    <div
      ref={box}
      class="pivot-scroll"
      onScroll={measure}
      onKeyDown={onKey}
      onClick={onClick}
      onFocusIn={onFocus}
      onCopy={onCopy}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows move among its cells, Enter opens one
        role="grid"
        class="pivot-grid"
        aria-label={props.label}
        aria-readonly="true"
        aria-rowcount={layout().heads.length + rows()}
        aria-colcount={layout().rowHeads.length + layout().leaves.length}
        style={{ width: `${headWidth() + sum(layout().widths.leaves)}px` }}
      >
        <colgroup>
          <For each={layout().widths.heads}>{(width) => <col style={{ width: `${width}px` }} />}</For>
          <Show when={before() > 0}>
            <col style={{ width: `${before()}px` }} />
          </Show>
          <For each={leaves()}>{(leaf) => <col style={{ width: `${layout().widths.leaves[leaf]}px` }} />}</For>
          <Show when={after() > 0}>
            <col style={{ width: `${after()}px` }} />
          </Show>
        </colgroup>
        <thead>
          <For each={layout().heads}>
            {(heads, level) => {
              const isLast = () => level() === layout().heads.length - 1;
              return (
                <tr aria-rowindex={level() + 1} style={{ height: `${ROW}px` }}>
                  <For each={layout().rowHeads}>
                    {(title, at) => (
                      <Show
                        when={isLast()}
                        fallback={<td class="pivot-key" style={{ left: left(at()), top: `${level() * ROW}px` }} />}
                      >
                        <th
                          scope="col"
                          class="pivot-key"
                          style={{ left: left(at()), top: `${level() * ROW}px` }}
                          aria-sort={at() === 0 ? sorted(undefined, undefined) : undefined}
                        >
                          <Show when={at() === 0 && props.onSort} fallback={<span title={title}>{title}</span>}>
                            <button
                              type="button"
                              data-row={HEAD}
                              data-leaf={HEAD}
                              tabindex={tabs(HEAD, HEAD)}
                              title={words.sortNames}
                              onClick={() => props.onSort?.(undefined)}
                            >
                              <span>{title}</span>
                              <Arrow way={sorted(undefined, undefined)} />
                            </button>
                          </Show>
                        </th>
                      </Show>
                    )}
                  </For>
                  <Show when={before() > 0}>
                    <td aria-hidden="true" style={{ top: `${level() * ROW}px` }} />
                  </Show>
                  <For each={inside(heads, leavesSeen())}>
                    {({ text, from, span }) => (
                      <th
                        scope={span > 1 ? 'colgroup' : 'col'}
                        colspan={span}
                        title={text}
                        style={{ top: `${level() * ROW}px` }}
                        aria-sort={
                          isLast() ? sorted(layout().leaves[from]!.value, layout().leaves[from]!.key) : undefined
                        }
                        classList={{
                          figure: isLast() && isFigure(props.answer.values[layout().leaves[from]!.value]!.type),
                          'pivot-total': layout().leaves[from]!.key === undefined,
                        }}
                      >
                        {isLast() ? leafHead(from, text) : <span>{text}</span>}
                      </th>
                    )}
                  </For>
                  <Show when={after() > 0}>
                    <td aria-hidden="true" style={{ top: `${level() * ROW}px` }} />
                  </Show>
                </tr>
              );
            }}
          </For>
        </thead>
        <tbody>
          <Show when={rowsSeen().start > 0}>
            <tr style={{ height: `${rowsSeen().start * ROW}px` }}>
              <td aria-hidden="true" />
            </tr>
          </Show>
          <For each={range(rowsSeen())}>{(row) => line(row, false)}</For>
          <Show when={rowsSeen().end < layout().keys.length}>
            <tr style={{ height: `${(layout().keys.length - rowsSeen().end) * ROW}px` }}>
              <td aria-hidden="true" />
            </tr>
          </Show>
        </tbody>
        <Show when={layout().hasTotalRow}>
          <tfoot>{line(layout().keys.length, true)}</tfoot>
        </Show>
      </table>
    </div>
  );
}

const Arrow = (props: { readonly way: 'ascending' | 'descending' | 'none' }): JSX.Element => (
  <Show when={props.way !== 'none'}>
    <i aria-hidden="true">{props.way === 'descending' ? '↓' : '↑'}</i>
  </Show>
);

const same = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  a.start === b.start && a.end === b.end;

const range = ({ start, end }: { readonly start: number; readonly end: number }): readonly number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);

function placeAt(target: EventTarget | null): Focus | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-leaf]') : null;
  return cell ? { row: Number(cell.dataset.row), leaf: Number(cell.dataset.leaf) } : undefined;
}

/** Heads cut to the leaves that are there. */
function inside(heads: Layout['heads'][number], { start, end }: { readonly start: number; readonly end: number }) {
  return heads.flatMap(({ text, from, span }) => {
    const [first, last] = [Math.max(start, from), Math.min(end, from + span)];
    return last > first ? [{ text, from: first, span: last - first }] : [];
  });
}

const atOf = ({ columns }: PivotAnswer, key: number): readonly (string | null)[] | undefined =>
  columns.fields.length === 0 ? undefined : columns.keys[key]?.texts;

/** Where a cell stands, in words. */
function placeText({ keys, heads, leaves, rowHeads }: Layout, answer: PivotAnswer, row: number, leaf: number): string {
  const above = heads
    .slice(0, answer.columns.fields.length)
    .map((list) => list.find(({ from, span }) => leaf >= from && leaf < from + span)?.text ?? '');
  const down = rowHeads.length > 0 ? (keys[row] ?? []) : [];
  const across = leaves[leaf]?.key === undefined ? [] : above;
  const place = [...down, ...across].join(' · ');
  return place === '' ? words.everything : place;
}
