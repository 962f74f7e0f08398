/** One of several runs side by side: its values, what it showed as far as that is kept, and putting the values back. */
import { createEffect, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import type { Answer } from '../api.ts';
import { Outputs, type OutputsProps } from '../outputs/Outputs.tsx';
import { Failed } from '../parts/Failed.tsx';
import { clock } from '../parts/time.ts';
import { earlierWords } from '../words/earlier.ts';
import { Chips } from './Chips.tsx';
import { readRun, type WholeRun } from './calls.ts';
import type { EarlierRun, ShownValue } from './earlier.ts';

export function Column(props: {
  readonly run: EarlierRun;
  readonly when: string;
  readonly who: string;
  readonly values: readonly ShownValue[];
  readonly different: ReadonlySet<string>;
  /** Of the paragraph now, where that is shown. */
  readonly source: string | undefined;
  readonly outputs: Pick<OutputsProps, 'chart' | 'table' | 'fixed'>;
  readonly onUse: (() => void) | undefined;
  readonly onRun: (() => void) | undefined;
}): JSX.Element {
  const [answer, setAnswer] = createSignal<Answer<WholeRun>>();
  let asked = new AbortController();
  onCleanup(() => asked.abort());
  async function read(): Promise<void> {
    asked.abort();
    const own = new AbortController();
    asked = own;
    const came = await readRun(props.run.id, own.signal);
    if (!own.signal.aborted) setAnswer(came);
  }
  createEffect(
    on(
      () => `${props.run.phase.state} ${props.run.gone}`,
      () => {
        if (!props.run.gone) void read();
      },
    ),
  );
  const whole = (): WholeRun | undefined => {
    const now = answer();
    return now?.ok ? now.value : undefined;
  };
  const failure = (): string | undefined => {
    const now = answer();
    return now && !now.ok ? now.problem.message : undefined;
  };
  const isOther = (): boolean => {
    const { source } = props;
    const then = whole()?.source;
    return source !== undefined && then !== undefined && then !== '' && then !== source;
  };
  return (
    <article class="earlier-column" aria-label={earlierWords.run(props.when, props.who)} data-run={props.run.id}>
      <header>
        <h3>{props.when}</h3>
        <small>{props.who}</small>
        <Show when={earlierWords.states[props.run.phase.state]}>
          {(state) => <small data-state={props.run.phase.state}>{state()}</small>}
        </Show>
        <Show when={props.run.usedOf}>{(made) => <small>{earlierWords.usedOf(clock(made(), Date.now()))}</small>}</Show>
        <Show when={isOther()}>
          <small class="stale">{earlierWords.otherText}</small>
        </Show>
        <span class="spring" />
        <Show when={props.onUse}>
          {(use) => (
            <button type="button" class="button small" data-tip={earlierWords.useHint} onClick={() => use()()}>
              {earlierWords.use}
            </button>
          )}
        </Show>
      </header>
      <Chips values={props.values} marked={(name) => props.different.has(name)} />
      <Switch
        fallback={
          <p class="quiet" role="status">
            {earlierWords.loading}
          </p>
        }
      >
        <Match when={props.run.gone}>
          <div class="notice">
            <p>{earlierWords.gone(props.when)}</p>
            <Show when={props.onRun}>
              {(run) => (
                <button type="button" class="button" onClick={() => run()()}>
                  {earlierWords.again}
                </button>
              )}
            </Show>
          </div>
        </Match>
        <Match when={failure()}>
          {(message) => <Failed title={earlierWords.failedOne} message={message()} retry={() => void read()} />}
        </Match>
        <Match when={whole()}>
          {(run) => (
            <Show
              when={run().outputs.length > 0}
              fallback={
                <Show when={run().phase.state === 'done'}>
                  <p class="quiet">{earlierWords.silent}</p>
                </Show>
              }
            >
              <Outputs
                run={run()}
                dimmed={false}
                chart={props.outputs.chart}
                table={props.outputs.table}
                fixed={props.outputs.fixed === true}
                {...(props.onRun ? { onRunAgain: props.onRun } : {})}
              />
            </Show>
          )}
        </Match>
      </Switch>
    </article>
  );
}
