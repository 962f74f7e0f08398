import { createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { EditorCommand } from '../editor/contract.ts';
import { Source } from '../editor/Source.tsx';
import { formsAt } from '../forms/completion.ts';
import { Outputs } from '../outputs/Outputs.tsx';
import { hasOtherValues, isStale } from '../runs/stale.ts';
import { words } from '../words/en.ts';
import { Away } from './Away.tsx';
import { buildingOf, CHART_TEXT } from './building.ts';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import { insertAfter, setShown } from './edits.ts';
import { Forms } from './Forms.tsx';
import { Gutter } from './Gutter.tsx';
import { Head } from './Head.tsx';
import { InsertMenu } from './InsertMenu.tsx';
import { choiceOf } from './interpreters.ts';
import { mayReadRows } from './watch.ts';
import { stretch } from './wide.ts';

/** A paragraph of code: gutter, head line, source, and what its runs show. */
export function Code(props: {
  readonly paragraph: ParagraphView;
  readonly onEditor: (id: ParagraphId, command: EditorCommand) => void;
}): JSX.Element {
  const notebook = useNotebook();
  const { focus } = notebook;
  const id = props.paragraph.id;
  const runs = notebook.runs.paragraph(id);
  const [choosing, setChoosing] = createSignal(false);
  const [outputs, setOutputs] = createSignal<HTMLElement>();
  stretch(outputs, () => notebook.isWide(id));
  let box!: HTMLDivElement;

  const known = (): boolean => choiceOf(props.paragraph.interpreter()) !== undefined;
  const written = () => ({ interpreter: props.paragraph.interpreter(), source: props.paragraph.source() });
  const stale = createMemo(() => isStale(runs.shown()?.run, written()));
  const otherValues = createMemo(() => {
    const run = runs.shown()?.run;
    return run !== undefined && hasOtherValues(run, written(), notebook.forms.view.standings());
  });
  const errors = createMemo<readonly ErrorOutput[]>(
    () => {
      const shown = runs.shown();
      if (!shown || shown.dimmed || isStale(shown.run, written())) return none;
      return shown.run.outputs.filter((output) => output.kind === 'error');
    },
    none,
    { equals: (a, b) => a.length === 0 && b.length === 0 },
  );
  const fraction = createMemo(() => {
    const phase = runs.latest()?.phase;
    return phase?.state === 'running' ? phase.progress?.fraction : undefined;
  });
  const caret = createMemo(() => {
    const now = focus.focus();
    return now.mode === 'edit' && now.at === id ? now.caret : undefined;
  });
  const run = (): void => notebook.perform({ command: 'run' }, id);
  const stop = (): void => notebook.perform({ command: 'stop' }, id);

  return (
    <>
      <Show when={known()} fallback={<div class="gutter" />}>
        <Gutter id={id} run={runs.latest()} onRun={run} onStop={stop} />
      </Show>
      <div class="content">
        <div class="code" ref={box}>
          <Head
            paragraph={props.paragraph}
            run={runs.latest()}
            stale={stale()}
            otherValues={otherValues()}
            onStop={stop}
          />
          <Away paragraph={id} />
          <Source
            live={notebook.live}
            analyst={notebook.analyst}
            paragraph={id}
            interpreter={props.paragraph.interpreter()}
            editing={focus.isEditing(id)}
            {...(caret() === undefined ? {} : { caret: caret()! })}
            errors={errors()}
            complete={(text, offset) =>
              formsAt(props.paragraph.interpreter(), text, offset, notebook.forms.view.forms())
            }
            placeholder={choiceOf(props.paragraph.interpreter())?.placeholder ?? ''}
            onCommand={(command) => (command.type === 'insert-menu' ? setChoosing(true) : props.onEditor(id, command))}
            onFocus={() => focus.edit(id)}
          />
          <Show when={fraction() !== undefined}>
            <div
              class="meter"
              role="progressbar"
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.floor((fraction() ?? 0) * 100)}
              aria-label={words.paragraph.state.running}
            >
              <i style={{ width: `${(fraction() ?? 0) * 100}%` }} />
            </div>
          </Show>
        </div>
        <Show when={!known()}>
          <p class="quiet unknown">{words.paragraph.unknown(props.paragraph.interpreter())}</p>
        </Show>
        <Forms paragraph={id} />
        <Show when={runs.shown()}>
          {(shown) => (
            <div ref={setOutputs} class="shown" aria-busy={shown().dimmed}>
              <Outputs
                run={shown().run}
                dimmed={shown().dimmed}
                onFix={(output) => notebook.fix(id, output)}
                onRunAgain={run}
                chart={props.paragraph.options().chart}
                fixed={!mayReadRows(notebook.role()) && props.paragraph.options().download !== true}
                onChart={notebook.writable() ? (option) => setShown(notebook, id, 'chart', option) : undefined}
                place={{ viewer: notebook.app.person().id, paragraph: id }}
                table={props.paragraph.options().table}
                onTable={notebook.writable() ? (option) => setShown(notebook, id, 'table', option) : undefined}
                onInsert={
                  notebook.writable()
                    ? (source, interpreter) =>
                        notebook.reveal(insertAfter(notebook, id, { source, ...(interpreter ? { interpreter } : {}) }))
                    : undefined
                }
                building={
                  notebook.writable() && props.paragraph.interpreter() === CHART_TEXT
                    ? buildingOf(notebook, props.paragraph)
                    : undefined
                }
              />
            </div>
          )}
        </Show>
        <Show when={choosing()}>
          <InsertMenu anchor={box} paragraph={props.paragraph} onClose={() => setChoosing(false)} />
        </Show>
      </div>
    </>
  );
}

const none: readonly ErrorOutput[] = [];
