/** Everything a run shows, in order. */
import { Index, type JSX, lazy, Match, Suspense, Switch } from 'solid-js';
import { tablesBefore } from '../../server/protocol/chart/option.ts';
import { isMade } from '../../server/protocol/content.ts';
import type { ErrorOutput, MadeOutput, Output, TextOutput } from '../../server/protocol/outputs.ts';
import type { Run } from '../../server/protocol/runs.ts';
import { Result } from './chart/Result.tsx';
import { Failure } from './Failure.tsx';
import { ofKind } from './kinds.ts';
import type { Building } from './made/building.ts';
import { Text } from './Text.tsx';
import { readText } from './whole.ts';
import './outputs.css';

/** With Vega's frame and all: most notebooks open without one. */
const Made = lazy(async () => ({ default: (await import('./made/Made.tsx')).Made }));

export type OutputsProps = {
  readonly run: Pick<Run, 'id' | 'phase' | 'outputs'>;
  /** The run is being repeated: its outputs stay, dimmed, until new ones come. */
  readonly dimmed: boolean;
  readonly onFix?: (output: ErrorOutput) => void;
  readonly onRunAgain?: () => void;
  /** The paragraph's option `chart`: how its tables are shown. */
  readonly chart?: unknown;
  /** Absent for those who may not write. */
  readonly onChart?: ((option: unknown) => void) | undefined;
  /** Under what a viewer's own settings of its tables are kept; nowhere where absent. */
  readonly place?: { readonly viewer: string; readonly paragraph: string };
  /** The paragraph's option `table`: how a writer laid its tables out for all. */
  readonly table?: unknown;
  /** Absent for those who may not write. */
  readonly onTable?: ((option: unknown) => void) | undefined;
  /** Puts a paragraph below, of SQL where nothing else is said; absent for those who may not write. */
  readonly onInsert?: ((source: string, interpreter?: string) => void) | undefined;
  /** Of a paragraph that is the text of a chart: the way back to the builder, for those who may write. */
  readonly building?: Building | undefined;
  /** Where a chart or a pivot is shown it is all there is to see: its rows are not given away. */
  readonly fixed?: boolean;
};

export function Outputs(props: OutputsProps): JSX.Element {
  const took = () => {
    const { phase } = props.run;
    return phase.state === 'done' || phase.state === 'failed' ? phase.ended - phase.started : undefined;
  };
  return (
    <div
      class="outputs"
      classList={{ dimmed: props.dimmed }}
      aria-busy={props.dimmed}
      data-dimmed={props.dimmed ? '' : undefined}
    >
      <Index each={props.run.outputs}>
        {(output, index) => (
          <Switch>
            <Match when={ofKind(output(), 'table')}>
              {(table) => (
                <Result
                  output={table()}
                  index={tablesBefore(props.run.outputs, index)}
                  took={took()}
                  option={props.chart}
                  onOption={props.onChart}
                  fixed={props.fixed === true}
                  place={props.place}
                  table={props.table}
                  onTable={props.onTable}
                  onInsert={props.onInsert}
                  onRunAgain={props.onRunAgain}
                />
              )}
            </Match>
            <Match when={said(output())}>
              {(text) => <Text output={text()} whole={() => readText(props.run.id, index)} />}
            </Match>
            <Match when={made(output())}>
              {(one) => (
                <Suspense>
                  <Made
                    run={props.run.id}
                    index={index}
                    output={one()}
                    onRunAgain={props.onRunAgain}
                    building={props.building}
                  />
                </Suspense>
              )}
            </Match>
            <Match when={ofKind(output(), 'error')}>
              {(error) => <Failure output={error()} onFix={props.onFix} />}
            </Match>
          </Switch>
        )}
      </Index>
    </div>
  );
}

/** What is withheld leaves its place, so that the others keep theirs. */
function said(output: Output): TextOutput | undefined {
  const text = ofKind(output, 'text');
  return text && (text.text !== '' || text.cut || text.omitted) ? text : undefined;
}

const made = (output: Output): MadeOutput | undefined => (isMade(output) ? output : undefined);
