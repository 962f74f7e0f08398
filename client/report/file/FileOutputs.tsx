/** What a paragraph showed, drawn of what the file holds: nothing of it is asked for elsewhere. */
import { Index, type JSX, Match, Show, Switch } from 'solid-js';
import type { ResultId, RunId } from '../../../server/protocol/ids.ts';
import type { ChartOutput, MadeOutput } from '../../../server/protocol/outputs.ts';
import type { FileLeft, FileOutput, FileParagraph, FileSpec } from '../../../server/protocol/report/file.ts';
import { Failure } from '../../outputs/Failure.tsx';
import { Made } from '../../outputs/made/Made.tsx';
import { report as words } from '../../words/report.ts';
import { FileChart } from './FileChart.tsx';
import { FilePivot } from './FilePivot.tsx';
import { FileTable } from './FileTable.tsx';
import { FileText } from './FileText.tsx';

export function FileOutputs(props: { readonly paragraph: FileParagraph; readonly paper: boolean }): JSX.Element {
  const { paragraph } = props;
  return (
    <div class="outputs">
      <Show when={paragraph.state && paragraph.outputs.length === 0}>
        <p class="quiet">{paragraph.state === 'failed' ? words.file.failed : words.file.notRun}</p>
      </Show>
      <Index each={paragraph.outputs}>
        {(output, index) => (
          <Switch>
            <Match when={ofKind(output(), 'table')}>
              {(table) => <FileTable table={table()} paper={props.paper} />}
            </Match>
            <Match when={ofKind(output(), 'drawing')}>{(drawing) => <FileChart drawing={drawing()} />}</Match>
            <Match when={ofKind(output(), 'pivot')}>
              {(pivot) => <FilePivot pivot={pivot()} paper={props.paper} />}
            </Match>
            <Match when={ofKind(output(), 'text')}>{(text) => <FileText output={text()} />}</Match>
            <Match when={ofKind(output(), 'error')}>{(error) => <Failure output={error()} />}</Match>
            <Match when={ofKind(output(), 'left')}>{(left) => <p class="file-left">{leftText(left())}</p>}</Match>
            <Match when={made(output())}>{(one) => <Made run={RUN} index={index} output={one()} />}</Match>
          </Switch>
        )}
      </Index>
    </div>
  );
}

/** What is shown is whole: no run is asked for more of it. */
const RUN = '' as RunId;

function ofKind<K extends FileOutput['kind']>(
  output: FileOutput,
  kind: K,
): Extract<FileOutput, { kind: K }> | undefined {
  return isKind(output, kind) ? output : undefined;
}
const isKind = <K extends FileOutput['kind']>(
  output: FileOutput,
  kind: K,
): output is Extract<FileOutput, { kind: K }> => output.kind === kind;

function made(output: FileOutput): MadeOutput | undefined {
  switch (output.kind) {
    case 'html':
    case 'markdown':
    case 'image':
      return output;
    case 'spec':
      return chartOf(output);
    default:
      return undefined;
  }
}

/** As the page has it with its rows inline. */
const chartOf = ({ spec, tables, notes }: FileSpec): ChartOutput => ({
  kind: 'chart',
  spec,
  ...(notes ? { notes } : {}),
  data: tables.map(({ name, rows, arrow }) => ({
    name,
    result: '' as ResultId,
    columns: [],
    rows,
    bytes: 0,
    block: arrow,
  })),
});

function leftText({ what, why }: FileLeft): string {
  if (why === 'gone') return words.file.noRows;
  return why === 'drawing' ? words.file.notDrawn(what) : words.file.left(what);
}
