/**
 * What can be done with one column: sort, filter by what its type allows, pin, hide, move, format. A filter works as it is
 * changed; there is nothing to confirm.
 */
import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { calendarOf, isRanged, type Kind, kindOf } from '../../../server/protocol/table/kinds.ts';
import { type Filter, isEnd, type Test } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import type { ColumnFormat } from '../../../server/protocol/table/settings.ts';
import { outputs } from '../../words/outputs.ts';
import { group } from './numbers.ts';
import { barsOf, factsOf } from './profile.ts';

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
  time: ['plain', 'date'],
  text: ['plain', 'link'],
};

const HOWS = ['contains', 'equals', 'starts'] as const;
type Comparing = Extract<Test, { is: (typeof HOWS)[number] }>;
const isComparing = <T extends Test>(test: T): test is T & Comparing => HOWS.some((how) => how === test.is);

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
        <Range {...props} range={range()} onRange={(test) => put(['range'], test)} later={later} />
      </Show>
      <Show when={kind === 'text' || kind === 'record' || kind === 'list'}>
        <Comparing test={comparing()} onTest={(test) => put(HOWS, test)} later={later} />
      </Show>
      <Show when={props.profile?.frequent}>
        {(frequent) => (
          <Values
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

/** From and to, typed or chosen on the histogram. */
function Range(
  props: ColumnMenuProps & {
    readonly range: Extract<Test, { is: 'range' }> | undefined;
    readonly onRange: (test: Test | undefined) => void;
    readonly later: (work: () => void) => void;
  },
): JSX.Element {
  const [wrong, setWrong] = createSignal(false);
  let from!: HTMLInputElement;
  let to!: HTMLInputElement;
  let pressed: number | undefined;
  const calendar = calendarOf(props.type);
  function read(): void {
    // Figures are grouped as they are shown; nobody need take that out again.
    const [low, high] = [from.value, to.value].map((text) =>
      text
        .trim()
        .replaceAll(calendar ? '' : ',', '')
        .replace(/^−/, '-'),
    );
    const bad = [low, high].some((end) => end && !isEnd(end, props.type));
    setWrong(bad);
    if (bad) return;
    const below = props.range?.below && props.range.to === high;
    const ends = { ...(low ? { from: low } : {}), ...(high ? { to: high, ...(below ? { below } : {}) } : {}) };
    props.onRange(low || high ? { is: 'range', ...ends } : undefined);
  }
  function choose(a: number, b: number): void {
    const edges = props.profile?.bins?.edges;
    const [start, end] = [edges?.[Math.min(a, b)], edges?.[Math.max(a, b) + 1]];
    if (start !== undefined && end !== undefined) props.onRange({ is: 'range', from: start, to: end, below: true });
  }
  return (
    <div class="column-range">
      <Show when={(props.profile?.bins?.counts.length ?? 0) > 1 && props.profile?.bins}>
        {(bins) => (
          <div class="column-bars">
            {barsOf(bins().counts)}
            <div class="column-bins">
              <For each={bins().counts}>
                {(count, at) => (
                  <button
                    type="button"
                    tabindex="-1"
                    title={words.bin(group(bins().edges[at()]!), group(bins().edges[at() + 1]!), count)}
                    aria-label={words.bin(group(bins().edges[at()]!), group(bins().edges[at() + 1]!), count)}
                    onPointerDown={() => (pressed = at())}
                    onPointerUp={() => choose(pressed ?? at(), at())}
                  />
                )}
              </For>
            </div>
          </div>
        )}
      </Show>
      <div class="column-ends">
        <input
          ref={from}
          aria-label={words.from}
          placeholder={props.profile?.ends ? group(props.profile.ends[0]) : words.from}
          value={props.range?.from ?? ''}
          aria-invalid={wrong()}
          inputmode={calendar ? 'text' : 'decimal'}
          onInput={() => props.later(read)}
          onChange={read}
        />
        <span>–</span>
        <input
          ref={to}
          aria-label={words.to}
          placeholder={props.profile?.ends ? group(props.profile.ends[1]) : words.to}
          value={props.range?.to ?? ''}
          aria-invalid={wrong()}
          inputmode={calendar ? 'text' : 'decimal'}
          onInput={() => props.later(read)}
          onChange={read}
        />
      </div>
      <Show when={wrong()}>
        <p class="column-wrong" role="alert">
          {calendar ? words.noDate : words.noNumber}
        </p>
      </Show>
    </div>
  );
}

function Comparing(props: {
  readonly test: Comparing | undefined;
  readonly onTest: (test: Test | undefined) => void;
  readonly later: (work: () => void) => void;
}): JSX.Element {
  let how!: HTMLSelectElement;
  let text!: HTMLInputElement;
  const read = (): void => {
    const is = HOWS.find((one) => one === how.value) ?? 'contains';
    props.onTest(text.value === '' ? undefined : { is, text: text.value });
  };
  return (
    <div class="column-ends">
      <select ref={how} aria-label={words.how} value={props.test?.is ?? 'contains'} onChange={read}>
        <For each={HOWS}>{(one) => <option value={one}>{words.hows[one]}</option>}</For>
      </select>
      <input
        ref={text}
        type="search"
        aria-label={words.text}
        placeholder={words.text}
        value={props.test?.text ?? ''}
        onInput={() => props.later(read)}
        onChange={read}
      />
    </div>
  );
}

/** The frequent values with their counts, to be ticked. */
function Values(props: {
  readonly values: readonly { readonly text: string; readonly count: number }[];
  readonly nulls: number;
  readonly about: boolean;
  readonly chosen: readonly (string | null)[] | undefined;
  readonly onChosen: (values: readonly (string | null)[] | undefined) => void;
}): JSX.Element {
  const list = createMemo(() => {
    const known: { readonly text: string | null; readonly count: number | undefined }[] = [...props.values];
    if (props.nulls > 0) known.push({ text: null, count: props.nulls });
    // What is chosen stays to be unticked, though other filters left none of it.
    const missing = (props.chosen ?? []).filter((text) => !known.some((one) => one.text === text));
    return [...missing.map((text) => ({ text, count: undefined })), ...known];
  });
  function tick(text: string | null, on: boolean): void {
    const others = (props.chosen ?? []).filter((one) => one !== text);
    const next = on ? [...others, text] : others;
    props.onChosen(next.length > 0 ? next : undefined);
  }
  return (
    <fieldset class="column-values" aria-label={words.values}>
      <For each={list()}>
        {({ text, count }) => (
          <label>
            <input
              type="checkbox"
              checked={props.chosen?.includes(text) ?? false}
              onChange={({ currentTarget }) => tick(text, currentTarget.checked)}
            />
            <span class="column-value">{text === null ? <i>null</i> : text === '' ? '“”' : text}</span>
            <span class="column-count">{count === undefined ? '' : outputs.figure(count)}</span>
          </label>
        )}
      </For>
      <Show when={props.about}>
        <small>{words.others}</small>
      </Show>
    </fieldset>
  );
}
