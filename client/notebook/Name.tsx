import { createEffect, createMemo, createSignal, type JSX, Show } from 'solid-js';
import { setName } from '../../server/protocol/document.ts';
import { RESULT_NAME as NAME } from '../../server/protocol/rename.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import type { DocumentView, ParagraphView } from './document.ts';
import { sectionOf } from './place.ts';

/** `→ flights`, editable in place; `→ name` asks for one while the paragraph is hovered or in use. */
export function Name(props: { readonly paragraph: ParagraphView }): JSX.Element {
  const notebook = useNotebook();
  const [editing, setEditing] = createSignal(false);
  const [wrong, setWrong] = createSignal(false);
  const taken = createMemo(() => props.paragraph.name() !== '' && !ownsName(notebook.document, props.paragraph));
  let field: HTMLInputElement | undefined;

  const commit = (text: string): void => {
    const name = text.trim();
    if (name !== '' && !NAME.test(name)) {
      setWrong(true);
      return;
    }
    setWrong(false);
    setEditing(false);
    // The field is gone: the paragraph has the keys again.
    if (notebook.focus.isAt(props.paragraph.id) && !notebook.focus.isEditing(props.paragraph.id)) {
      sectionOf(document, props.paragraph.id)?.focus({ preventScroll: true });
    }
    const former = props.paragraph.name();
    if (name === former) return;
    const isOwner = !taken();
    notebook.live.undo.stopCapturing();
    setName(notebook.live.doc, props.paragraph.id, name, notebook.live.origin);
    if (former === '' || name === '' || !isOwner) return;
    // An offer that can't be had is none.
    import('../rename/offer.ts').then(
      ({ offerRename }) => offerRename(notebook, props.paragraph.id, former, name),
      () => undefined,
    );
  };
  createEffect(() => {
    if (!editing()) return;
    field?.focus();
    field?.select();
  });

  return (
    <Show
      when={editing()}
      fallback={
        <Show when={notebook.writable() || props.paragraph.name() !== ''}>
          <button
            type="button"
            class="name"
            classList={{ none: props.paragraph.name() === '', taken: taken() }}
            data-name-of={props.paragraph.id}
            data-tip={taken() ? words.paragraph.nameTaken(props.paragraph.name()) : words.paragraph.nameHint}
            aria-label={
              props.paragraph.name() === ''
                ? words.paragraph.name
                : `${words.paragraph.name}: ${props.paragraph.name()}`
            }
            tabindex={-1}
            disabled={!notebook.writable()}
            onClick={() => setEditing(true)}
          >
            {props.paragraph.name() === '' ? words.paragraph.nameAdd : words.paragraph.named(props.paragraph.name())}
          </button>
        </Show>
      }
    >
      <label class="name editing">
        <span aria-hidden="true">→</span>
        <input
          ref={field}
          aria-label={words.paragraph.name}
          aria-invalid={wrong()}
          value={props.paragraph.name()}
          spellcheck={false}
          maxLength={63}
          onInput={() => setWrong(false)}
          onBlur={(event) =>
            NAME.test(event.currentTarget.value.trim()) || event.currentTarget.value.trim() === ''
              ? commit(event.currentTarget.value)
              : setEditing(false)
          }
          onKeyDown={(event) => {
            if (event.isComposing) return;
            event.stopPropagation();
            if (event.key === 'Enter') commit(event.currentTarget.value);
            if (event.key === 'Escape') {
              event.currentTarget.value = props.paragraph.name();
              setWrong(false);
              setEditing(false);
            }
          }}
        />
        <Show when={wrong()}>
          <small role="alert">{words.paragraph.nameBad}</small>
        </Show>
      </label>
    </Show>
  );
}

/** Of two paragraphs with one name the first in order owns it; names fold case. */
function ownsName(document: DocumentView, paragraph: ParagraphView): boolean {
  const name = paragraph.name().toLowerCase();
  const owner = document.order().find((id) => document.paragraph(id).name().toLowerCase() === name);
  return owner === undefined || owner === paragraph.id;
}
