/** The rows of a table that are in the file: sorted by a click, a screenful at first, all of them on paper. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { FileCell, FileTable as Held } from '../../../server/protocol/report/file.ts';
import { report as words } from '../../words/report.ts';
import { isNumeric, nextOrder, type Order, sorted } from './sort.ts';

/** Rows shown before somebody asks for all: a screenful. */
const FIRST = 20;
/** Columns that fit the width of a page and can be read there; the style leaves out the others, and it is said. */
const ON_PAPER = 12;

export function FileTable(props: { readonly table: Held; readonly paper: boolean }): JSX.Element {
  const { columns, rows, total, width } = props.table;
  const [order, setOrder] = createSignal<Order>();
  const [all, setAll] = createSignal(rows.length <= FIRST + 5);
  const ordered = createMemo(() => {
    const now = order();
    return sorted(rows, now, now ? (columns[now.column]?.type ?? '') : '');
  });
  const shown = createMemo(() => (all() || props.paper ? ordered() : ordered().slice(0, FIRST)));
  const sortOf = (index: number): 'ascending' | 'descending' | 'none' => {
    const now = order();
    return now?.column !== index ? 'none' : now.descending ? 'descending' : 'ascending';
  };
  return (
    <div class="file-table">
      <section class="file-scroll" tabindex={0} aria-label={words.file.rows(total)}>
        <table>
          <thead>
            <tr>
              <For each={columns}>
                {({ name, type }, index) => (
                  <th scope="col" aria-sort={sortOf(index())} classList={{ num: isNumeric(type) }}>
                    <button
                      type="button"
                      title={`${words.file.sort(name)} (${type})`}
                      onClick={() => setOrder(nextOrder(order(), index()))}
                    >
                      {name}
                    </button>
                  </th>
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={shown()}>
              {(row) => (
                <tr>
                  <For each={columns}>
                    {({ type }, index) => <Cell value={row[index()] ?? null} numeric={isNumeric(type)} />}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <p class="file-note">
        <span>{rows.length < total ? words.file.first(rows.length, total) : words.file.rows(total)}</span>
        <Show when={columns.length < width}>
          <span>{words.file.columns(columns.length, width)}</span>
        </Show>
        <Show when={columns.length > ON_PAPER}>
          <span class="file-on-paper">{words.file.onPaper(ON_PAPER, width)}</span>
        </Show>
        <Show when={props.table.cut}>
          <span>{words.file.cut}</span>
        </Show>
        <Show when={!all() && !props.paper}>
          <button type="button" class="link-button" onClick={() => setAll(true)}>
            {words.file.expand(rows.length)}
          </button>
        </Show>
      </p>
    </div>
  );
}

function Cell(props: { readonly value: FileCell; readonly numeric: boolean }): JSX.Element {
  return (
    <td classList={{ num: props.numeric, none: props.value === null }}>
      {props.value === null ? 'NULL' : String(props.value)}
    </td>
  );
}
