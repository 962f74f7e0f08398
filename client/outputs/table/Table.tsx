/**
 * A result on the page: its rows, or what is said where they are gone. One far from the viewport gives its elements and rows
 * back; the rows that came with the run show at once, everything else is fetched when it is looked at.
 */
import { createMemo, createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { outputs as words } from '../../words/outputs.ts';
import { whenNear } from '../near.ts';
import { Rows, type RowsProps } from './Rows.tsx';
import './grid.css';
import './table.css';
import './value.css';

const SETTLED_MS = 1000;
export type TableProps = Omit<RowsProps, 'onUse'>;

export function Table(props: TableProps): JSX.Element {
  // A run that answers with the same columns fills the table that is there: nothing jumps, and widths stay.
  const shape = createMemo(() => JSON.stringify(props.output.columns));
  const dropped = () => props.output.dropped === true && !props.output.block;
  const [away, setAway] = createSignal<number>();
  let host!: HTMLDivElement;
  /** Sorted, resized, chosen from: such a table waits for its reader wherever the page is. */
  let used = false;
  let unwatch = () => {};
  // A table far from the viewport gives its elements and rows back; its place stays. Nobody is far in the first second.
  const watch = setTimeout(() => {
    unwatch = whenNear(host, (near) => {
      if (near) setAway(undefined);
      else if (!used && away() === undefined) setAway(host.offsetHeight);
    });
  }, SETTLED_MS);
  onCleanup(() => {
    clearTimeout(watch);
    unwatch();
  });
  return (
    <div class="table" ref={host}>
      <Show when={!dropped()} fallback={<Dropped onRunAgain={props.onRunAgain} />}>
        <Show when={away() === undefined} fallback={<div style={{ height: `${away()}px` }} />}>
          <Show when={shape()} keyed>
            <Rows {...props} onUse={() => (used = true)} />
          </Show>
        </Show>
      </Show>
    </div>
  );
}

function Dropped(props: { readonly onRunAgain: (() => void) | undefined }): JSX.Element {
  return (
    <div class="table-note">
      <span>{words.table.dropped}</span>
      <Show when={props.onRunAgain}>
        {(again) => (
          <button type="button" class="link" onClick={() => again()()}>
            {words.table.runAgain}
          </button>
        )}
      </Show>
    </div>
  );
}
