/** What would run, before it runs: the paragraphs in their order, why, and how long each took. Enter runs exactly these. */
import { createMemo, createResource, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { useNotebook } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { runPlanned } from '../notebook/running.ts';
import { Modal } from '../parts/Modal.tsx';
import { clock, span } from '../parts/time.ts';
import { dependWords } from '../words/depends.ts';
import { words as common } from '../words/en.ts';
import { readPlan, type ServedStep } from './calls.ts';
import { sayReasons } from './say.ts';
import './depends.css';

const words = dependWords.plan;
/** Characters of a line that stands for a paragraph without a name. */
const LINE = 60;

export function PlanDialog(props: {
  /** What is stale where there are none. */
  readonly paragraphs: readonly ParagraphId[] | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const { document, forms } = notebook;
  const [asked, setAsked] = createSignal(false);
  /** Kept results in place of runs: offered, never taken unasked. */
  const [keeping, setKeeping] = createSignal(false);
  // What is written here first, so that the plan is of it.
  const ready = createMemo(() => asked() || notebook.save().state !== 'saving');
  const [answer] = createResource(
    () => (ready() ? { paragraphs: props.paragraphs, forms: forms.view.forRun() } : undefined),
    async (ask) => {
      setAsked(true);
      return readPlan(notebook.live.id, ask.paragraphs, ask.forms);
    },
  );
  const steps = (): readonly ServedStep[] => {
    const now = answer.latest;
    return now?.ok ? now.value : [];
  };
  const problem = () => {
    const now = answer.latest;
    return now && !now.ok ? now.problem : undefined;
  };
  const places = createMemo(
    () =>
      new Map(
        document
          .order()
          .filter((id) => !isProse(document.paragraph(id).interpreter()))
          .map((id, index) => [id, index + 1]),
      ),
  );
  const step = (id: ParagraphId): string => dependWords.paragraph(places().get(id) ?? 0);
  const title = (id: ParagraphId): string => {
    const paragraph = document.paragraph(id);
    if (paragraph.name() !== '') return paragraph.name();
    const line =
      paragraph
        .source()
        .split('\n')
        .find((one) => one.trim() !== '') ?? '';
    return line.trim().slice(0, LINE);
  };
  const used = createMemo(() => (keeping() ? steps().filter(({ kept }) => kept) : []));
  const reasonOf = ({ kept, reasons, because }: ServedStep): string => {
    const when = kept && clock(kept.at, Date.now());
    if (when && keeping()) return words.used(when);
    const why = reasons.length > 0 ? sayReasons(reasons, step, Date.now()) : words.because[because];
    return when ? `${why}; ${words.same(when)}` : why;
  };
  const label = (): string => {
    const runs = steps().length - used().length;
    return used().length > 0 ? words.runAndUse(runs, used().length) : words.run(runs);
  };
  const total = (): string => {
    const known = steps()
      .filter((one) => !used().includes(one))
      .flatMap(({ took }) => (took === undefined ? [] : [took]));
    const sum = known.reduce((all, one) => all + one, 0);
    return known.length === 0 ? words.totalNew(steps().length) : words.total(steps().length, span(sum));
  };
  const run = (): void => {
    const ids = steps().map(({ paragraph }) => paragraph);
    const use = used().map(({ paragraph }) => paragraph);
    props.onClose();
    void runPlanned({ ...notebook, values: forms.view.forRun, toasts: notebook.app.toasts }, ids, use);
  };
  return (
    <Modal title={props.paragraphs ? words.needs : words.stale} middle onClose={props.onClose}>
      <Switch fallback={<p class="quiet">{words.loading}</p>}>
        <Match when={problem()}>
          {(why) => (
            <p role="alert" class="plan-problem">
              <b>{why().code === 'dependency-cycle' ? words.cycle : words.failed}</b> {why().message} {why().hint}
            </p>
          )}
        </Match>
        <Match when={answer.latest && steps().length === 0}>
          <p class="quiet">{words.none}</p>
        </Match>
        <Match when={steps().length > 0}>
          <ol class="plan" aria-label={words.list}>
            <For each={steps()}>
              {(one) => (
                <li data-step={one.paragraph}>
                  <span class="plan-step">{step(one.paragraph)}</span>
                  <span
                    class="plan-kind"
                    style={{ color: `var(--${document.paragraph(one.paragraph).interpreter()})` }}
                  >
                    {labelOf(document.paragraph(one.paragraph).interpreter())}
                  </span>
                  <span class="plan-title">{title(one.paragraph)}</span>
                  <span class="plan-took">{one.took === undefined ? '' : words.took(span(one.took))}</span>
                  <span class="plan-why">{reasonOf(one)}</span>
                </li>
              )}
            </For>
          </ol>
        </Match>
      </Switch>
      <Show when={steps().filter(({ kept }) => kept).length || undefined}>
        {(count) => (
          <label class="plan-kept">
            <input type="checkbox" checked={keeping()} onChange={(event) => setKeeping(event.currentTarget.checked)} />
            {words.keep(count())}
          </label>
        )}
      </Show>
      <div class="dialog-foot">
        <Show when={steps().length > 0}>
          <span class="quiet">{total()}</span>
        </Show>
        <span class="spring" />
        <button type="button" class="button" onClick={() => props.onClose()}>
          {common.cancel}
        </button>
        <Show when={steps().length > 0}>
          <button ref={focusSoon} type="button" class="button main" data-key="Enter" onClick={run}>
            {label()}
          </button>
        </Show>
      </div>
    </Modal>
  );
}

/** It comes after the dialog has taken the focus: Enter runs what is shown. */
function focusSoon(button: HTMLButtonElement): void {
  queueMicrotask(() => button.focus());
}
