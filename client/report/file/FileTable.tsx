/** The rows of a table that are in the file: sorted by a click, a screenful at first, all of them on paper. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { FileCell, FileTable as Held } from '../../../server/protocol/report/file.ts';
import { type Look, shownText } from '../../outputs/table/cells.ts';
import { addressOf } from '../../outputs/table/formats.ts';
import { lookOf } from '../../outputs/table/settings.ts';
import { report as words } from '../../words/report.ts';
import { isNumeric, nextOrder, type Order, sorted } from './sort.ts';

/** Rows shown before somebody asks for all: a screenful. */
const FIRST = 20;
/** Columns that fit the width of a page and can be read there; the style leaves out the others, and it is said. */
const ON_PAPER = 12;

export function FileTable(props: { readonly table: Held; readonly paper: boolean }): JSX.Element {
  const { columns, formats, rows, total, width } = props.table;
  const looks = columns.map((column, index) => lookOf(column, formats?.[index] ?? undefined));
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
                    {({ type }, index) => (
                      <Cell value={row[index()] ?? null} numeric={isNumeric(type)} look={looks[index()]!} />
                    )}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <p class="file-note">
        <span>{sizeText(props.table)}</span>
        <Show when={columns.length < width}>
          <span>{words.file.columns(columns.length, width)}</span>
        </Show>
        <Show when={columns.length > ON_PAPER}>
          <span class="file-on-paper">{words.file.onPaper(ON_PAPER, width)}</span>
        </Show>
        <Show when={props.table.short}>
          <span>{words.file.short}</span>
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

function sizeText({ rows, total, narrowed, more }: Held): string {
  if (narrowed) return words.file.leaves(rows.length, total, more === true);
  return rows.length < total ? words.file.first(rows.length, total) : words.file.rows(total);
}

/** More than this without a place to break is wider than a phone. */
const LONG = /\S{25}/;

/** As the page's own tables have it, but in full. */
function Cell(props: { readonly value: FileCell; readonly numeric: boolean; readonly look: Look }): JSX.Element {
  const text = (): string => (props.value === null ? 'null' : shownText(String(props.value), props.look));
  const address = (): string | undefined =>
    props.look.format === 'link' && props.value !== null ? addressOf(String(props.value)) : undefined;
  return (
    <td classList={{ num: props.numeric, none: props.value === null, long: LONG.test(text()) }}>
      <Show when={address()} fallback={text()}>
        {(href) => (
          <a href={href()} target="_blank" rel="noopener noreferrer">
            {text()}
          </a>
        )}
      </Show>
    </td>
  );
}
