/** Below the rows: how many, how long, how large, where one is, and the way out of the page. */
import { type JSX, Show } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { standingAt } from '../../standing.ts';
import { outputs as words } from '../../words/outputs.ts';
import { bytesText, secondsText } from '../bytes.ts';
import type { CopyState } from './clipboard.ts';
import { Downloads } from './Downloads.tsx';
import type { Progress } from './progress.ts';
import { Sums } from './Sums.tsx';
import { HEADER, rangeOf, type Selection } from './selection.ts';
import type { ViewQuery } from './view.ts';

export type FooterProps = {
  readonly output: TableOutput;
  readonly took: number | undefined;
  readonly view: ViewQuery;
  /** The first row in view. */
  readonly row: number;
  readonly picked: Selection | undefined;
  /** Names of the columns that are picked. */
  readonly pickedColumns: readonly string[];
  /** Rows that match, so far; undefined where nothing is filtered, or nothing known. */
  readonly matching: number | undefined;
  readonly isSearch: boolean;
  /** Of a sort or a search under way. */
  readonly progress: Progress | undefined;
  readonly copy: CopyState | undefined;
  /** How many columns are hidden. */
  readonly hidden: number;
  readonly onShowHidden: () => void;
  readonly filterable: boolean;
  readonly onFilter: () => void;
  /** Whether the viewer changed anything. */
  readonly own: boolean;
  readonly onReset: () => void;
  /** Absent for those who may not write, and where there is nothing to save. */
  readonly onSave: (() => void) | undefined;
  /** Somebody does something that goes on: the table stays. */
  readonly onUse: () => void;
};

export function Footer(props: FooterProps): JSX.Element {
  const size = () =>
    props.matching === undefined
      ? (props.output.open ? words.table.soFar : words.table.size)(props.output.rows, props.output.columns.length)
      : words.table.matching(props.matching, props.output.rows);
  const busy = (progress: Progress) =>
    (props.isSearch ? words.table.searching : words.table.sorting)(Math.floor(progress.fraction * 100));
  return (
    <div class="table-foot">
      <span>{size()}</span>
      <Show when={props.took !== undefined}>
        <span class="table-minor">{words.table.seconds(secondsText(props.took ?? 0))}</span>
      </Show>
      <Show when={!props.output.open && props.output.bytes > 0}>
        <span class="table-minor">{bytesText(props.output.bytes)}</span>
      </Show>
      <Show when={props.progress}>{(progress) => <span class="table-busy">{busy(progress())}</span>}</Show>
      <span role="status">{props.copy ? copyText(props.copy) : placeText(props)}</span>
      <Show when={!props.copy && props.picked && !props.output.open}>
        <Sums
          result={props.output.result}
          rows={props.matching ?? props.output.rows}
          view={props.view}
          columns={props.pickedColumns}
          picked={props.picked}
        />
      </Show>
      <span class="table-spring" />
      <Show when={props.own}>
        <button type="button" class="table-act" title={words.table.onlyYou} onClick={() => props.onReset()}>
          {words.table.startAnew}
        </button>
      </Show>
      <Show when={props.onSave}>
        {(save) => (
          <button type="button" class="table-act" onClick={() => save()()}>
            {words.table.saveForAll}
          </button>
        )}
      </Show>
      <Show when={props.hidden > 0}>
        <button type="button" class="table-act" onClick={() => props.onShowHidden()}>
          {words.table.hidden(props.hidden)}
        </button>
      </Show>
      <Show when={!props.output.open && props.filterable}>
        <button type="button" class="table-act" onClick={() => props.onFilter()}>
          {words.table.filters}
        </button>
      </Show>
      {/* A frame's secret is in no address of the API, and a download is one. */}
      <Show when={!props.output.open && props.output.columns.length > 0 && standingAt(location).kind !== 'embed'}>
        <Downloads output={props.output} view={props.view} onUse={props.onUse} />
      </Show>
    </div>
  );
}

function placeText({ picked, row, output }: FooterProps): string {
  if (picked && picked.head.row !== HEADER) {
    const range = rangeOf(picked);
    const [rows, columns] = [range.bottom - range.top + 1, range.right - range.left + 1];
    return rows * columns > 1 ? words.table.picked(rows, columns) : words.table.at(picked.head.row + 1);
  }
  return row > 0 && output.rows > 0 ? words.table.at(row + 1) : '';
}

function copyText(copy: CopyState): string {
  switch (copy.state) {
    case 'copied':
      return words.table.copied(copy.rows, copy.columns);
    case 'fetching':
      return words.table.fetching;
    case 'ready':
      return words.table.copyReady;
    case 'too-large':
      return words.table.copyTooLarge(copy.cells, copy.most);
    case 'failed':
      return words.table.copyFailed(copy.message);
  }
}
