/**
 * A pivot as a table: heads of columns and rows are heads to those who hear it too, arrows move among the cells, Enter shows
 * the rows behind one. However many cells there are, those that are seen are elements, the others room.
 */
import { batch, createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import { pivot as words } from '../../words/pivot.ts';
import { tsv } from '../table/copy.ts';
import { GridHead } from './GridHead.tsx';
import { HEAD, headLeft, type Layout, layoutOf, ROW, type Stretch, sum } from './layout.ts';
import { createSight } from './sight.ts';
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

type Focus = { readonly row: number; readonly leaf: number };

export function Grid(props: GridProps): JSX.Element {
  const layout = createMemo(() => layoutOf(props.answer));
  const [focus, setFocus] = createSignal<Focus>({ row: HEAD, leaf: HEAD });
  let box!: HTMLDivElement;
  const { rows: rowsSeen, leaves: leavesSeen, before, after, height, measure, bring } = createSight(layout, () => box);

  const rows = (): number => layout().keys.length + (layout().hasTotalRow ? 1 : 0);
  const leaves = createMemo(() => range(leavesSeen()));

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
      bring(to.row, to.leaf);
      measure();
      setFocus(to);
    });
    box.querySelector<HTMLElement>(`[data-row="${to.row}"][data-leaf="${to.leaf}"]`)?.focus({ preventScroll: true });
  }

  const onKey = (event: KeyboardEvent): void => {
    const { row, leaf } = focus();
    const page = Math.max(1, Math.floor(height() / ROW) - 3);
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
              style={{ left: headLeft(layout(), at()) }}
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
        style={{ width: `${sum(layout().widths.heads) + sum(layout().widths.leaves)}px` }}
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
        <GridHead
          layout={layout()}
          answer={props.answer}
          sort={props.sort}
          seen={leavesSeen()}
          before={before()}
          after={after()}
          tabs={tabs}
          onSort={props.onSort}
        />
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

const range = ({ start, end }: Stretch): readonly number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);

function placeAt(target: EventTarget | null): Focus | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-leaf]') : null;
  return cell ? { row: Number(cell.dataset.row), leaf: Number(cell.dataset.leaf) } : undefined;
}

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
