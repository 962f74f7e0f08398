import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import type { Run } from '../../server/protocol/runs.ts';
import { Icon } from '../parts/Icon.tsx';
import { clock } from '../parts/time.ts';
import { words } from '../words/en.ts';
import { formWords } from '../words/forms.ts';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import { canBeNamed, labelOf } from './interpreters.ts';
import { Name } from './Name.tsx';
import { ParagraphMenu } from './ParagraphMenu.tsx';
import { progressText, queuedText } from './progress.ts';

/** The head line of a code paragraph: interpreter, name, how its run goes or went, and the menu. */
export function Head(props: {
  readonly paragraph: ParagraphView;
  readonly run: Run | undefined;
  readonly stale: boolean;
  /** What is shown ran with other values of forms than the viewer's. */
  readonly otherValues: boolean;
  readonly onStop: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const [menu, setMenu] = createSignal<'none' | 'all' | 'interpreter'>('none');
  let more!: HTMLButtonElement;
  let kind!: HTMLButtonElement;
  return (
    <div class="head">
      <button
        ref={kind}
        type="button"
        class="head-kind"
        aria-label={`${words.paragraph.interpreter}: ${labelOf(props.paragraph.interpreter())}`}
        aria-haspopup="menu"
        tabindex={-1}
        disabled={!notebook.writable()}
        onClick={() => setMenu('interpreter')}
      >
        {labelOf(props.paragraph.interpreter())}
      </button>
      <Show when={canBeNamed(props.paragraph.interpreter()) || props.paragraph.name() !== ''}>
        <Name paragraph={props.paragraph} />
      </Show>
      <span class="spring" />
      <RunFacts
        run={props.run}
        stale={props.stale}
        otherValues={props.otherValues}
        why={notebook.depends()?.why(props.paragraph.id) ?? ''}
        onStop={props.onStop}
      />
      {notebook.depends()?.kept(props.paragraph.id)}
      <button
        ref={more}
        type="button"
        class="icon head-more"
        aria-label={words.paragraph.menu}
        data-tip={words.paragraph.menu}
        aria-haspopup="menu"
        tabindex={-1}
        onClick={() => setMenu('all')}
      >
        <Icon name="more" size={14} />
      </button>
      <Show when={menu() !== 'none'}>
        <ParagraphMenu
          paragraph={props.paragraph}
          anchor={menu() === 'all' ? more : kind}
          only={menu() === 'interpreter' ? 'interpreters' : 'all'}
          onClose={() => setMenu('none')}
        />
      </Show>
    </div>
  );
}

function RunFacts(props: {
  readonly run: Run | undefined;
  readonly stale: boolean;
  readonly otherValues: boolean;
  /** Why else it is stale. */
  readonly why: string;
  readonly onStop: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const who = (run: Run): string => (run.by.id === notebook.app.person().id ? words.you : run.by.name);
  const ended = (run: Run): number | undefined => ('ended' in run.phase ? run.phase.ended : undefined);
  const when = (run: Run): string => clock(ended(run) ?? run.asked, Date.now());
  const reason = (run: Run): string | undefined =>
    'reason' in run.phase && run.phase.reason ? words.paragraph.reasons[run.phase.reason] : undefined;
  const progress = (run: Run) => (run.phase.state === 'running' ? run.phase.progress : undefined);
  const mayStop = (run: Run): boolean => notebook.stoppable().some(({ id }) => id === run.id);
  const state = createMemo(() => props.run?.phase.state);
  return (
    <Show when={props.run}>
      {(run) => (
        <Switch>
          <Match when={state() === 'queued'}>
            <span class="head-note">
              {queuedText(
                run().phase,
                aheadOf(
                  run(),
                  notebook.runs.active().filter(({ session }) => session === run().session),
                ),
              )}
            </span>
            <Show when={mayStop(run())}>
              <button type="button" class="link-button" onClick={() => props.onStop()}>
                {words.cancel}
              </button>
            </Show>
          </Match>
          <Match when={state() === 'running'}>
            <span class="head-progress">{progressText(progress(run()))}</span>
            <Show when={run().by.id !== notebook.app.person().id}>
              <span class="head-note">{words.paragraph.runningBy(run().by.name)}</span>
            </Show>
            <Show when={mayStop(run())}>
              <button type="button" class="link-button" onClick={() => props.onStop()}>
                {words.cancel}
              </button>
            </Show>
          </Match>
          <Match when={props.stale || props.otherValues || props.why || reason(run())}>
            <Show when={reason(run())}>{(text) => <span class="head-note">{text()}</span>}</Show>
            <Show when={props.stale}>
              <span class="stale" data-tip={words.paragraph.staleBy(who(run()), when(run()))}>
                {words.paragraph.stale}
              </span>
            </Show>
            <Show when={!props.stale && !props.otherValues && props.why}>
              {(why) => <span class="stale">{why()}</span>}
            </Show>
            <Show when={props.otherValues && !props.stale}>
              <span class="stale">{formWords.stale}</span>
            </Show>
          </Match>
          <Match when={run().session === notebook.visitor()?.id}>
            <span class="head-note">{words.visitor.mark}</span>
          </Match>
          <Match when={true}>
            <span class="head-who">
              <Show when={run().from} fallback={words.paragraph.runBy(who(run()), when(run()))}>
                {(from) => words.paragraph.usedBy(who(run()), clock(from().at, Date.now()))}
              </Show>
            </span>
          </Match>
        </Switch>
      )}
    </Show>
  );
}

const aheadOf = (run: Run, active: readonly Run[]): number =>
  Math.max(0, active.findIndex((one) => one.id === run.id) - 1);
