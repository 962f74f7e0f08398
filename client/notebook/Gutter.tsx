import { createEffect, createMemo, createSignal, type JSX, Match, onCleanup, Show, Switch } from 'solid-js';
import { isEnded, type Run } from '../../server/protocol/runs.ts';
import { Icon } from '../parts/Icon.tsx';
import { span } from '../parts/time.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { keyHint } from './keys.ts';

const TICK_MS = 100;

/** The run button of a paragraph: press to run, a ring with the time while it runs, then how it went and how long. */
export function Gutter(props: {
  readonly run: Run | undefined;
  readonly onRun: () => void;
  readonly onStop: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const state = createMemo(() => props.run?.phase.state ?? 'none');
  /** What somebody else runs is not stopped here, and does not stand in the way. */
  const busy = (): boolean => notebook.stoppable().some(({ id }) => id === props.run?.id);
  const label = (): string =>
    busy() ? words.paragraph.stop : props.run === undefined ? words.paragraph.run : words.paragraph.runAgain;
  return (
    <div class="gutter">
      <Show when={notebook.runnable()}>
        <button
          type="button"
          class={`run ${state()}`}
          aria-label={`${label()} (${words.paragraph.state[state()]})`}
          data-tip={label()}
          data-key={busy() ? undefined : keyHint('run', notebook.app.mac)}
          tabindex={-1}
          onClick={() => (busy() ? props.onStop() : props.onRun())}
        >
          <Switch fallback={<Icon name="play" size={11} class="run-play" />}>
            <Match when={busy()}>
              <i class="run-stop" aria-hidden="true" />
            </Match>
            <Match when={state() === 'done'}>
              <Icon name="check" class="run-mark" />
              <Icon name="play" size={11} class="run-play over" />
            </Match>
            <Match when={state() === 'failed' || state() === 'lost'}>
              <Icon name="x" class="run-mark" />
              <Icon name="play" size={11} class="run-play over" />
            </Match>
            <Match when={state() === 'cancelled'}>
              <i class="run-mark dash" aria-hidden="true" />
              <Icon name="play" size={11} class="run-play over" />
            </Match>
          </Switch>
        </button>
      </Show>
      <Show when={props.run}>{(run) => <Elapsed run={run()} />}</Show>
    </div>
  );
}

function Elapsed(props: { readonly run: Run }): JSX.Element {
  const [now, setNow] = createSignal(Date.now());
  createEffect(() => {
    if (props.run.phase.state !== 'running') return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    onCleanup(() => clearInterval(timer));
  });
  const text = (): string => {
    const phase = props.run.phase;
    if (phase.state === 'queued') return words.paragraph.queued;
    if (!isEnded(phase)) return span(Math.max(0, now() - phase.started));
    return phase.started === undefined ? '' : span(phase.ended - phase.started);
  };
  return <span class="elapsed">{text()}</span>;
}
