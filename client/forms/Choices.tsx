/** The controls of what is chosen: one of the options, or several. */
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, onCleanup, Show } from 'solid-js';
import { takesNumbers } from '../../server/protocol/forms/read.ts';
import { choiceOfText } from '../../server/protocol/forms/texts.ts';
import { type Choice, isQuery, type Option, type Options } from '../../server/protocol/forms.ts';
import { Icon } from '../parts/Icon.tsx';
import { formWords as words } from '../words/forms.ts';
import { type ControlOf, Field } from './Inputs.tsx';
import { Queried } from './Queried.tsx';

const writtenOf = (options: Options): readonly Option[] | undefined => (isQuery(options) ? undefined : options);
const queryOf = (options: Options): string => (isQuery(options) ? options.query : '');
const shown = ({ value, label }: Option): string => label ?? String(value);

export function SelectControl(props: ControlOf<'select'>): JSX.Element {
  return (
    <Show
      when={writtenOf(props.form.options)}
      fallback={
        <Show when={props.ask} fallback={<TypedControl {...props} />}>
          {(ask) => (
            <Queried
              name={props.form.name}
              query={queryOf(props.form.options)}
              ask={ask()}
              chosen={[props.raw]}
              choose={(options) => <WrittenSelect {...props} options={options()} />}
              write={(list) => <TypedControl {...props} list={list} />}
            />
          )}
        </Show>
      }
    >
      {(options) => <WrittenSelect {...props} options={options()} />}
    </Show>
  );
}

/** Options by their places: two may read the same. */
function WrittenSelect(props: ControlOf<'select'> & { readonly options: readonly Option[] }): JSX.Element {
  const NONE = 'none';
  const OTHER = 'other';
  const chosen = (): string => {
    if (props.raw === null) return NONE;
    const at = props.options.findIndex(({ value }) => value === props.raw);
    return at < 0 ? OTHER : String(at);
  };
  let field!: HTMLSelectElement;
  // Once the options stand.
  createEffect(() => {
    field.value = chosen();
  });
  return (
    <select
      ref={field}
      id={props.id}
      class="field form-field"
      aria-describedby={props.describedBy}
      aria-invalid={props.isRefused}
      onChange={({ currentTarget: { value } }) =>
        props.onType(value === NONE ? null : (props.options[Number(value)]?.value ?? props.raw))
      }
    >
      <Show when={props.form.default === null}>
        <option value={NONE}>{words.none}</option>
      </Show>
      <Show when={chosen() === OTHER}>
        <option value={OTHER} disabled>
          {String(props.raw)}
        </option>
      </Show>
      <For each={props.options}>{(option, index) => <option value={index()}>{shown(option)}</option>}</For>
    </select>
  );
}

/** Of a query the value is only ever data: it may be any of its kind. */
function TypedControl(props: ControlOf<'select'> & { readonly list?: string | undefined }): JSX.Element {
  return (
    <Field
      {...props}
      type="text"
      text={props.raw === null ? '' : String(props.raw)}
      placeholder={words.typeIt}
      onText={(text) => props.onType(text === '' ? null : takesNumbers(props.form) ? choiceOfText(text) : text)}
    />
  );
}

/** Commas between them. */
function TypedSeveral(props: ControlOf<'multi-select'>): JSX.Element {
  const several = (): readonly unknown[] => (Array.isArray(props.raw) ? props.raw : []);
  const [text, setText] = createSignal(several().join(', '));
  createEffect(() => {
    const now = several();
    if (partsOf(text()).join('\n') !== now.join('\n')) setText(now.join(', '));
  });
  return (
    <Field
      {...props}
      type="text"
      text={text()}
      placeholder={words.typeIt}
      onText={(typed) => {
        setText(typed);
        const parts = partsOf(typed);
        props.onType(takesNumbers(props.form) ? parts.map(choiceOfText) : parts);
      }}
    />
  );
}
const partsOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
];

/** More are found by what is typed. */
const FEW = 8;

export function SeveralControl(props: ControlOf<'multi-select'> & { readonly labelId: string }): JSX.Element {
  return (
    <Show
      when={writtenOf(props.form.options)}
      fallback={
        <Show when={props.ask} fallback={<TypedSeveral {...props} />}>
          {(ask) => (
            <Queried
              name={props.form.name}
              query={queryOf(props.form.options)}
              ask={ask()}
              chosen={Array.isArray(props.raw) ? props.raw : []}
              choose={(options) => <WrittenSeveral {...props} options={options()} />}
              write={() => <TypedSeveral {...props} />}
            />
          )}
        </Show>
      }
    >
      {(options) => <WrittenSeveral {...props} options={options()} />}
    </Show>
  );
}

/** A button that opens a list of boxes: a native list of several can't be told from its first, nor used by touch. */
function WrittenSeveral(
  props: ControlOf<'multi-select'> & { readonly labelId: string; readonly options: readonly Option[] },
): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const [wanted, setWanted] = createSignal('');
  const list = createUniqueId();
  const chosenId = createUniqueId();
  let box!: HTMLSpanElement;
  let button!: HTMLButtonElement;
  const chosen = createMemo<ReadonlySet<unknown>>(() => new Set(Array.isArray(props.raw) ? props.raw : []));
  const choose = (values: readonly Choice[]): void => props.onType(values);
  const inOrder = (is: (value: Choice) => boolean): readonly Choice[] =>
    props.options.map(({ value }) => value).filter(is);
  const found = (): readonly Option[] => {
    const word = wanted().trim().toLowerCase();
    return word === '' ? props.options : props.options.filter((one) => shown(one).toLowerCase().includes(word));
  };
  const close = (): void => {
    setOpen(false);
    setWanted('');
  };
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !box.contains(event.target)) close();
  };
  document.addEventListener('pointerdown', outside, true);
  onCleanup(() => document.removeEventListener('pointerdown', outside, true));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what it hears comes from the controls in it
    <span
      ref={box}
      class="form-several"
      onFocusOut={(event) => {
        const { relatedTarget } = event;
        if (relatedTarget instanceof Node && !box.contains(relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open()) return;
        event.stopPropagation();
        close();
        button.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        id={props.id}
        class="field form-field form-open"
        aria-expanded={open()}
        aria-controls={list}
        aria-labelledby={`${props.labelId} ${chosenId}`}
        aria-describedby={props.describedBy}
        onClick={() => (open() ? close() : setOpen(true))}
      >
        <span id={chosenId}>
          {words.chosen(props.options.filter(({ value }) => chosen().has(value)).map(shown)) || words.none}
        </span>
        <Icon name="down" size={12} />
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset takes no place of its own in all browsers */}
      <span id={list} class="form-list" role="group" aria-labelledby={props.labelId} hidden={!open()}>
        <Show when={open()}>
          <Show when={props.options.length > FEW}>
            <input
              class="field form-field"
              type="search"
              aria-label={words.filter}
              placeholder={words.filter}
              onInput={(event) => setWanted(event.currentTarget.value)}
            />
          </Show>
          <span class="form-all">
            <button type="button" class="link-button" onClick={() => choose(inOrder(() => true))}>
              {words.all}
            </button>
            <button type="button" class="link-button" onClick={() => choose([])}>
              {words.clear}
            </button>
          </span>
          <For each={found()} fallback={<span class="quiet">{words.noneFound}</span>}>
            {(option) => (
              <label>
                <input
                  type="checkbox"
                  checked={chosen().has(option.value)}
                  onChange={(event) => {
                    const isOn = event.currentTarget.checked;
                    choose(inOrder((value) => (value === option.value ? isOn : chosen().has(value))));
                  }}
                />
                <span>{shown(option)}</span>
              </label>
            )}
          </For>
        </Show>
      </span>
    </span>
  );
}
