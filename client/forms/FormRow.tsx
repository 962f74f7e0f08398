/**
 * A row of forms as who fills them in sees it: controls, what is wrong under each, whose values they are, and Run. It knows
 * of no editor and no document: a notebook's page, a paragraph and a report show the same.
 */
import { createMemo, createUniqueId, For, type JSX, Show } from 'solid-js';
import { shownValue } from '../../server/protocol/forms/prose.ts';
import type { DeclaredForm } from '../../server/protocol/forms.ts';
import { Icon } from '../parts/Icon.tsx';
import { formWords as words } from '../words/forms.ts';
import { Control } from './Control.tsx';
import type { ControlProps } from './Inputs.tsx';
import type { AskOptions } from './options.ts';
import type { Standing } from './standing.ts';
import type { FormsView } from './values.ts';
import './forms.css';

export type RowParts = {
  readonly view: Pick<FormsView, 'standing' | 'type' | 'reset' | 'changed'>;
  /** With these values; absent where nothing may be run, and nothing is to be filled in. */
  readonly onRun?: (() => void) | undefined;
  /** Whether a change runs by itself. */
  readonly again?: { readonly isOn: () => boolean; set(on: boolean): void } | undefined;
  /** For options of queries. */
  readonly ask?: AskOptions | undefined;
  /** Makes these values everybody's; absent where one may not. */
  readonly onKeep?: ((names: readonly string[]) => void) | undefined;
};

export function FormRow(
  props: RowParts & {
    readonly label: string;
    readonly forms: readonly DeclaredForm[];
  },
): JSX.Element {
  const names = createMemo(() => props.forms.map(({ name }) => name), [], {
    equals: (a, b) => a.join() === b.join(),
  });
  const labelOf = (name: string): string => props.view.standing(name)?.form.label ?? name;
  const changed = createMemo(() => names().filter((name) => props.view.changed().includes(name)));
  const touched = (): boolean =>
    changed().length > 0 || names().some((name) => props.view.standing(name)?.refusal !== undefined);
  /** Those that stand in the front matter; a password is nobody's but whose it is. */
  const keepable = (): readonly string[] =>
    changed().filter((name) => {
      const form = props.view.standing(name)?.form;
      return form?.place.in === 'front' && form.type !== 'password';
    });
  return (
    <fieldset
      class="forms"
      aria-label={props.label}
      disabled={props.onRun === undefined}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.isComposing || event.altKey || !(event.target instanceof Element)) return;
        const isText = event.target.matches('input:not([type=checkbox], [type=search])');
        const isAsked = event.ctrlKey || event.metaKey || event.shiftKey;
        if (!props.onRun || !(isText || (isAsked && event.target.matches('input, select, button')))) return;
        event.preventDefault();
        event.stopPropagation();
        props.onRun();
      }}
    >
      <div class="forms-fields">
        <For each={names()}>
          {(name) => <Show when={props.view.standing(name)}>{(one) => <OneForm {...props} standing={one()} />}</Show>}
        </For>
      </div>
      <Show when={props.onRun && (touched() || props.again)}>
        <div class="forms-foot">
          <Show when={changed().length > 0}>
            <button type="button" class="button main small" data-tip={words.runHint} onClick={() => props.onRun?.()}>
              <Icon name="play" size={9} />
              <span>{words.runWith(changed().map(labelOf))}</span>
            </button>
          </Show>
          <Show when={props.again}>
            {(again) => (
              <label class="forms-again">
                <input
                  type="checkbox"
                  checked={again().isOn()}
                  onChange={(event) => again().set(event.currentTarget.checked)}
                />
                {words.again}
              </label>
            )}
          </Show>
          <Show when={touched()}>
            <span class="forms-mine">
              <button
                type="button"
                class="link-button"
                data-tip={words.resetHint}
                onClick={() => props.view.reset(names())}
              >
                {words.reset}
              </button>
              <Show when={keepable().length > 0 && props.onKeep}>
                {(keep) => (
                  <button
                    type="button"
                    class="link-button"
                    data-tip={words.keepHint}
                    onClick={() => keep()(keepable())}
                  >
                    {words.keep}
                  </button>
                )}
              </Show>
            </span>
          </Show>
        </div>
      </Show>
    </fieldset>
  );
}

function OneForm(props: RowParts & { readonly standing: Standing<DeclaredForm> }): JSX.Element {
  const id = createUniqueId();
  const labelId = `${id}-label`;
  const saidId = `${id}-said`;
  const markId = `${id}-mark`;
  const tip = (): string => `${words.own(shownValue(form(), form().default))}. ${words.markHint}`;
  const form = (): DeclaredForm => props.standing.form;
  const label = (): string => form().label ?? form().name;
  const control: ControlProps = {
    id,
    describedBy: `${markId} ${saidId}`,
    get isRefused() {
      return props.standing.refusal !== undefined;
    },
    get raw() {
      return props.standing.raw;
    },
    onType: (raw) => props.view.type(form().name, raw),
    // Whoever may run nothing asks for nothing.
    get ask() {
      return props.onRun && props.ask;
    },
  };
  return (
    <div class="form-one" data-form={form().name} data-type={form().type}>
      <span class="form-label">
        <label id={labelId} for={id}>
          {label()}
        </label>
        <Show when={props.standing.changed}>
          <small id={markId} class="form-mark" data-tip={tip()}>
            {words.mark}
          </small>
        </Show>
      </span>
      <Control control={control} form={form()} label={label()} labelId={labelId} />
      <span id={saidId} class="form-said" aria-live="polite">
        <Show when={props.standing.refusal}>
          {(refusal) => (
            <>
              {refusal().message} {words.counts(shownValue(form(), props.standing.value))}
            </>
          )}
        </Show>
      </span>
    </div>
  );
}
