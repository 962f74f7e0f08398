/**
 * One row of columns, as wide as their writers say. While it is laid out the borders between them are moved: dragged, or by the
 * arrow keys, a twelfth of the row a step. What is drawn in a column stays as it is meanwhile; it is kept when the hand rests.
 */
import { createMemo, createSignal, Index, type JSX, Show } from 'solid-js';
import { type Item, type Row, SPANS } from '../../server/protocol/report/layout.ts';
import { report as words } from '../words/report.ts';
import { borderOf, reduced, twelfths, withBorder } from './spans.ts';

export function Columns<Id extends string>(props: {
  readonly row: Row<Id>;
  readonly all: (items: readonly Item<Id>[]) => JSX.Element;
  readonly span: (id: Id) => number;
  readonly onSpans?: ((spans: ReadonlyMap<Id, number>) => void) | undefined;
}): JSX.Element {
  const ids = createMemo(() => props.row.columns.flatMap(([first]) => (first ? [first.id] : [])));
  const [moving, setMoving] = createSignal<readonly number[]>();
  const spans = createMemo(() => moving() ?? ids().map((id) => props.span(id)));
  let box!: HTMLDivElement;

  function keep(parts: readonly number[]): void {
    setMoving(undefined);
    const kept = reduced(parts);
    if (kept.join() !== reduced(ids().map((id) => props.span(id))).join())
      props.onSpans?.(new Map(ids().map((id, at) => [id, kept[at]!])));
  }

  function drag(edge: number, down: PointerEvent & { readonly currentTarget: HTMLElement }): void {
    if (down.button !== 0) return;
    down.preventDefault();
    const handle = down.currentTarget;
    handle.focus();
    handle.setPointerCapture(down.pointerId);
    const begun = twelfths(spans());
    const move = (event: PointerEvent): void => {
      const { left, width } = box.getBoundingClientRect();
      setMoving(withBorder(begun, edge, ((event.clientX - left) / Math.max(1, width)) * SPANS));
    };
    const end = (event: PointerEvent): void => {
      for (const [type, listener] of listeners) handle.removeEventListener(type, listener);
      const parts = moving();
      if (event.type === 'pointerup' && parts) keep(parts);
      else setMoving(undefined);
    };
    const listeners = [
      ['pointermove', move],
      ['pointerup', end],
      ['pointercancel', end],
    ] as const;
    for (const [type, listener] of listeners) handle.addEventListener(type, listener);
  }

  function onKey(edge: number, event: KeyboardEvent): void {
    const parts = twelfths(spans());
    const to = {
      ArrowLeft: borderOf(parts, edge) - 1,
      ArrowRight: borderOf(parts, edge) + 1,
      Home: 0,
      End: SPANS,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keep(withBorder(parts, edge, to));
  }

  const border = (edge: number): JSX.Element => (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      class="report-border"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label={words.column(edge + 1, ids().length)}
      aria-valuemin={0}
      aria-valuemax={SPANS}
      aria-valuenow={borderOf(twelfths(spans()), edge)}
      aria-valuetext={words.columnWidths(reduced(spans()))}
      data-tip={words.columnHint}
      onPointerDown={(event) => drag(edge, event)}
      onDblClick={() => keep(ids().map(() => 1))}
      onKeyDown={(event) => onKey(edge, event)}
    />
  );

  return (
    <div
      ref={box}
      class="report-row"
      classList={{ moving: moving() !== undefined }}
      style={{
        '--columns': spans()
          .map((span) => `minmax(0, ${span}fr)`)
          .join(' '),
      }}
    >
      <Index each={props.row.columns}>
        {(items, at) => (
          <div class="report-column">
            <Show when={props.onSpans && at > 0}>{border(at - 1)}</Show>
            {props.all(items())}
          </div>
        )}
      </Index>
    </div>
  );
}
