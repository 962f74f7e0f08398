/**
 * A pivot that is in the file: all of its keys and totals, sorted by a click on a column of figures, or by its first keys. On
 * paper as many columns as fit, and it is said how many there are.
 */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { FileCell, FilePivot as Held } from '../../../server/protocol/report/file.ts';
import { type Head, layoutOf } from '../../outputs/pivot/layout.ts';
import { isFigure, sizeText, titleOf } from '../../outputs/pivot/texts.ts';
import { pivot as pivots } from '../../words/pivot.ts';
import { report as words } from '../../words/report.ts';
import { nextOrder, type Order, sorted } from './sort.ts';

/** Columns that fit the width of a page, with those of the keys. */
const ON_PAPER = 12;
/** Rows shown before somebody asks for all: a screenful and a half. */
const FIRST = 30;

type Line = { readonly at: number; readonly cells: readonly FileCell[] };

export function FilePivot(props: { readonly pivot: Held; readonly paper: boolean }): JSX.Element {
  const { answer, spec, total, short } = props.pivot;
  const layout = layoutOf(answer);
  const { rowHeads, leaves, heads, keys, hasTotalRow } = layout;
  const [order, setOrder] = createSignal<Order>();
  const [all, setAll] = createSignal(keys.length <= FIRST + 5);
  const types = [
    ...answer.rows.fields.map(({ type }) => type),
    ...leaves.map(({ value }) => answer.values[value]?.type ?? ''),
  ];
  const lines = keys.map(
    (_, at): Line => ({
      at,
      cells: [...(answer.rows.keys[at]?.texts ?? []), ...leaves.map((_, leaf) => layout.value(at, leaf))],
    }),
  );
  const ordered = createMemo(() => {
    const now = order();
    if (!now) return lines;
    const places = new Map(lines.map((line) => [line.cells, line]));
    return sorted([...places.keys()], now, types[now.column] ?? '').map((cells) => places.get(cells)!);
  });
  const shown = createMemo(() => (all() || props.paper ? ordered() : ordered().slice(0, FIRST)));
  const width = (): number => (props.paper ? Math.max(1, ON_PAPER - rowHeads.length) : leaves.length);
  const sortOf = (column: number): 'ascending' | 'descending' | 'none' => {
    const now = order();
    return now?.column !== column ? 'none' : now.descending ? 'descending' : 'ascending';
  };
  const sortable = (column: number, text: string): JSX.Element => (
    <button type="button" title={words.file.sort(text)} onClick={() => setOrder(nextOrder(order(), column))}>
      {text}
    </button>
  );
  const isNumber = (leaf: number): boolean => isFigure(answer.values[leaves[leaf]!.value]!.type);
  const figures = (row: number): JSX.Element => (
    <For each={leaves.slice(0, width())}>
      {({ key }, leaf) => (
        <td classList={{ num: isNumber(leaf()), 'file-total': key === undefined }}>{layout.text(row, leaf())}</td>
      )}
    </For>
  );
  return (
    <div class="file-table file-pivot">
      <section class="file-scroll" tabindex={0} aria-label={words.file.pivot(titleOf(spec))}>
        <table>
          <caption>{titleOf(spec)}</caption>
          <thead>
            <For each={heads}>
              {(list, level) => {
                const isLast = level() === heads.length - 1;
                return (
                  <tr>
                    <For each={rowHeads}>
                      {(title, at) => (
                        <Show when={isLast} fallback={<td />}>
                          <th scope="col" aria-sort={sortOf(at())}>
                            {sortable(at(), title)}
                          </th>
                        </Show>
                      )}
                    </For>
                    <For each={within(list, width())}>
                      {({ text, from, span }) => (
                        <Show
                          when={isLast && rowHeads.length > 0}
                          fallback={
                            <th scope={span > 1 ? 'colgroup' : 'col'} colspan={span} class="file-group">
                              {text}
                            </th>
                          }
                        >
                          <th
                            scope="col"
                            classList={{ num: isNumber(from) }}
                            aria-sort={sortOf(rowHeads.length + from)}
                          >
                            {sortable(rowHeads.length + from, text)}
                          </th>
                        </Show>
                      )}
                    </For>
                  </tr>
                );
              }}
            </For>
          </thead>
          <tbody>
            <For each={shown()}>
              {({ at }, index) => (
                <tr>
                  <For each={keys[at]}>
                    {(text, field) => (
                      <th scope="row" classList={{ same: isSame(keys, shown()[index() - 1]?.at, at, field()) }}>
                        {text}
                      </th>
                    )}
                  </For>
                  {figures(at)}
                </tr>
              )}
            </For>
          </tbody>
          <Show when={hasTotalRow}>
            <tfoot>
              <tr>
                <For each={rowHeads}>{(_, at) => <th scope="row">{at() === 0 ? pivots.total : ''}</th>}</For>
                {figures(keys.length)}
              </tr>
            </tfoot>
          </Show>
        </table>
      </section>
      <p class="file-note">
        <span>{sizeText(answer, total)}</span>
        <Show when={props.paper && leaves.length > width()}>
          <span>{words.file.onPaper(width(), leaves.length)}</span>
        </Show>
        <Show when={short}>
          <span>{words.file.short}</span>
        </Show>
        <Show when={!all() && !props.paper}>
          <button type="button" class="link-button" onClick={() => setAll(true)}>
            {words.file.expand(keys.length)}
          </button>
        </Show>
      </p>
    </div>
  );
}

/** Heads cut to the first `most` columns. */
const within = (heads: readonly Head[], most: number): readonly Head[] =>
  heads.flatMap(({ text, from, span }) => (from < most ? [{ text, from, span: Math.min(span, most - from) }] : []));

/** Whether a row's keys up to this one are those of the row above. */
const isSame = (keys: readonly (readonly string[])[], above: number | undefined, at: number, field: number): boolean =>
  above !== undefined && keys[at]!.slice(0, field + 1).every((text, index) => text === keys[above]?.[index]);
