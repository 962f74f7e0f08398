/** What a new link shows, to whom, and for how long. */
import { createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../server/protocol/passwords.ts';
import { share } from '../words/share.ts';
import type { Choosable, LinkRole, NewLink } from './contract.ts';
import { ENDS, endsAt } from './ends.ts';
import { type Making, NewForm } from './NewForm.tsx';

/** As the server takes it. */
const LONGEST_LABEL = 200;
const ROLES: readonly LinkRole[] = ['reader', 'runner'];

export function NewLinkForm(
  props: Making & {
    readonly paragraphs: readonly Choosable[];
  },
): JSX.Element {
  const name = createUniqueId();
  const [some, setSome] = createSignal(false);
  return (
    <NewForm
      label={share.newLink}
      do={share.make}
      busy={props.busy}
      wishOf={(form) => wishOf(form, some(), Date.now())}
      onMake={props.onMake}
      onClose={props.onClose}
    >
      <label class="dialog-field">
        <span>{share.label}</span>
        <input
          class="field"
          name="label"
          maxLength={LONGEST_LABEL}
          placeholder={share.labelPlaceholder}
          autocomplete="off"
          ref={(field) => queueMicrotask(() => field.focus())}
        />
      </label>
      <div class="share-pair">
        <label class="dialog-field">
          <span>{share.expires}</span>
          <select class="field" name="ends">
            <For each={ENDS}>{(end) => <option value={end}>{share.ends[end]}</option>}</For>
          </select>
        </label>
        <label class="dialog-field">
          <span>{share.password}</span>
          <input
            class="field"
            name="password"
            type="password"
            autocomplete="new-password"
            minLength={SHORTEST_PASSWORD}
            maxLength={LONGEST_PASSWORD}
          />
        </label>
      </div>
      <fieldset class="share-what">
        <legend>{share.linkRole}</legend>
        <For each={ROLES}>
          {(role) => (
            <label>
              <input type="radio" name="role" value={role} checked={role === 'reader'} />
              <span>
                {share.linkRoles[role].name}
                <small class="quiet">{share.linkRoles[role].means}</small>
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <fieldset class="share-what">
        <legend>{share.what}</legend>
        <label>
          <input type="radio" name={name} checked={!some()} onChange={() => setSome(false)} />
          {share.all}
        </label>
        <label>
          <input type="radio" name={name} checked={some()} onChange={() => setSome(true)} />
          {share.chosen}
        </label>
        <Show when={some()}>
          <ul class="share-choose">
            <For each={props.paragraphs}>
              {(one) => (
                <li>
                  <label>
                    <input type="checkbox" name="paragraph" value={one.id} />
                    <span>{one.title}</span>
                  </label>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <label>
          <input type="checkbox" name="code" />
          {share.code}
        </label>
        <p class="quiet">{share.codeHint}</p>
      </fieldset>
    </NewForm>
  );
}

/** Or what is wrong with it. */
export function wishOf(form: FormData, some: boolean, now: number): NewLink | string {
  const text = (name: string): string => String(form.get(name) ?? '').trim();
  const paragraphs = form.getAll('paragraph').map(String);
  if (some && paragraphs.length === 0) return share.noneChosen;
  const expires = endsAt(text('ends'), now);
  const password = String(form.get('password') ?? '');
  return {
    role: ROLES.find((role) => role === text('role')) ?? 'reader',
    code: form.get('code') !== null,
    ...(text('label') === '' ? {} : { label: text('label') }),
    ...(password === '' ? {} : { password }),
    ...(expires === undefined ? {} : { expires }),
    ...(some ? { paragraphs } : {}),
  };
}
