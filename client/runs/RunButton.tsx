/** The round button beside a paragraph: press to run, a ring while it runs, then how it went; and how long it took. */
import { createEffect, createSignal, type JSX, Match, onCleanup, Switch } from 'solid-js';
import { isEnded, type RunPhase, type RunState } from '../../server/protocol/runs.ts';
import { Icon } from '../parts/Icon.tsx';
import { span } from '../parts/time.ts';
import { words } from '../words/en.ts';

const TICK_MS = 100;

export function RunButton(props: {
  readonly state: RunState | 'none';
  /** It is theirs to stop. */
  readonly busy: boolean;
  /** Of running it, as it is printed here. */
  readonly hint: string | undefined;
  /** Why it does nothing. */
  readonly inert?: string | undefined;
  readonly tabindex?: number;
  readonly onRun: () => void;
  readonly onStop: () => void;
}): JSX.Element {
  const label = (): string =>
    props.busy ? words.paragraph.stop : props.state === 'none' ? words.paragraph.run : words.paragraph.runAgain;
  const press = (): void => {
    if (props.inert !== undefined) return;
    if (props.busy) props.onStop();
    else props.onRun();
  };
  return (
    <button
      type="button"
      class={`run ${props.state}`}
      aria-label={`${label()} (${words.paragraph.state[props.state]})`}
      aria-disabled={props.inert === undefined ? undefined : 'true'}
      data-tip={props.inert ?? label()}
      data-key={props.busy || props.inert !== undefined ? undefined : props.hint}
      tabindex={props.tabindex}
      onClick={press}
    >
      <Switch fallback={<Icon name="play" size={11} class="run-play" />}>
        <Match when={props.busy}>
          <i class="run-stop" aria-hidden="true" />
        </Match>
        <Match when={props.state === 'done'}>
          <Icon name="check" class="run-mark" />
          <Icon name="play" size={11} class="run-play over" />
        </Match>
        <Match when={props.state === 'failed' || props.state === 'lost'}>
          <Icon name="x" class="run-mark" />
          <Icon name="play" size={11} class="run-play over" />
        </Match>
        <Match when={props.state === 'cancelled'}>
          <i class="run-mark dash" aria-hidden="true" />
          <Icon name="play" size={11} class="run-play over" />
        </Match>
      </Switch>
    </button>
  );
}

/** `tip`: what it took, told on hover. */
export function Elapsed(props: { readonly phase: RunPhase; readonly tip?: string | undefined }): JSX.Element {
  const [now, setNow] = createSignal(Date.now());
  createEffect(() => {
    if (props.phase.state !== 'running') return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    onCleanup(() => clearInterval(timer));
  });
  const text = (): string => {
    const { phase } = props;
    if (phase.state === 'queued') return words.paragraph.queued;
    if (!isEnded(phase)) return span(Math.max(0, now() - phase.started));
    return phase.started === undefined ? '' : span(phase.ended - phase.started);
  };
  return (
    <span class="elapsed" data-tip={props.tip || undefined}>
      {text()}
    </span>
  );
}
