/**
 * The forms of a notebook as its writers change them: those of the front matter are added, changed, put in order and
 * removed here, each an entry of its own in the document, so that two people's changes merge; those that a paragraph
 * declares are changed in its text, where this leads.
 */
import { createMemo, createSignal, createUniqueId, For, type JSX, onCleanup, Show } from 'solid-js';
import { type Json, metaOf, readParagraphs } from '../../server/protocol/document.ts';
import { frontFormsOf, moveForm, setForm } from '../../server/protocol/forms/document.ts';
import { type FrontForms, formsOf } from '../../server/protocol/forms/list.ts';
import { type DeclaredForm, FORM_TYPES, type FormType } from '../../server/protocol/forms.ts';
import { givenOf, typeOf, withType } from '../forms/draft.ts';
import { FormFields } from '../forms/FormFields.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { formEditorWords as formWords } from '../words/form-editor.ts';
import { useNotebook } from './context.ts';
import '../forms/forms.css';

export function FormsDialog(props: { readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const { live, forms } = notebook;
  const meta = metaOf(live.doc);
  const read = (): FrontForms => frontFormsOf(live.doc) ?? [];
  const [front, setFront] = createSignal(read());
  const onMeta = (): void => void setFront(read());
  meta.observe(onMeta);
  onCleanup(() => meta.unobserve(onMeta));
  const [open, setOpen] = createSignal<string>();
  const names = createMemo(() => front().map(([name]) => name), [], { equals: (a, b) => a.join() === b.join() });
  const declarationOf = (name: string): Json => front().find(([one]) => one === name)?.[1] ?? null;
  const inPlace = (): readonly DeclaredForm[] => forms.view.forms().filter(({ place }) => place.in === 'paragraph');
  /** Of the whole: two that clash, or too many. */
  const problemsOf = (name: string): readonly string[] => [
    ...new Set(
      forms.view.problems().flatMap((one) => (one.name === name && one.place.in === 'front' ? [one.message] : [])),
    ),
  ];

  const step = (change: () => void): void => {
    if (!notebook.writable()) return;
    live.undo.stopCapturing();
    live.doc.transact(change, live.origin);
    live.undo.stopCapturing();
  };
  const set = (name: string, declaration: Json): void => step(() => setForm(live.doc, name, declaration, live.origin));
  const remove = (name: string): void => {
    const at = names().indexOf(name);
    const declaration = declarationOf(name);
    const before = names()[at - 1];
    step(() => setForm(live.doc, name, undefined, live.origin));
    notebook.app.toasts.show({
      key: 'forms',
      text: formWords.removed(name),
      action: {
        label: words.undo,
        do: () =>
          step(() => {
            if (frontFormsOf(live.doc)?.some(([one]) => one === name)) return;
            setForm(live.doc, name, declaration, live.origin);
            moveForm(live.doc, name, before, live.origin);
          }),
      },
    });
  };
  const move = (name: string, by: 1 | -1): void => {
    const others = names().filter((one) => one !== name);
    const to = names().indexOf(name) + by;
    if (to < 0 || to > others.length) return;
    step(() => moveForm(live.doc, name, others[to - 1], live.origin));
  };
  /** Why nothing can be added so. */
  const refusal = (name: string, type: FormType): string | undefined => {
    if (front().some(([one]) => one === name)) return formWords.there(name);
    const declaration = withType(name, {}, type, formWords.firstOptions);
    const { problems } = formsOf([...front(), [name, declaration]], readParagraphs(live.doc).paragraphs);
    return problems.find((one) => one.name === name && one.place.in === 'front')?.message;
  };
  return (
    <Modal title={formWords.title} middle onClose={props.onClose}>
      <p class="quiet form-edit-hint">{formWords.hint}</p>
      <Show when={names().length === 0 && inPlace().length === 0}>
        <p class="quiet">{formWords.none}</p>
      </Show>
      <ul class="form-edits">
        <For each={names()}>
          {(name, index) => (
            <li data-form={name}>
              <div class="form-edit-line">
                <button
                  type="button"
                  class="form-edit-name"
                  aria-expanded={open() === name}
                  aria-label={formWords.change(name)}
                  onClick={() => setOpen(open() === name ? undefined : name)}
                >
                  <Icon name={open() === name ? 'down' : 'right'} size={12} />
                  <b>{name}</b>
                  <small class="quiet">{typeName(givenOf(name, declarationOf(name)))}</small>
                </button>
                <span class="spring" />
                <Act label={formWords.up(name)} icon="up" disabled={index() === 0} do={() => move(name, -1)} />
                <Act
                  label={formWords.down(name)}
                  icon="down"
                  disabled={index() === names().length - 1}
                  do={() => move(name, 1)}
                />
                <Act label={formWords.remove(name)} icon="x" do={() => remove(name)} />
              </div>
              <Show
                when={open() === name}
                fallback={
                  <ul class="form-problems">
                    <For each={problemsOf(name)}>{(message) => <li>{message}</li>}</For>
                  </ul>
                }
              >
                <FormFields
                  name={name}
                  declaration={declarationOf(name)}
                  onChange={(declaration) => set(name, declaration)}
                />
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Add
        refusal={refusal}
        onAdd={(name, type) => {
          set(name, withType(name, {}, type, formWords.firstOptions));
          setOpen(name);
        }}
      />
      <Show when={inPlace().length > 0}>
        <h3 class="form-edit-head">{formWords.inText}</h3>
        <ul class="form-edits">
          <For each={inPlace()}>
            {(form) => (
              <li class="form-edit-line">
                <b>{form.name}</b> <small class="quiet">{formWords.types[form.type]}</small>
                <span class="spring" />
                <button
                  type="button"
                  class="button small"
                  onClick={() => {
                    const { place } = form;
                    props.onClose();
                    if (place.in !== 'paragraph') return;
                    notebook.focus.edit(place.paragraph, place.end);
                    notebook.reveal(place.paragraph);
                  }}
                >
                  {formWords.editText}
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="dialog-foot">
        <button type="button" class="button main" onClick={() => props.onClose()}>
          {formWords.done}
        </button>
      </div>
    </Modal>
  );
}

const typeName = (given: ReturnType<typeof givenOf>): string => {
  const type = typeOf(given);
  return type === undefined ? formWords.unknown : formWords.types[type];
};

function Act(props: {
  readonly label: string;
  readonly icon: 'up' | 'down' | 'x';
  readonly disabled?: boolean;
  readonly do: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon"
      aria-label={props.label}
      data-tip={props.label}
      disabled={props.disabled}
      onClick={() => props.do()}
    >
      <Icon name={props.icon} size={14} />
    </button>
  );
}

function Add(props: {
  readonly refusal: (name: string, type: FormType) => string | undefined;
  readonly onAdd: (name: string, type: FormType) => void;
}): JSX.Element {
  const said = createUniqueId();
  const [name, setName] = createSignal('');
  const [type, setType] = createSignal<FormType>('text');
  const refusal = createMemo(() => (name() === '' ? undefined : props.refusal(name(), type())));
  let field!: HTMLInputElement;
  return (
    <form
      class="form-add"
      aria-label={formWords.add}
      onSubmit={(event) => {
        event.preventDefault();
        if (name() === '' || refusal() !== undefined) {
          field.focus();
          return;
        }
        props.onAdd(name(), type());
        setName('');
      }}
    >
      <label class="dialog-field">
        <span>{formWords.name}</span>
        <input
          ref={field}
          class="field"
          value={name()}
          placeholder={formWords.namePlaceholder}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={refusal() !== undefined}
          aria-describedby={said}
          onInput={(event) => setName(event.currentTarget.value.trim())}
        />
      </label>
      <label class="dialog-field">
        <span>{formWords.type}</span>
        <select
          class="field"
          onChange={({ currentTarget: { value } }) => setType(FORM_TYPES.find((one) => one === value) ?? 'text')}
        >
          <For each={FORM_TYPES}>{(one) => <option value={one}>{formWords.types[one]}</option>}</For>
        </select>
      </label>
      <button type="submit" class="button">
        {formWords.addDo}
      </button>
      <p id={said} class="form-said" aria-live="polite">
        {refusal()}
      </p>
    </form>
  );
}
