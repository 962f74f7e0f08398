/**
 * A paragraph on the page: a shell that is cheap for each of thousands, filled once it is near the viewport. The shell
 * carries what tests and scripts hold on to: `data-paragraph`, `data-interpreter`, `data-state` of its latest run.
 */
import {
  type Accessor,
  createMemo,
  createRenderEffect,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
  untrack,
} from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { EditorCommand } from '../editor/contract.ts';
import { words } from '../words/en.ts';
import { Code } from './Code.tsx';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import { isProse } from './edits.ts';
import { Insert } from './Insert.tsx';
import { labelOf } from './interpreters.ts';
import { guessHeight, type Near } from './near.ts';
import { Text } from './Text.tsx';

/** So many are filled at once, without waiting to be told that they are near: the first screen. */
const FIRST_SCREEN = 8;

export type ParagraphActions = {
  readonly onEditor: (id: ParagraphId, command: EditorCommand) => void;
  readonly onInsert: (after: ParagraphId, interpreter: string) => void;
};

export function ParagraphShell(props: {
  readonly id: ParagraphId;
  readonly index: Accessor<number>;
  readonly near: Near;
  readonly actions: ParagraphActions;
}): JSX.Element {
  const notebook = useNotebook();
  const { id, near, actions } = props;
  const paragraph = notebook.document.paragraph(id);
  const latest = notebook.runs.paragraph(id).latest;
  const [filled, setFilled] = createSignal(untrack(props.index) < FIRST_SCREEN);
  let section!: HTMLElement;
  onMount(() => {
    if (!filled()) onCleanup(near.watch(id, section, () => setFilled(true)));
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a thousand regions would drown the page's landmarks
    <section
      ref={section}
      class="paragraph"
      role="group"
      tabindex={-1}
      data-paragraph={id}
      data-interpreter={paragraph.interpreter()}
      data-state={latest()?.phase.state ?? 'none'}
      aria-label={words.paragraph.label(labelOf(paragraph.interpreter()), paragraph.name())}
    >
      {filled() ? (
        <Filled section={section} paragraph={paragraph} actions={actions} />
      ) : (
        <div
          class="ahead"
          style={{ height: `${untrack(() => guessHeight(paragraph.source(), isProse(paragraph.interpreter())))}px` }}
        />
      )}
    </section>
  );
}

/** What only a paragraph that is or was near the viewport has: its parts, and where the person is shown on its shell. */
function Filled(props: {
  readonly section: HTMLElement;
  readonly paragraph: ParagraphView;
  readonly actions: ParagraphActions;
}): JSX.Element {
  const notebook = useNotebook();
  const { section, paragraph, actions } = props;
  const { focus } = notebook;
  const { id } = paragraph;
  const prose = createMemo(() => isProse(paragraph.interpreter()));
  const mark = (name: string, on: () => boolean): void =>
    createRenderEffect(() => void section.classList.toggle(name, on()));
  mark('prose', prose);
  mark('at', () => focus.isAt(id));
  mark('editing', () => focus.isEditing(id));
  mark('chosen', () => focus.isSelected(id));
  mark('wide', () => notebook.isWide(id));
  mark('gone', () => paragraph.deleted() !== undefined);
  createRenderEffect(() => section.style.setProperty('--tone', `var(--${paragraph.interpreter()}, var(--ink-3))`));
  createRenderEffect(() => {
    section.tabIndex = focus.isEntry(id) ? 0 : -1;
  });
  createRenderEffect(() => {
    if (focus.isAt(id)) section.setAttribute('aria-current', 'true');
    else section.removeAttribute('aria-current');
  });
  return (
    <>
      <Show when={paragraph.deleted()}>{(deletion) => <Gone paragraph={paragraph} by={deletion().by} />}</Show>
      <Switch fallback={<Code paragraph={paragraph} onEditor={actions.onEditor} />}>
        <Match when={paragraph.damaged()}>{(why) => <Damaged id={id} why={why()} />}</Match>
        <Match when={prose()}>
          <Text paragraph={paragraph} onEditor={actions.onEditor} />
        </Match>
      </Switch>
      <Insert onInsert={(interpreter) => actions.onInsert(id, interpreter)} />
    </>
  );
}

export function Damaged(props: { readonly id: string; readonly why: string }): JSX.Element {
  const notebook = useNotebook();
  return (
    <div class="notice bad" role="alert">
      <div>
        <b>{words.paragraph.damaged}</b>
        <p>{words.paragraph.damagedWhy(props.why)}</p>
      </div>
      <Show when={notebook.writable()}>
        <button type="button" class="button" onClick={() => notebook.removeDamaged(props.id)}>
          {words.paragraph.remove}
        </button>
      </Show>
    </div>
  );
}

/** "Deleted by X": whoever was typing here keeps the text before their eyes, and can have it back. */
function Gone(props: { readonly paragraph: ParagraphView; readonly by: string }): JSX.Element {
  const notebook = useNotebook();
  return (
    <div class="notice" role="alert">
      <p>{words.paragraph.deletedBy(props.by)}</p>
      <span class="spring" />
      <button type="button" class="button main" onClick={() => notebook.restore(props.paragraph.id)}>
        {words.paragraph.restore}
      </button>
      <button type="button" class="button" onClick={() => notebook.document.letGo(props.paragraph.id)}>
        {words.paragraph.letGo}
      </button>
    </div>
  );
}
