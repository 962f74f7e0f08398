/** In place of a pivot's grid: why there is none, and what to do about it. */
import { type JSX, Show } from 'solid-js';
import { outputs } from '../../words/outputs.ts';
import { pivot as words } from '../../words/pivot.ts';
import { failureText } from '../asked.ts';
import { type Failure, isPast } from '../table/windows.ts';

export function Note(props: {
  readonly message: string | undefined;
  readonly failure: Failure | undefined;
  readonly dropped: boolean;
  readonly onAgain: () => void;
  readonly onRunAgain: (() => void) | undefined;
  /** Absent where another pivot would not help, or can't be chosen. */
  readonly onSuggest: (() => void) | undefined;
}): JSX.Element {
  const gone = () => (props.failure && isPast(props.failure) ? props.onRunAgain : undefined);
  return (
    <div class="pivot-note" role={props.failure ? 'alert' : undefined}>
      <Show when={props.failure} fallback={<p>{props.message}</p>}>
        {(failure) => (
          <>
            <b>{words.failed}</b>
            <p>{failureText(failure())}</p>
            <button type="button" class="link" onClick={() => (gone() ?? props.onAgain)()}>
              {gone() ? outputs.table.runAgain : words.again}
            </button>
          </>
        )}
      </Show>
      <Show when={props.onSuggest}>
        <button type="button" class="link" onClick={() => props.onSuggest?.()}>
          {words.suggest}
        </button>
      </Show>
      <Show when={props.dropped && props.onRunAgain}>
        <button type="button" class="link" onClick={() => props.onRunAgain?.()}>
          {outputs.table.runAgain}
        </button>
      </Show>
    </div>
  );
}
