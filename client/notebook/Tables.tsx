import { createEffect, createMemo, createResource, createSignal, For, type JSX, on, Show } from 'solid-js';
import type { SessionTable } from '../../server/protocol/messages.ts';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { size } from '../parts/time.ts';
import { words } from '../words/en.ts';
import { tableWords } from '../words/tables.ts';
import { useNotebook } from './context.ts';

/** The side panel *Tables*: what a query can read, with columns; click inserts the name, double-click a query. */
export function Tables(props: {
  readonly onInsert: (table: SessionTable) => void;
  readonly onQuery: (table: SessionTable) => void;
}): JSX.Element {
  const notebook = useNotebook();
  const [tables, { refetch }] = createResource(() => notebook.live.tables());
  const running = createMemo(() => notebook.runs.active().length);
  // What a run made is there when it ended.
  createEffect(on(running, (now, before) => now < (before ?? 0) && void refetch(), { defer: true }));
  const list = (): readonly SessionTable[] => (tables.error ? [] : (tables.latest ?? []));
  const groups = () =>
    [
      { title: tableWords.named, items: list().filter((table) => table.source === 'named') },
      {
        title: tableWords.session,
        items: list().filter((table) => table.source === 'session' || table.source === 'view'),
      },
      { title: tableWords.files, items: list().filter((table) => table.source === 'file') },
    ].filter((group) => group.items.length > 0);
  return (
    <aside class="panel" aria-label={tableWords.title}>
      <div class="panel-head">
        <h2>{tableWords.title}</h2>
        <span class="spring" />
        <IconButton icon="refresh" label={tableWords.refresh} size={14} onClick={() => void refetch()} />
        <IconButton icon="x" label={words.close} shortcut="t" onClick={() => notebook.setPanel('none')} />
      </div>
      <Show when={tables.error}>
        <p class="quiet" role="alert">
          {tableWords.failed}
        </p>
      </Show>
      <For
        each={groups()}
        fallback={
          <Show when={!tables.error}>
            <p class="quiet">{tables.loading ? tableWords.loading : tableWords.none}</p>
          </Show>
        }
      >
        {(group) => (
          <section>
            <h3>{group.title}</h3>
            <ul>
              <For each={group.items}>
                {(table) => <Row table={table} onInsert={props.onInsert} onQuery={props.onQuery} />}
              </For>
            </ul>
          </section>
        )}
      </For>
      <Show when={list().length > 0}>
        <p class="quiet panel-hint">{tableWords.hint}</p>
      </Show>
    </aside>
  );
}

/** Two clicks within this are a double click: the single one waits so long before it inserts. */
const DOUBLE_MS = 220;

function Row(props: {
  readonly table: SessionTable;
  readonly onInsert: (table: SessionTable) => void;
  readonly onQuery: (table: SessionTable) => void;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const facts = (): string => {
    const { rows, bytes, columns } = props.table;
    if (rows !== undefined) return tableWords.rows(rows);
    return bytes ? size(bytes) : columns.length > 0 ? tableWords.columns(columns.length) : '';
  };
  return (
    <li class="table-row">
      <div>
        <button
          type="button"
          class="icon"
          aria-expanded={open()}
          aria-label={tableWords.show(props.table.name)}
          data-tip={tableWords.show(props.table.name)}
          onClick={() => setOpen(!open())}
        >
          <Icon name={open() ? 'down' : 'right'} size={12} />
        </button>
        <button
          type="button"
          class="table-name"
          data-tip={tableWords.insert(props.table.name)}
          aria-label={tableWords.insert(props.table.name)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            clearTimeout(timer);
            timer = setTimeout(() => props.onInsert(props.table), DOUBLE_MS);
          }}
          onDblClick={() => {
            clearTimeout(timer);
            props.onQuery(props.table);
          }}
        >
          {props.table.name}
        </button>
        <span class="table-facts">{facts()}</span>
      </div>
      <Show when={open()}>
        <ul class="columns">
          <Show when={props.table.folder !== undefined}>
            <li class="quiet">{tableWords.from(props.table.folder ?? '')}</li>
          </Show>
          <For each={props.table.columns}>
            {(column) => (
              <li>
                <span>{column.name}</span>
                <code>{column.type.toLowerCase()}</code>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </li>
  );
}
