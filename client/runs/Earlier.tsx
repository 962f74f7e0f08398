/**
 * The runs of one paragraph, newest first, each with the values it ran with; up to four stand side by side, what differs is
 * marked, and a run's values can be put back into the forms. It stands over the page below its bar and knows of no editor: the
 * page of a notebook and that of a link show the same. What each person is told of is the server's to say.
 */
import {
  type Accessor,
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js';
import type { NotebookId, ParagraphId, RunId } from '../../server/protocol/ids.ts';
import { isEnded } from '../../server/protocol/runs.ts';
import type { Problem } from '../api.ts';
import type { FormsView } from '../forms/values.ts';
import type { OutputsProps } from '../outputs/Outputs.tsx';
import { Failed } from '../parts/Failed.tsx';
import { giveFocusBack } from '../parts/focus.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { clock, span } from '../parts/time.ts';
import type { Toasts } from '../parts/toasts.tsx';
import { earlierWords } from '../words/earlier.ts';
import { words } from '../words/en.ts';
import { Chips } from './Chips.tsx';
import { Column } from './Column.tsx';
import { listRuns } from './calls.ts';
import { choose, differing, type EarlierRun, firstChosen, MOST_BESIDE, toFill, valuesShown } from './earlier.ts';
import './earlier.css';

export type EarlierProps = {
  readonly notebook: NotebookId;
  readonly paragraph: ParagraphId;
  /** How the page speaks of the paragraph. */
  readonly label: string;
  /** Who looks. */
  readonly me: string | undefined;
  readonly forms: Pick<FormsView, 'forms' | 'standing' | 'type'>;
  /** What stands in the paragraph now; undefined where that is not shown. */
  readonly source: Accessor<string | undefined>;
  /** Changes whenever a run of the paragraph comes, or goes on. */
  readonly latest: Accessor<string>;
  readonly toasts: Pick<Toasts, 'show'>;
  /** Runs the paragraph with what the forms hold; absent where one may not. */
  readonly onRun?: (() => void) | undefined;
  readonly outputs: Pick<OutputsProps, 'chart' | 'table' | 'fixed'>;
  readonly onClose: () => void;
};

type Runs = { readonly items: readonly EarlierRun[]; readonly next: string | undefined };

export function Earlier(props: EarlierProps): JSX.Element {
  giveFocusBack();
  const [runs, setRuns] = createSignal<Runs>();
  const [problem, setProblem] = createSignal<Problem>();
  const [picked, setPicked] = createSignal<readonly RunId[]>();
  const ended = new AbortController();
  onCleanup(() => ended.abort());
  let reads = 0;
  async function read(cursor?: string): Promise<void> {
    if (cursor === undefined) reads += 1;
    const turn = reads;
    const answer = await listRuns(props.notebook, props.paragraph, cursor, ended.signal);
    // Of the newest runs the last that was asked for counts, in whatever order they come.
    if (ended.signal.aborted || (cursor === undefined && turn !== reads)) return;
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    const { items, next } = answer.value;
    const before = runs();
    const there = new Set(items.map(({ id }) => id));
    const others = before?.items.filter(({ id }) => !there.has(id)) ?? [];
    // What came on top is not behind what was read before.
    if (cursor === undefined) setRuns({ items: [...items, ...others], next: others.length > 0 ? before?.next : next });
    else setRuns({ items: [...others, ...items], next });
  }
  createEffect(on(props.latest, () => void read()));

  const items = (): readonly EarlierRun[] => runs()?.items ?? [];
  const chosen = createMemo(() => picked() ?? firstChosen(items()));
  const beside = createMemo(() => items().filter(({ id }) => chosen().includes(id)));
  const ids = createMemo(() => beside().map(({ id }) => id), [], { equals: (a, b) => a.join() === b.join() });
  const different = createMemo(() => differing(beside()));
  const varying = createMemo(() => differing(items()));
  const minutes = createMemo(() => items().map(minuteOf));
  /** Of several in one minute with the seconds. */
  const when = (run: EarlierRun): string => {
    const minute = minuteOf(run);
    const isOne = minutes().filter((one) => one === minute).length === 1;
    return isOne ? minute : `${minute}:${String(new Date(momentOf(run)).getSeconds()).padStart(2, '0')}`;
  };
  const who = (run: EarlierRun): string =>
    run.own ? earlierWords.own : run.by.id === props.me ? words.you : run.by.name;

  function use(run: EarlierRun): void {
    const filled = toFill(props.forms.forms(), run);
    const before = filled.map(([name]) => [name, props.forms.standing(name)?.raw] as const);
    for (const [name, raw] of filled) props.forms.type(name, raw);
    props.toasts.show({
      key: 'earlier',
      text: earlierWords.used(when(run)),
      action: {
        label: words.undo,
        do: () => {
          for (const [name, raw] of before) props.forms.type(name, raw);
        },
      },
    });
    props.onClose();
  }

  let box!: HTMLDivElement;
  let list: HTMLOListElement | undefined;
  onMount(() => box.focus({ preventScroll: true }));
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      props.onClose();
    }
  };
  const onListKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const boxes = [...(list?.querySelectorAll<HTMLElement>('input:not(:disabled)') ?? [])];
    const at = boxes.findIndex((one) => one.matches(':focus'));
    boxes[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      class="earlier"
      role="dialog"
      aria-label={earlierWords.title(props.label)}
      tabindex={-1}
      onKeyDown={onKey}
    >
      <div class="earlier-head">
        <IconButton icon="x" label={earlierWords.close} shortcut="Esc" onClick={() => props.onClose()} />
        <h2>{earlierWords.title(props.label)}</h2>
        <Show when={items().length > 1}>
          <span class="quiet">{earlierWords.hint(MOST_BESIDE)}</span>
        </Show>
      </div>
      <Show when={problem()}>
        {(why) => <Failed title={earlierWords.failed} message={why().message} retry={() => void read()} />}
      </Show>
      <Show
        when={runs()}
        fallback={
          <Show when={!problem()}>
            {
              <p class="quiet" role="status">
                {earlierWords.loading}
              </p>
            }
          </Show>
        }
      >
        {(known) => (
          <Show
            when={known().items.length > 0}
            fallback={
              <div class="nothing">
                <p>{earlierWords.none}</p>
                <p class="quiet">{earlierWords.noneHint}</p>
              </div>
            }
          >
            <div class="earlier-both">
              <nav class="earlier-list" aria-label={earlierWords.list}>
                <ol ref={list} onKeyDown={onListKey}>
                  <For each={known().items}>
                    {(run) => (
                      <li>
                        <label class="earlier-run" classList={{ on: chosen().includes(run.id) }} data-run={run.id}>
                          <input
                            type="checkbox"
                            checked={chosen().includes(run.id)}
                            disabled={!chosen().includes(run.id) && chosen().length >= MOST_BESIDE}
                            onChange={(event) => setPicked(choose(chosen(), run.id, event.currentTarget.checked))}
                          />
                          <span class="earlier-what">
                            <span class="earlier-when">
                              <time datetime={new Date(run.asked).toISOString()}>{when(run)}</time>
                              <small>{who(run)}</small>
                              <span class="spring" />
                              <small data-state={run.phase.state}>{stateOf(run)}</small>
                            </span>
                            <Chips
                              values={valuesShown(props.forms.forms(), run)}
                              marked={(name) => varying().has(name)}
                            />
                          </span>
                        </label>
                      </li>
                    )}
                  </For>
                </ol>
                <Show when={known().next}>
                  {(next) => (
                    <button type="button" class="link-button" onClick={() => void read(next())}>
                      {earlierWords.older}
                    </button>
                  )}
                </Show>
              </nav>
              <section class="earlier-beside" aria-label={earlierWords.beside} data-columns={ids().length}>
                <For each={ids()} fallback={<p class="quiet">{earlierWords.nothingChosen}</p>}>
                  {(id) => (
                    <Show when={items().find((run) => run.id === id)}>
                      {(run) => (
                        <Column
                          run={run()}
                          when={when(run())}
                          who={who(run())}
                          values={valuesShown(props.forms.forms(), run())}
                          different={different()}
                          source={props.source()}
                          outputs={props.outputs}
                          onUse={toFill(props.forms.forms(), run()).length > 0 ? () => use(run()) : undefined}
                          onRun={
                            props.onRun &&
                            (() => {
                              use(run());
                              props.onRun?.();
                            })
                          }
                        />
                      )}
                    </Show>
                  )}
                </For>
              </section>
            </div>
          </Show>
        )}
      </Show>
    </div>
  );
}

const momentOf = ({ phase, asked }: EarlierRun): number => ('ended' in phase ? phase.ended : asked);
const minuteOf = (run: EarlierRun): string => clock(momentOf(run), Date.now());

function stateOf({ phase }: EarlierRun): string {
  const took = isEnded(phase) && phase.started !== undefined ? span(phase.ended - phase.started) : '';
  return phase.state === 'done' ? took : earlierWords.states[phase.state];
}
