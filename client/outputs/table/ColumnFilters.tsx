/** What a column's menu filters by: a stretch, a text, frequent values. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { calendarOf } from '../../../server/protocol/table/kinds.ts';
import { isEnd, type Test } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import { figure } from '../../words/numbers.ts';
import { outputs } from '../../words/outputs.ts';
import { group } from './numbers.ts';
import { barsOf } from './profile.ts';

const words = outputs.table.column;

export const HOWS = ['contains', 'equals', 'starts'] as const;
type Comparing = Extract<Test, { is: (typeof HOWS)[number] }>;
export const isComparing = <T extends Test>(test: T): test is T & Comparing => HOWS.some((how) => how === test.is);

/** From and to, typed or chosen on the histogram. */
export function RangeFilter(props: {
  readonly type: string;
  readonly profile: ColumnProfile | undefined;
  readonly range: Extract<Test, { is: 'range' }> | undefined;
  readonly onRange: (test: Test | undefined) => void;
  readonly later: (work: () => void) => void;
}): JSX.Element {
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

export function ComparingFilter(props: {
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
export function ValuesFilter(props: {
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
            <span class="column-count">{count === undefined ? '' : figure(count)}</span>
          </label>
        )}
      </For>
      <Show when={props.about}>
        <small>{words.others}</small>
      </Show>
    </fieldset>
  );
}
