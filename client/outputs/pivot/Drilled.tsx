/** The rows of a cell in place of the grid, with a way back. */
import type { JSX } from 'solid-js';
import { pivot as words } from '../../words/pivot.ts';

export function Drilled(props: {
  /** Which cell. */
  readonly cell: string;
  readonly onBack: () => void;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <>
      <div class="pivot-drilled">
        <button
          type="button"
          class="link"
          ref={(button) => queueMicrotask(() => button.focus({ preventScroll: true }))}
          onClick={() => props.onBack()}
        >
          ← {words.back}
        </button>
        <b>{words.rowsOf(props.cell)}</b>
      </div>
      {props.children}
    </>
  );
}
