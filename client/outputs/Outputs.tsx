/** Everything a run shows, in order. */
import { Index, type JSX, lazy, Match, Suspense, Switch } from 'solid-js';
import { isMade } from '../../server/protocol/content.ts';
import type { ErrorOutput, MadeOutput, Output } from '../../server/protocol/outputs.ts';
import type { Run } from '../../server/protocol/runs.ts';
import { Failure } from './Failure.tsx';
import { Text } from './Text.tsx';
import { Table } from './table/Table.tsx';
import { readText } from './whole.ts';
import './outputs.css';

/** With Vega's frame and all: most notebooks open without one. */
const Made = lazy(async () => ({ default: (await import('./made/Made.tsx')).Made }));

export type OutputsProps = {
  readonly run: Run;
  /** The run is being repeated: its outputs stay, dimmed, until new ones come. */
  readonly dimmed: boolean;
  readonly onFix?: (output: ErrorOutput) => void;
  readonly onRunAgain?: () => void;
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
              {(table) => <Table output={table()} took={took()} onRunAgain={props.onRunAgain} />}
            </Match>
            <Match when={ofKind(output(), 'text')}>
              {(text) => <Text output={text()} whole={() => readText(props.run.id, index)} />}
            </Match>
            <Match when={made(output())}>
              {(one) => (
                <Suspense>
                  <Made run={props.run.id} index={index} output={one()} onRunAgain={props.onRunAgain} />
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

const made = (output: Output): MadeOutput | undefined => (isMade(output) ? output : undefined);

function ofKind<K extends Output['kind']>(output: Output, kind: K): Extract<Output, { kind: K }> | undefined {
  return output.kind === kind ? (output as Extract<Output, { kind: K }>) : undefined;
}
