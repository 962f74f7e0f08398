/** People and groups with their roles at a place, and whom the folders above let in. */
import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { ROLES, type Role } from '../../server/protocol/roles.ts';
import type { Me } from '../account/me.ts';
import { Icon } from '../parts/Icon.tsx';
import { Avatar } from '../people/Avatar.tsx';
import { colorOf } from '../people/person.ts';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import { Add } from './Add.tsx';
import { Command } from './Command.tsx';
import { changeRoles } from './calls.ts';
import type { Directory, Grant, Place, Roles } from './contract.ts';
import { inOrder, isLastOwner, keyOf, withGrant, withoutGrant } from './roles.ts';
import { Said, type Saying } from './Said.tsx';
import { See, viewerOf } from './See.tsx';

export type Standing = { readonly me: Me; readonly roles: Roles; readonly directory: Directory };

type Change = (items: readonly Grant[]) => readonly Grant[];

export function People(props: { readonly place: Place; readonly standing: Standing }): JSX.Element {
  const { place } = props;
  const { me, directory } = props.standing;
  const [roles, setRoles] = createSignal(props.standing.roles);
  const [busy, setBusy] = createSignal(false);
  const [said, setSaid] = createSignal<Saying>();
  const [leaving, setLeaving] = createSignal<Change>();
  const shown = place.kind === 'notebook' ? place.id : undefined;
  const heading = createUniqueId();
  let list: HTMLUListElement | undefined;
  /** Rows keep their places, so that the keyboard keeps its own; who is new comes last. */
  const keys = createMemo<readonly string[]>(
    (before) => {
      const now = inOrder(roles().items).map(({ subject }) => keyOf(subject));
      return [...before.filter((key) => now.includes(key)), ...now.filter((key) => !before.includes(key))];
    },
    [],
    { equals: (one, other) => one.join('\n') === other.join('\n') },
  );
  const grantOf = (key: string): Grant | undefined => roles().items.find(({ subject }) => keyOf(subject) === key);

  /** Over what stands there now: somebody else may have the dialog open too. */
  async function write(change: Change): Promise<boolean> {
    if (busy()) return false;
    setBusy(true);
    try {
      const answer = await changeRoles(place, change);
      if (answer.ok) setRoles(answer.value);
      setSaid(answer.ok ? undefined : { text: `${share.notSaved}: ${answer.problem.message}`, bad: true });
      return answer.ok;
    } finally {
      setBusy(false);
    }
  }
  const nameOf = (grant: Grant): string => (grant.subject.kind === 'everyone' ? share.everyone : grant.name);
  const isMine = ({ subject }: Grant): boolean => subject.kind === 'person' && subject.person === me.person?.id;
  const isFixed = (grant: Grant): boolean => me.kind !== 'owner' && isLastOwner(roles().items, grant);

  const add = async (grant: Grant): Promise<void> => {
    if (await write((items) => withGrant(items, grant))) setSaid({ text: share.added(nameOf(grant)) });
  };
  const change = (grant: Grant, role: Role): void => {
    const to: Change = (items) => withGrant(items, { ...grant, role });
    if (isMine(grant) && grant.role === 'owner') setLeaving(() => to);
    else void write(to);
  };
  const remove = async (grant: Grant): Promise<void> => {
    const to: Change = (items) => withoutGrant(items, grant.subject);
    if (isMine(grant)) return void setLeaving(() => to);
    if (!(await write(to))) return;
    // Its button is gone with it.
    list?.closest('section')?.querySelector<HTMLElement>('[role="combobox"]')?.focus();
    setSaid({ text: share.removed(nameOf(grant)), undo: () => void write((items) => withGrant(items, grant)) });
  };

  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{share.people}</h3>
      <Show when={me.accounts} fallback={<NoAccounts />}>
        <Add directory={directory} here={roles().items} busy={busy()} onAdd={(grant) => void add(grant)} />
      </Show>
      <Show when={leaving()}>
        {(change) => (
          <div class="share-ask" role="alertdialog" aria-label={share.leaveTitle}>
            <b>{share.leaveTitle}</b>
            <p class="quiet">{share.leaveText}</p>
            <div class="dialog-foot">
              <button type="button" class="button" autofocus onClick={() => setLeaving(undefined)}>
                {words.cancel}
              </button>
              <button
                type="button"
                class="button danger"
                onClick={() => {
                  const to = change();
                  setLeaving(undefined);
                  void write(to);
                }}
              >
                {share.leaveDo}
              </button>
            </div>
          </div>
        )}
      </Show>
      <Said saying={said()} />
      <ul class="share-list" ref={list}>
        <For each={keys()}>
          {(key) => (
            <Show when={grantOf(key)}>
              {(grant) => (
                <li data-subject={key}>
                  <Face name={nameOf(grant())} />
                  <span class="share-name">
                    {nameOf(grant())}
                    <Note grant={grant()} mine={isMine(grant())} />
                  </span>
                  <select
                    class="field share-role"
                    aria-label={share.roleOf(nameOf(grant()))}
                    disabled={isFixed(grant())}
                    data-tip={isFixed(grant()) ? share.lastOwner[place.kind] : undefined}
                    onChange={(event) => {
                      const role = ROLES.find((one) => one === event.currentTarget.value);
                      // What is shown follows what was saved.
                      event.currentTarget.value = grant().role;
                      if (role) change(grant(), role);
                    }}
                  >
                    <For each={ROLES}>
                      {(role) => (
                        <option value={role} selected={role === grant().role}>
                          {share.roles[role]}
                        </option>
                      )}
                    </For>
                  </select>
                  <See notebook={shown} as={viewerOf(grant().subject)} name={nameOf(grant())} />
                  <button
                    type="button"
                    class="icon"
                    aria-label={share.remove(nameOf(grant()))}
                    data-tip={isFixed(grant()) ? share.lastOwner[place.kind] : share.remove(nameOf(grant()))}
                    disabled={isFixed(grant())}
                    onClick={() => void remove(grant())}
                  >
                    <Icon name="x" size={14} />
                  </button>
                  <Show when={isFixed(grant())}>
                    <small class="quiet share-why">{share.lastOwner[place.kind]}</small>
                  </Show>
                </li>
              )}
            </Show>
          )}
        </For>
      </ul>
      <Show when={me.accounts && !isOwned(roles())}>
        <p class="quiet">{place.kind === 'notebook' ? share.unowned : share.unownedFolder}</p>
      </Show>
      <For each={roles().inherited}>
        {({ folder, items }) => (
          <>
            <h4>{share.inherited(folder)}</h4>
            <ul class="share-list inherited">
              <For each={inOrder(items)}>
                {(grant) => (
                  <li>
                    <Face name={nameOf(grant)} />
                    <span class="share-name">
                      {nameOf(grant)}
                      <Note grant={grant} mine={isMine(grant)} />
                    </span>
                    <span class="quiet">{share.roles[grant.role]}</span>
                    <See notebook={shown} as={viewerOf(grant.subject)} name={nameOf(grant)} />
                  </li>
                )}
              </For>
            </ul>
          </>
        )}
      </For>
    </section>
  );
}

const isOwned = ({ items, inherited }: Roles): boolean =>
  [...items, ...inherited.flatMap((one) => one.items)].some(({ role }) => role === 'owner');

const Face = (props: { readonly name: string }): JSX.Element => (
  <Avatar name={props.name} color={colorOf(props.name)} />
);

const Note = (props: { readonly grant: Grant; readonly mine: boolean }): JSX.Element => (
  <Show when={props.mine || props.grant.subject.kind === 'group'}>
    <small class="quiet">{props.mine ? share.you : share.group}</small>
  </Show>
);

const NoAccounts = (): JSX.Element => (
  <div class="share-none">
    <p>{share.noAccounts}</p>
    <p class="quiet">{share.noAccountsHint}</p>
    <Command text={share.command} />
    <p class="quiet">{share.commandHint}</p>
  </div>
);
