/**
 * One form of the front matter as its author changes it: each field is written when it is left, so that each is one step of
 * undo; what is wrong is said while it is typed.
 */
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import type { Json } from '../../server/protocol/document.ts';
import { FORM_TYPES, LONGEST_LABEL } from '../../server/protocol/forms.ts';
import { formEditorWords as words } from '../words/form-editor.ts';
import { Control } from './Control.tsx';
import {
  boundOf,
  complaintsOf,
  formOf,
  type Given,
  givenOf,
  optionsOfText,
  textOfOptions,
  typeOf,
  withOptions,
  withProperty,
  withType,
} from './draft.ts';

export function FormFields(props: {
  readonly name: string;
  readonly declaration: Json;
  readonly onChange: (declaration: Json) => void;
}): JSX.Element {
  const id = createUniqueId();
  const [draft, setDraft] = createSignal<Given>({});
  // Also what a colleague changes.
  createEffect(() => setDraft(givenOf(props.name, props.declaration)));
  const type = createMemo(() => typeOf(draft()));
  const form = createMemo(() => formOf(props.name, draft()));
  const complaints = createMemo(() => complaintsOf(props.name, draft()));
  const isChoice = (): boolean => type() === 'select' || type() === 'multi-select';
  const query = (): string | undefined => {
    const { options } = draft();
    return typeof options === 'object' && options !== null && 'query' in options ? String(options.query) : undefined;
  };
  const bounds = (): readonly ('min' | 'max' | 'step')[] => {
    if (type() === 'number' || type() === 'slider') return ['min', 'max', 'step'];
    return type() === 'date' || type() === 'date-range' ? ['min', 'max'] : [];
  };
  const commit = (given: Given = draft()): void => {
    setDraft(given);
    if (JSON.stringify(given) !== JSON.stringify(givenOf(props.name, props.declaration))) props.onChange(given);
  };
  return (
    <div class="form-edit">
      <label class="dialog-field">
        <span>{words.type}</span>
        <select
          class="field"
          ref={(field) =>
            createEffect(() => {
              field.value = type() ?? '';
            })
          }
          onChange={({ currentTarget: { value } }) => {
            const chosen = FORM_TYPES.find((one) => one === value);
            if (chosen) commit(withType(props.name, draft(), chosen, words.firstOptions));
          }}
        >
          <Show when={type() === undefined}>
            <option value="" disabled>
              {String(draft().type)}
            </option>
          </Show>
          <For each={FORM_TYPES}>{(one) => <option value={one}>{words.types[one]}</option>}</For>
        </select>
      </label>
      <TextField
        label={words.label}
        text={typeof draft().label === 'string' ? String(draft().label) : ''}
        placeholder={props.name}
        maxLength={LONGEST_LABEL}
        onText={(text) => setDraft(withProperty(draft(), 'label', text.trim() === '' ? undefined : text))}
        onDone={() => commit()}
      />
      <Show when={isChoice() && query() === undefined}>
        <label class="dialog-field form-wide">
          <span>{words.options}</span>
          <textarea
            class="field form-options"
            rows={4}
            spellcheck={false}
            ref={(field) =>
              createEffect(() => {
                const text = textOfOptions(draft().options);
                if (document.activeElement !== field) field.value = text;
              })
            }
            onInput={(event) => setDraft(withProperty(draft(), 'options', optionsOfText(event.currentTarget.value)))}
            onChange={(event) => commit(withOptions(props.name, draft(), optionsOfText(event.currentTarget.value)))}
          />
          <small class="quiet">{words.optionsHint}</small>
        </label>
      </Show>
      <Show when={isChoice() && query() !== undefined}>
        <TextField
          wide
          label={words.query}
          text={query() ?? ''}
          placeholder={words.queryPlaceholder}
          onText={(text) => setDraft(withProperty(draft(), 'options', { query: text }))}
          onDone={() => query()?.trim() !== '' && commit()}
        />
      </Show>
      <Show when={isChoice()}>
        <button
          type="button"
          class="link-button form-source"
          onClick={() => {
            // Without a query yet nothing is written.
            if (query() === undefined) setDraft(withProperty(draft(), 'options', { query: '' }));
            else commit(withOptions(props.name, draft(), [...words.firstOptions]));
          }}
        >
          {query() === undefined ? words.fromQuery : words.fromList}
        </button>
      </Show>
      <For each={bounds()}>
        {(bound) => (
          <TextField
            label={words.bounds[bound]}
            text={draft()[bound] === undefined ? '' : String(draft()[bound])}
            onText={(text) => setDraft(withProperty(draft(), bound, boundOf(text)))}
            onDone={() => commit()}
          />
        )}
      </For>
      <Show when={form() !== undefined && type() !== 'password' && form()}>
        {(shown) => (
          // What its controls tell is settled when they are left.
          <div class="dialog-field" onFocusOut={() => commit()} onChange={() => commit()}>
            <label id={`${id}-default-label`} for={`${id}-default`}>
              {words.default}
            </label>
            <Control
              control={{
                id: `${id}-default`,
                describedBy: `${id}-said`,
                isRefused: false,
                get raw() {
                  return draft().default ?? shown().default;
                },
                onType: (raw) => {
                  setDraft(withProperty(draft(), 'default', raw as Json));
                  // A list that is open is left by its last box.
                  if (type() === 'multi-select') commit();
                },
              }}
              form={shown()}
              label={words.default}
              labelId={`${id}-default-label`}
            />
          </div>
        )}
      </Show>
      <ul id={`${id}-said`} class="form-problems" aria-live="polite">
        <For each={complaints()}>{(one) => <li data-code={one.code}>{one.message}</li>}</For>
      </ul>
    </div>
  );
}

/** Told at each letter, and done when it is left. */
export function TextField(props: {
  readonly label: string;
  readonly text: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly wide?: boolean;
  readonly onText: (text: string) => void;
  readonly onDone: () => void;
}): JSX.Element {
  return (
    <label class="dialog-field" classList={{ 'form-wide': props.wide === true }}>
      <span>{props.label}</span>
      <input
        class="field"
        ref={(field) =>
          createEffect(() => {
            const { text } = props;
            if (document.activeElement !== field) field.value = text;
          })
        }
        placeholder={props.placeholder}
        maxLength={props.maxLength}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => props.onText(event.currentTarget.value)}
        onChange={() => props.onDone()}
      />
    </label>
  );
}
