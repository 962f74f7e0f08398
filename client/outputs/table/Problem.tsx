/** Why rows could not be had, and what to do about it. */
import { type JSX, Show } from 'solid-js';
import { outputs as words } from '../../words/outputs.ts';
import { type Failure, isPast } from './windows.ts';

export function Problem(props: {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onRunAgain: (() => void) | undefined;
}): JSX.Element {
  const gone = () => (isPast(props.failure) ? props.onRunAgain : undefined);
  const title = () => {
    if (props.failure.code === 'source-changed') return words.table.changed;
    return gone() ? words.table.dropped : words.table.failed;
  };
  return (
    <div class="table-problem" role="alert">
      <b>{title()}</b>
      <Show when={!gone()}>
        <span>{props.failure.code === 'unreachable' ? words.table.unreachable : props.failure.message}</span>
      </Show>
      <button type="button" class="link" onClick={() => (gone() ?? props.onRetry)()}>
        {gone() ? words.table.runAgain : words.table.retry}
      </button>
    </div>
  );
}
