/** Adds somebody by name: names that fit are offered as one types; Enter or a click gives the role chosen beside. */
import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { ROLES, type Role } from '../../server/protocol/roles.ts';
import { Avatar } from '../people/Avatar.tsx';
import { colorOf } from '../people/person.ts';
import { share } from '../words/share.ts';
import { Command } from './Command.tsx';
import type { Directory, Grant } from './contract.ts';
import { type Candidate, candidates } from './roles.ts';

export function Add(props: {
  readonly directory: Directory;
  readonly here: readonly Grant[];
  readonly busy: boolean;
  readonly onAdd: (grant: Grant) => void;
}): JSX.Element {
  const id = createUniqueId();
  const [typed, setTyped] = createSignal('');
  const [open, setOpen] = createSignal(false);
  const [at, setAt] = createSignal(0);
  const [role, setRole] = createSignal<Role>('reader');
  const found = createMemo(() => candidates(props.directory, share.everyone, props.here, typed()));
  const shown = (): boolean => open() && found().length > 0;
  const optionId = (index: number): string => `${id}-${index}`;
  const add = ({ subject, name }: Candidate): void => {
    setTyped('');
    setOpen(false);
    setAt(0);
    if (!props.busy) props.onAdd({ subject, name, role: role() });
  };
  const move = (by: number): void => {
    if (!open()) setOpen(true);
    else if (found().length > 0) setAt((now) => (now + by + found().length) % found().length);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const chosen = found()[at()];
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter' && chosen && (shown() || typed() !== '')) add(chosen);
    else if (event.key === 'Escape' && shown()) {
      // The dialog stays.
      event.stopPropagation();
      setOpen(false);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="share-add">
        <div class="share-find">
          <input
            class="field"
            role="combobox"
            aria-label={share.add}
            aria-expanded={shown()}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={shown() ? optionId(at()) : undefined}
            placeholder={share.addPlaceholder}
            autocomplete="off"
            spellcheck={false}
            autofocus
            value={typed()}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setAt(0);
              setOpen(true);
            }}
            onClick={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onKeyDown={onKey}
          />
          <Show when={shown()}>
            <div id={`${id}-list`} class="share-offers" role="listbox" aria-label={share.add}>
              <For each={found()}>
                {(one, index) => (
                  <button
                    type="button"
                    id={optionId(index())}
                    role="option"
                    tabindex={-1}
                    aria-selected={index() === at()}
                    onPointerMove={() => setAt(index())}
                    onPointerDown={(event) => {
                      // The field keeps the focus until it is added.
                      event.preventDefault();
                      add(one);
                    }}
                  >
                    <Avatar name={one.name} color={colorOf(one.name)} />
                    {one.name}
                    <Show when={one.also}>{(also) => <small class="quiet">{also()}</small>}</Show>
                    <Show when={one.subject.kind === 'group'}>
                      <small class="quiet">{share.group}</small>
                    </Show>
                  </button>
                )}
              </For>
            </div>
          </Show>
        </div>
        <select
          class="field share-role"
          aria-label={share.addRole}
          onChange={(event) => setRole(ROLES.find((one) => one === event.currentTarget.value) ?? 'reader')}
        >
          <For each={ROLES}>{(one) => <option value={one}>{share.roles[one]}</option>}</For>
        </select>
      </div>
      <Show when={typed().trim() !== '' && found().length === 0}>
        <div role="status">
          <p class="quiet">{share.nobodyFound(typed().trim())}</p>
          <Command text={share.command} />
        </div>
      </Show>
    </>
  );
}
