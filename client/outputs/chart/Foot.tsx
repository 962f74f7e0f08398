/** Below a chart: how many rows it is of, what of them it leaves out, what is selected in it, and the way back to all of it. */
import { type JSX, Show } from 'solid-js';
import { chart as words } from '../../words/chart.ts';
import { linked as linkedWords } from '../../words/linked.ts';
import { outputs } from '../../words/outputs.ts';
import { secondsText } from '../bytes.ts';

export function Foot(props: {
  /** How many rows of the result. */
  readonly of: number;
  /** How many of them are meant, where that is not all. */
  readonly rows: number | undefined;
  readonly took: number | undefined;
  readonly notes: readonly string[];
  readonly said: string;
  /** What is selected here, and how many follow. */
  readonly selected: { readonly said: string; readonly followers: number } | undefined;
  readonly onClear: () => void;
  /** Where dates of the notebook can be changed. */
  readonly onDates: (() => void) | undefined;
  /** Where a first look leaves out what is far. */
  readonly onShowAll: (() => void) | undefined;
  readonly onResetZoom: (() => void) | undefined;
}): JSX.Element {
  return (
    <div class="table-foot">
      <span>{props.rows === undefined ? words.total(props.of) : outputs.table.matching(props.rows, props.of)}</span>
      <Show when={props.took !== undefined}>
        <span>{outputs.table.seconds(secondsText(props.took ?? 0))}</span>
      </Show>
      <span>{props.notes.join(' · ')}</span>
      <Show when={props.selected}>
        {(selected) => (
          <span class="chart-selected">
            {linkedWords.selected(selected().said)} · {linkedWords.followed(selected().followers)}{' '}
            <button type="button" class="link" aria-label={linkedWords.clear(selected().said)} onClick={props.onClear}>
              {linkedWords.clearIt}
            </button>
          </span>
        )}
      </Show>
      <span role="status">{props.said}</span>
      <span class="table-spring" />
      <Act text={words.dates} onDo={props.onDates} />
      <Act text={words.showAll} onDo={props.onShowAll} />
      <Act text={words.resetZoom} onDo={props.onResetZoom} />
    </div>
  );
}

function Act(props: { readonly text: string; readonly onDo: (() => void) | undefined }): JSX.Element {
  return (
    <Show when={props.onDo}>
      {(act) => (
        <button type="button" class="link" onClick={() => act()()}>
          {props.text}
        </button>
      )}
    </Show>
  );
}
