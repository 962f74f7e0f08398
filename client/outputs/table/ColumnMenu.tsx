/**
 * What can be done with one column: sort, filter by what its type allows, pin, hide, move, format. A filter works as it is
 * changed; there is nothing to confirm.
 */
import { createMemo, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { isRanged, type Kind, kindOf } from '../../../server/protocol/table/kinds.ts';
import type { Filter, Test } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import type { ColumnFormat } from '../../../server/protocol/table/settings.ts';
import { outputs } from '../../words/outputs.ts';
import { ComparingFilter, HOWS, isComparing, RangeFilter, ValuesFilter } from './ColumnFilters.tsx';
import { factsOf } from './profile.ts';
import './column.css';

const words = outputs.table.column;

export type ColumnMenuProps = {
  readonly name: string;
  readonly type: string;
  readonly anchor: HTMLElement;
  readonly tests: readonly Filter[];
  readonly profile: ColumnProfile | undefined;
  readonly sorted: 'up' | 'down' | undefined;
  readonly pinned: boolean;
  readonly format: ColumnFormat | undefined;
  /** Places that it can still move by. */
  readonly movable: { readonly left: boolean; readonly right: boolean };
  readonly hideable: boolean;
  readonly onSort: (way: 'up' | 'down' | undefined) => void;
  readonly onTests: (tests: readonly Test[]) => void;
  readonly onPin: () => void;
  readonly onHide: () => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onFormat: (format: ColumnFormat | undefined) => void;
  readonly onClose: () => void;
};

/** What is typed counts when the hand rests. */
const REST_MS = 250;

const FORMATS: Readonly<Partial<Record<Kind, readonly ColumnFormat[]>>> = {
  number: ['number', 'plain', 'percent', 'bytes'],
  time: ['date'],
  text: ['link'],
};

export default function ColumnMenu(props: ColumnMenuProps): JSX.Element {
  let box!: HTMLDivElement;
  const kind = kindOf(props.type);
  const formats = FORMATS[kind] ?? [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  onMount(() => {
    box.showPopover();
    place();
    // The profile comes after the menu, and makes it longer.
    const sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(place);
    sizes?.observe(box);
    onCleanup(() => sizes?.disconnect());
    box.querySelector<HTMLElement>('button, input, select')?.focus({ preventScroll: true });
  });
  function place(): void {
    // A choice may have made the header anew.
    if (!props.anchor.isConnected) return;
    const at = props.anchor.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const below = at.bottom + height + 8 <= innerHeight || at.top < height;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    box.style.top = `${below ? Math.max(8, Math.min(at.bottom, innerHeight - height - 8)) : at.top - height}px`;
  }

  const range = createMemo(() => props.tests.find((test) => test.is === 'range'));
  const among = createMemo(() => props.tests.find((test) => test.is === 'among'));
  const comparing = createMemo(() => props.tests.find(isComparing));
  const nulls = createMemo(() => props.tests.find(({ is }) => is === 'null' || is === 'present')?.is ?? 'any');
  /** The column's tests, with another of these kinds. */
  function put(kinds: readonly Test['is'][], test: Test | undefined): void {
    const others = props.tests.filter(({ is }) => !kinds.includes(is)).map(({ column: _, ...one }) => one);
    props.onTests(test ? [...others, test] : others);
  }
  const later = (work: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(work, REST_MS);
  };
  const act = (work: () => void) => () => {
    box.hidePopover();
    work();
  };

  return (
    <div
      ref={box}
      class="column-menu"
      popover="auto"
      role="dialog"
      aria-label={words.label(props.name)}
      onToggle={(event) => event.newState === 'closed' && props.onClose()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') box.hidePopover();
      }}
    >
      <div class="column-head">
        <b>{props.name}</b> <small>{props.type}</small>
        <Show when={props.profile}>
          {(profile) => (
            <ul>
              <For each={factsOf(profile())}>{(fact) => <li>{fact}</li>}</For>
            </ul>
          )}
        </Show>
      </div>
      <div class="column-do">
        <button
          type="button"
          aria-pressed={props.sorted === 'up'}
          onClick={act(() => props.onSort(props.sorted === 'up' ? undefined : 'up'))}
        >
          ↑ {words.ascending}
        </button>
        <button
          type="button"
          aria-pressed={props.sorted === 'down'}
          onClick={act(() => props.onSort(props.sorted === 'down' ? undefined : 'down'))}
        >
          ↓ {words.descending}
        </button>
      </div>
      <Show when={isRanged(props.type)}>
        <RangeFilter
          type={props.type}
          profile={props.profile}
          range={range()}
          onRange={(test) => put(['range'], test)}
          later={later}
        />
      </Show>
      <Show when={kind === 'text' || kind === 'record' || kind === 'list'}>
        <ComparingFilter test={comparing()} onTest={(test) => put(HOWS, test)} later={later} />
      </Show>
      <Show when={props.profile?.frequent}>
        {(frequent) => (
          <ValuesFilter
            values={frequent().values}
            nulls={props.profile?.nulls ?? 0}
            about={frequent().about || frequent().values.length < (props.profile?.distinct?.count ?? 0)}
            chosen={among()?.values}
            onChosen={(values) => put(['among'], values && { is: 'among', values })}
          />
        )}
      </Show>
      <label class="column-line">
        <span>{words.nulls}</span>
        <select
          value={nulls()}
          onChange={({ currentTarget: { value } }) =>
            put(['null', 'present'], value === 'null' || value === 'present' ? { is: value } : undefined)
          }
        >
          <option value="any">{words.nullsAny}</option>
          <option value="present">{words.nullsWithout}</option>
          <option value="null">{words.nullsOnly}</option>
        </select>
      </label>
      <Show when={formats.length > 0}>
        <label class="column-line">
          <span>{words.format}</span>
          <select
            value={props.format ?? 'auto'}
            onChange={({ currentTarget: { value } }) => props.onFormat(formats.find((one) => one === value))}
          >
            <option value="auto">{words.formats.auto}</option>
            <For each={formats}>{(format) => <option value={format}>{words.formats[format]}</option>}</For>
          </select>
        </label>
      </Show>
      <div class="column-do">
        <button type="button" onClick={act(props.onPin)}>
          {props.pinned ? words.unpin : words.pin}
        </button>
        <button type="button" disabled={!props.hideable} onClick={act(props.onHide)}>
          {words.hide}
        </button>
        <button
          type="button"
          disabled={!props.movable.left}
          aria-label={words.left}
          title={words.left}
          onClick={act(() => props.onMove(-1))}
        >
          ←
        </button>
        <button
          type="button"
          disabled={!props.movable.right}
          aria-label={words.right}
          title={words.right}
          onClick={act(() => props.onMove(1))}
        >
          →
        </button>
        <Show when={props.tests.length > 0}>
          <button type="button" class="column-clear" onClick={act(() => props.onTests([]))}>
            {words.clear}
          </button>
        </Show>
      </div>
    </div>
  );
}
