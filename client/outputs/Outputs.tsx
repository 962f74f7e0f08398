import { Index, type JSX } from 'solid-js';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { Run } from '../../server/protocol/runs.ts';

export type OutputsProps = {
  readonly run: Run;
  /** The run is being repeated: its outputs stay, dimmed, until new ones come. */
  readonly dimmed: boolean;
  readonly onFix?: (output: ErrorOutput) => void;
  readonly onRunAgain?: () => void;
};

/** Everything a run shows, in order. */
export function Outputs(props: OutputsProps): JSX.Element {
  return (
    <div class="outputs" classList={{ dimmed: props.dimmed }}>
      <Index each={props.run.outputs}>
        {(output) => {
          const item = output();
          return <pre>{item.kind === 'text' ? item.text : item.kind === 'error' ? item.message : item.result}</pre>;
        }}
      </Index>
    </div>
  );
}
