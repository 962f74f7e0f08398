/** What stands around a paragraph that the holder of a link may run: its button, how its run goes, and what to try. */
import { type JSX, Match, Show, Switch } from 'solid-js';
import type { RunPhase } from '../../server/protocol/runs.ts';
import { keyHint } from '../notebook/keys.ts';
import { progressText, queuedText } from '../notebook/progress.ts';
import { clock } from '../parts/time.ts';
import { Elapsed, RunButton } from '../runs/RunButton.tsx';
import { words } from '../words/en.ts';
import { published as words_ } from '../words/published.ts';
import type { PublishedParagraph } from './calls.ts';
import type { OwnRuns } from './runs.ts';

export type RunningProps = {
  readonly paragraph: PublishedParagraph;
  readonly runs: OwnRuns;
  /** Why nothing runs here. */
  readonly inert: string | undefined;
  readonly mac: boolean;
};

export function OwnGutter(props: RunningProps): JSX.Element {
  const phase = (): RunPhase | undefined => props.runs.phase(props.paragraph);
  return (
    <div class="gutter">
      <RunButton
        state={phase()?.state ?? 'none'}
        busy={props.runs.isBusy(props.paragraph)}
        hint={keyHint('run', props.mac)}
        inert={props.inert}
        onRun={() => props.runs.run([props.paragraph.id])}
        onStop={() => props.runs.stop(props.paragraph)}
      />
      <Show when={phase()}>{(now) => <Elapsed phase={now()} />}</Show>
    </div>
  );
}

/** `ahead`: how many of their own come before it. */
export function OwnFacts(props: RunningProps & { readonly ahead: number }): JSX.Element {
  const phase = (): RunPhase | undefined => props.runs.phase(props.paragraph);
  const progress = (): string => {
    const now = phase();
    return now?.state === 'running' ? progressText(now.progress) : '';
  };
  /** How the newest ended, where not by itself. */
  const reason = (): string => {
    const { mine } = props.paragraph;
    const why = mine && 'reason' in mine.phase ? mine.phase.reason : undefined;
    return why === undefined ? '' : words.paragraph.reasons[why];
  };
  /** Whose it is that stands below. */
  const own = (): string => {
    const { own, run } = props.paragraph;
    return own && run && 'ended' in run.phase ? words_.ownAt(clock(run.phase.ended, Date.now())) : '';
  };
  return (
    <span class="published-state" aria-live="polite">
      <Switch fallback={<Ended reason={reason()} own={own()} isBare={props.paragraph.run === undefined} />}>
        <Match when={props.runs.isStopping(props.paragraph)}>
          <span class="head-note">{words_.stopping}</span>
        </Match>
        <Match when={props.runs.isBusy(props.paragraph) && phase()}>
          {(now) => (
            <>
              <Show when={now().state === 'queued'} fallback={<span class="head-progress">{progress()}</span>}>
                <span class="head-note">{queuedText(now(), props.ahead)}</span>
              </Show>
              <button type="button" class="link-button" onClick={() => props.runs.stop(props.paragraph)}>
                {words.cancel}
              </button>
            </>
          )}
        </Match>
      </Switch>
    </span>
  );
}

function Ended(props: { readonly reason: string; readonly own: string; readonly isBare: boolean }): JSX.Element {
  return (
    <>
      <Show when={props.reason !== ''}>
        <span class="head-note">{props.reason}</span>
      </Show>
      <Show when={props.own !== ''}>
        <span class="head-note published-own">{props.own}</span>
      </Show>
      <Show when={props.reason === '' && props.isBare}>
        <span class="head-note">{words_.notRun}</span>
      </Show>
    </>
  );
}
