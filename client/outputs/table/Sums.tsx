/** What the picked values come to: asked of the server, which has them all, when the hand rests. */
import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';
import { asking } from '../../standing.ts';
import { outputs } from '../../words/outputs.ts';
import { group } from './numbers.ts';
import { HEADER, rangeOf, type Selection } from './selection.ts';
import type { ViewQuery } from './view.ts';

const words = outputs.table;
const REST_MS = 200;
/** A sum of more columns than one chooses by hand says nothing. */
const MOST_COLUMNS = 200;

export function Sums(props: {
  readonly result: string;
  /** Of the view. */
  readonly rows: number;
  readonly view: ViewQuery;
  readonly columns: readonly string[];
  readonly picked: Selection | undefined;
}): JSX.Element {
  const [text, setText] = createSignal<string>();
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    abort.abort();
  };
  onCleanup(stop);
  createEffect(
    on(
      () => [props.picked, props.result, props.view, props.columns] as const,
      ([picked, result, view, columns]) => {
        stop();
        setText(undefined);
        if (!picked || picked.head.row === HEADER || columns.length > MOST_COLUMNS) return;
        const { top, bottom, left, right } = rangeOf(picked);
        if (top === bottom && left === right) return;
        abort = new AbortController();
        const { signal } = abort;
        const query = {
          ...view,
          columns: JSON.stringify(columns),
          from: String(top),
          to: String(Math.min(props.rows, bottom + 1)),
        };
        timer = setTimeout(() => {
          void ask(result, query, signal)
            .then((answer) => !signal.aborted && setText(answer))
            .catch(() => {});
        }, REST_MS);
      },
    ),
  );
  return <Show when={text()}>{(shown) => <span class="table-sums">{shown()}</span>}</Show>;
}

async function ask(result: string, query: ViewQuery, signal: AbortSignal): Promise<string | undefined> {
  const address = `/api/v1/results/${encodeURIComponent(result)}/sums?${new URLSearchParams(query)}`;
  const response = await fetch(address, { signal, ...asking() });
  const body: unknown = response.ok ? await response.json() : undefined;
  if (typeof body !== 'object' || body === null) return undefined;
  const { values, numbers, sum, mean }: Readonly<Record<string, unknown>> = { ...body };
  if (typeof values !== 'number' || typeof numbers !== 'number') return undefined;
  if (typeof sum !== 'string' || typeof mean !== 'number') return words.values(values);
  return words.sums(numbers, group(sum), group(short(mean)));
}

/** Six figures say what a mean says. */
const short = (value: number): string => String(Number(value.toPrecision(Math.abs(value) >= 1e6 ? 9 : 6)));
