import { createMemo, type JSX, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { Run } from '../../server/protocol/runs.ts';
import { Elapsed, RunButton } from '../runs/RunButton.tsx';
import { useNotebook } from './context.ts';
import { keyHint } from './keys.ts';

/** What stands beside a paragraph of code: its run button, for those who may, and how long its run takes. */
export function Gutter(props: {
  readonly id: ParagraphId;
  readonly run: Run | undefined;
  readonly onRun: () => void;
  readonly onStop: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const state = createMemo(() => props.run?.phase.state ?? 'none');
  /** What somebody else runs is not stopped here, and does not stand in the way. */
  const busy = (): boolean => notebook.stoppable().some(({ id }) => id === props.run?.id);
  return (
    <div class="gutter">
      <Show when={notebook.runnable()}>
        <RunButton
          state={state()}
          busy={busy()}
          hint={keyHint('run', notebook.app.mac)}
          tabindex={-1}
          onRun={() => props.onRun()}
          onStop={() => props.onStop()}
        />
      </Show>
      <Show when={props.run}>{(run) => <Elapsed phase={run().phase} tip={notebook.depends()?.took(run())} />}</Show>
      <Show when={notebook.depends()?.why(props.id)}>{(why) => notebook.depends()?.mark(props.id, why)}</Show>
    </div>
  );
}
