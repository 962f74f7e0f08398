/** What would run, before it runs: the paragraphs in their order, why, and how long each took. Enter runs exactly these. */
import { createMemo, createResource, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { PlanStep } from '../../server/protocol/graph/plan.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { useNotebook } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { runPlanned } from '../notebook/running.ts';
import { Modal } from '../parts/Modal.tsx';
import { span } from '../parts/time.ts';
import { dependWords } from '../words/depends.ts';
import { words as common } from '../words/en.ts';
import { readPlan } from './calls.ts';
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
  // What is written here first, so that the plan is of it.
  const ready = createMemo(() => asked() || notebook.save().state !== 'saving');
  const [answer] = createResource(
    () => (ready() ? { paragraphs: props.paragraphs, forms: forms.view.forRun() } : undefined),
    async (ask) => {
      setAsked(true);
      return readPlan(notebook.live.id, ask.paragraphs, ask.forms);
    },
  );
  const steps = (): readonly PlanStep[] => {
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
  const total = (): string => {
    const known = steps().flatMap(({ took }) => (took === undefined ? [] : [took]));
    const sum = known.reduce((all, one) => all + one, 0);
    return known.length === 0 ? words.totalNew(steps().length) : words.total(steps().length, span(sum));
  };
  const run = (): void => {
    const ids = steps().map(({ paragraph }) => paragraph);
    props.onClose();
    void runPlanned({ ...notebook, values: forms.view.forRun, toasts: notebook.app.toasts }, ids);
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
                  <span class="plan-why">
                    {one.reasons.length > 0 ? sayReasons(one.reasons, step, Date.now()) : words.because[one.because]}
                  </span>
                </li>
              )}
            </For>
          </ol>
        </Match>
      </Switch>
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
            {words.run(steps().length)}
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
