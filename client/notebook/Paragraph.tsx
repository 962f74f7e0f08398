/**
 * A paragraph on the page: a shell that is cheap for each of thousands, filled once it is near the viewport. The shell
 * carries what tests and scripts hold on to: `data-paragraph`, `data-interpreter`, `data-state` of its latest run.
 */
import {
  type Accessor,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
  untrack,
} from 'solid-js';
import { deleteParagraph } from '../../server/protocol/document.ts';
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
  const { focus } = notebook;
  const paragraph = notebook.document.paragraph(props.id);
  const runs = notebook.runs.paragraph(props.id);
  const [filled, setFilled] = createSignal(untrack(props.index) < FIRST_SCREEN);
  const prose = createMemo(() => isProse(paragraph.interpreter()));
  let section!: HTMLElement;

  onMount(() => {
    if (!filled()) onCleanup(props.near.watch(section, () => setFilled(true)));
  });
  createEffect(() => {
    if (focus.isAt(props.id)) setFilled(true);
  });
  createEffect(() => {
    if (!focus.isAt(props.id) || focus.isEditing(props.id)) return;
    if (!section.contains(document.activeElement) || isField(document.activeElement))
      section.focus({ preventScroll: true });
  });

  return (
    <section
      ref={section}
      class="paragraph"
      classList={{
        prose: prose(),
        at: focus.isAt(props.id),
        editing: focus.isEditing(props.id),
        chosen: focus.isSelected(props.id),
        wide: notebook.isWide(props.id),
        gone: paragraph.deleted() !== undefined,
      }}
      style={{ '--tone': `var(--${paragraph.interpreter()}, var(--ink-3))` }}
      data-paragraph={props.id}
      data-interpreter={paragraph.interpreter()}
      data-state={runs.latest()?.phase.state ?? 'none'}
      aria-label={words.paragraph.label(labelOf(paragraph.interpreter()), paragraph.name())}
      aria-current={focus.isAt(props.id) ? 'true' : undefined}
      tabindex={focus.isEntry(props.id) ? 0 : -1}
    >
      <Show
        when={filled()}
        fallback={
          <div
            class="ahead"
            style={{ height: `${guessHeight(paragraph.source(), prose(), runs.latest() !== undefined)}px` }}
          />
        }
      >
        <Show when={paragraph.deleted()}>{(deletion) => <Gone paragraph={paragraph} by={deletion().by} />}</Show>
        <Switch fallback={<Code paragraph={paragraph} runs={runs} onEditor={props.actions.onEditor} />}>
          <Match when={paragraph.damaged()}>{(why) => <Damaged id={props.id} why={why()} />}</Match>
          <Match when={prose()}>
            <Text paragraph={paragraph} onEditor={props.actions.onEditor} />
          </Match>
        </Switch>
        <Insert onInsert={(interpreter) => props.actions.onInsert(props.id, interpreter)} />
      </Show>
    </section>
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
        <button
          type="button"
          class="button"
          onClick={() =>
            deleteParagraph(
              notebook.live.doc,
              props.id as ParagraphId,
              { by: notebook.app.person().name, at: Date.now() },
              notebook.live.origin,
            )
          }
        >
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

const isField = (element: Element | null): boolean =>
  element?.matches('input, textarea, select, [contenteditable="true"]') === true;
