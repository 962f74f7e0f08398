/**
 * What stands where in a report: rows of columns, and tabs where headings make some. It knows of no notebook: a live one, the
 * page of a link and a file hand it what `arrange` says, and how one item is drawn. A tab that was never opened draws nothing,
 * but where all of it is wanted, as on paper.
 */
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import {
  type Arranged as Arrangement,
  type Item,
  openingOf,
  type Row,
  type Width,
} from '../../server/protocol/report/layout.ts';
import { report as words } from '../words/report.ts';
import { Columns } from './Columns.tsx';
import { createStable } from './stable.ts';
import './report.css';

export type ArrangedProps<Id extends string> = {
  readonly arranged: Arrangement<Id>;
  readonly item: (item: Item<Id>) => JSX.Element;
  /** Forms, or their values: below its opening, else above all. */
  readonly forms?: JSX.Element;
  readonly opens?: (id: Id) => boolean;
  /** How wide a column is that begins with it, as a share of its row. */
  readonly span: (id: Id) => number;
  /** Absent where columns stay as wide as they are. */
  readonly onSpans?: ((spans: ReadonlyMap<Id, number>) => void) | undefined;
  /** Of the headings that are tabs. */
  readonly level: number | undefined;
  /** Draws what no open tab shows, too. */
  readonly whole?: boolean;
  /** All tabs are open, one below the other, as on paper. */
  readonly flat?: boolean;
};

export function Arranged<Id extends string>(props: ArrangedProps<Id>): JSX.Element {
  const id = createUniqueId();
  const stable = createStable<Id>();
  const now = createMemo(() => stable(props.arranged));
  const opening = createMemo(() => openingOf(now(), (id) => props.opens?.(id) === true));
  const item = (one: Item<Id>): JSX.Element => (
    <>
      {props.item(one)}
      <Show when={one.key === opening()}>{props.forms}</Show>
    </>
  );
  const [chosen, setChosen] = createSignal<string>();
  const open = createMemo(() => {
    const keys = now().tabs.map(({ key }) => key);
    return keys.find((key) => key === chosen()) ?? keys[0];
  });
  const [seen, setSeen] = createSignal<ReadonlySet<string>>(new Set());
  createEffect(on(open, (key) => key !== undefined && setSeen((before) => new Set([...before, key]))));
  const go = (from: HTMLElement, by: number | 'first' | 'last'): void => {
    const keys = now().tabs.map(({ key }) => key);
    const at = keys.indexOf(open() ?? '');
    const next = by === 'first' ? 0 : by === 'last' ? keys.length - 1 : (at + by + keys.length) % keys.length;
    setChosen(keys[next]);
    from.parentElement?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  };
  const onKey = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: 'first', End: 'last' } as const;
    const by = Object.entries(moves).find(([key]) => key === event.key)?.[1];
    if (by === undefined) return;
    event.preventDefault();
    go(event.currentTarget, by);
  };
  return (
    <>
      <Show when={opening() === undefined}>{props.forms}</Show>
      <For each={now().rows}>{(row) => <OneRow {...props} item={item} row={row} />}</For>
      <Show when={now().tabs.length > 0}>
        <div class="report-tabs" role="tablist" aria-label={words.tabs}>
          <For each={now().tabs}>
            {({ key, title }) => (
              <button
                type="button"
                role="tab"
                id={`${id}-${key}`}
                aria-selected={open() === key}
                aria-controls={`${id}-${key}-panel`}
                tabindex={open() === key ? 0 : -1}
                onClick={() => setChosen(key)}
                onKeyDown={onKey}
              >
                {title}
              </button>
            )}
          </For>
        </div>
        <For each={now().tabs}>
          {({ key, title, rows }) => (
            <div
              class="report-tab"
              role="tabpanel"
              id={`${id}-${key}-panel`}
              aria-labelledby={`${id}-${key}`}
              hidden={open() !== key && !props.flat}
            >
              <Dynamic component={`h${props.level ?? 2}`} class="report-tab-title">
                {title}
              </Dynamic>
              <Show when={props.whole || seen().has(key)}>
                <For each={rows}>{(row) => <OneRow {...props} item={item} row={row} />}</For>
              </Show>
            </div>
          )}
        </For>
      </Show>
    </>
  );
}

function OneRow<Id extends string>(
  props: Pick<ArrangedProps<Id>, 'item' | 'span' | 'onSpans'> & { readonly row: Row<Id> },
): JSX.Element {
  const all = (items: readonly Item<Id>[]): JSX.Element => <For each={items}>{(item) => props.item(item)}</For>;
  return (
    <Show when={props.row.columns.length > 1} fallback={all(props.row.columns[0] ?? [])}>
      <Columns {...props} all={all} />
    </Show>
  );
}

/** How wide the page is, as a class of its `main`. */
export const widthClass = (width: Width): string => `report-${width}`;
