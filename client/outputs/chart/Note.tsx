/** In place of a chart's picture: why there is none, and what to do about it. */
import { type JSX, Match, Show, Switch } from 'solid-js';
import { chart as words } from '../../words/chart.ts';
import { outputs } from '../../words/outputs.ts';
import { failureText } from '../asked.ts';
import type { Failure } from '../table/windows.ts';

export function Note(props: {
  /** What is wrong before anything is asked. */
  readonly message: string | undefined;
  readonly failure: Failure | undefined;
  /** There is nothing to draw. */
  readonly nothing: string | undefined;
  readonly onAgain: () => void;
  /** Where the rows are gone, and one may run. */
  readonly onRunAgain: (() => void) | undefined;
  /** Where another choice of fields helps. */
  readonly onStartAnew: (() => void) | undefined;
}): JSX.Element {
  return (
    <Switch fallback={<div class="chart-note">{props.nothing}</div>}>
      <Match when={props.message}>
        <div class="chart-note">
          <p>{props.message}</p>
          <Show when={props.onRunAgain}>
            {(again) => (
              <button type="button" class="link" onClick={() => again()()}>
                {outputs.table.runAgain}
              </button>
            )}
          </Show>
          <Show when={props.onStartAnew}>
            {(anew) => (
              <button type="button" class="link" onClick={() => anew()()}>
                {words.startAnew}
              </button>
            )}
          </Show>
        </div>
      </Match>
      <Match when={props.failure}>
        {(failure) => (
          <div class="chart-note" role="alert">
            <b>{words.failed}</b>
            <p>{failureText(failure())}</p>
            <button type="button" class="link" onClick={() => (props.onRunAgain ?? props.onAgain)()}>
              {props.onRunAgain ? outputs.table.runAgain : outputs.table.retry}
            </button>
          </div>
        )}
      </Match>
    </Switch>
  );
}
