/** The heads of a pivot's grid: a line for each field of the columns; those of the last line sort. */
import { For, type JSX, Show } from 'solid-js';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import { pivot as words } from '../../words/pivot.ts';
import { HEAD, type Head, headLeft, type Layout, ROW, type Stretch } from './layout.ts';
import { isFigure } from './texts.ts';

type Way = 'ascending' | 'descending' | 'none';

export function GridHead(props: {
  readonly layout: Layout;
  readonly answer: PivotAnswer;
  readonly sort: PivotSpec['sort'];
  /** Leaves that are elements, and pixels of those before and after them. */
  readonly seen: Stretch;
  readonly before: number;
  readonly after: number;
  readonly tabs: (row: number, leaf: number) => 0 | -1;
  /** Absent where it can't be changed. */
  readonly onSort?: ((value: number | undefined, at?: readonly (string | null)[]) => void) | undefined;
}): JSX.Element {
  const sorted = (value: number | undefined, key: number | undefined): Way => {
    const { sort } = props;
    const way = sort?.descending ? 'descending' : 'ascending';
    if (value === undefined) return sort?.value === undefined ? way : 'none';
    if (sort?.value !== value) return 'none';
    const at = key === undefined ? undefined : atOf(props.answer, key);
    return JSON.stringify(sort.at) === JSON.stringify(at) ? way : 'none';
  };

  const leafHead = (leaf: number, text: string): JSX.Element => {
    const { key, value } = props.layout.leaves[leaf]!;
    const isCut = key !== undefined && (props.answer.columns.keys[key]?.cut?.length ?? 0) > 0;
    return (
      <Show when={props.onSort && !isCut && props.layout.rowHeads.length > 0} fallback={<span>{text}</span>}>
        <button
          type="button"
          data-row={HEAD}
          data-leaf={leaf}
          tabindex={props.tabs(HEAD, leaf)}
          title={words.sort(text)}
          onClick={() => props.onSort?.(value, key === undefined ? undefined : atOf(props.answer, key))}
        >
          <span>{text}</span>
          <Arrow way={sorted(value, key)} />
        </button>
      </Show>
    );
  };

  return (
    <thead>
      <For each={props.layout.heads}>
        {(heads, level) => {
          const isLast = () => level() === props.layout.heads.length - 1;
          const top = () => `${level() * ROW}px`;
          return (
            <tr aria-rowindex={level() + 1} style={{ height: `${ROW}px` }}>
              <For each={props.layout.rowHeads}>
                {(title, at) => (
                  <Show
                    when={isLast()}
                    fallback={<td class="pivot-key" style={{ left: headLeft(props.layout, at()), top: top() }} />}
                  >
                    <th
                      scope="col"
                      class="pivot-key"
                      style={{ left: headLeft(props.layout, at()), top: top() }}
                      aria-sort={at() === 0 ? sorted(undefined, undefined) : undefined}
                    >
                      <Show when={at() === 0 && props.onSort} fallback={<span title={title}>{title}</span>}>
                        <button
                          type="button"
                          data-row={HEAD}
                          data-leaf={HEAD}
                          tabindex={props.tabs(HEAD, HEAD)}
                          title={words.sortNames}
                          onClick={() => props.onSort?.(undefined)}
                        >
                          <span>{title}</span>
                          <Arrow way={sorted(undefined, undefined)} />
                        </button>
                      </Show>
                    </th>
                  </Show>
                )}
              </For>
              <Show when={props.before > 0}>
                <td aria-hidden="true" style={{ top: top() }} />
              </Show>
              <For each={inside(heads, props.seen)}>
                {({ text, from, span }) => (
                  <th
                    scope={span > 1 ? 'colgroup' : 'col'}
                    colspan={span}
                    title={text}
                    style={{ top: top() }}
                    aria-sort={
                      isLast() ? sorted(props.layout.leaves[from]!.value, props.layout.leaves[from]!.key) : undefined
                    }
                    classList={{
                      figure: isLast() && isFigure(props.answer.values[props.layout.leaves[from]!.value]!.type),
                      'pivot-total': props.layout.leaves[from]!.key === undefined,
                    }}
                  >
                    {isLast() ? leafHead(from, text) : <span>{text}</span>}
                  </th>
                )}
              </For>
              <Show when={props.after > 0}>
                <td aria-hidden="true" style={{ top: top() }} />
              </Show>
            </tr>
          );
        }}
      </For>
    </thead>
  );
}

const Arrow = (props: { readonly way: Way }): JSX.Element => (
  <Show when={props.way !== 'none'}>
    <i aria-hidden="true">{props.way === 'descending' ? '↓' : '↑'}</i>
  </Show>
);

/** Heads cut to the leaves that are there. */
function inside(heads: readonly Head[], { start, end }: Stretch): Head[] {
  return heads.flatMap(({ text, from, span }) => {
    const [first, last] = [Math.max(start, from), Math.min(end, from + span)];
    return last > first ? [{ text, from: first, span: last - first }] : [];
  });
}

const atOf = ({ columns }: PivotAnswer, key: number): readonly (string | null)[] | undefined =>
  columns.fields.length === 0 ? undefined : columns.keys[key]?.texts;
