/** What a folder was shared with that is gone: given to the folder that it is now, or forgotten. */
import { createResource, createSignal, For, type JSX, Show } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { Avatar } from '../people/Avatar.tsx';
import { colorOf } from '../people/person.ts';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import { changeRoles, forgetAside, readRoles } from './calls.ts';
import type { Grant } from './contract.ts';
import { inOrder, keyOf, withGrant } from './roles.ts';
import { Said, type Saying } from './Said.tsx';
import './share.css';

export function Aside(props: {
  readonly folder: string;
  /** The folders that are there. */
  readonly to: readonly string[];
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { folder } = props;
  const [roles, { refetch }] = createResource(() => readRoles({ kind: 'folder', folder }));
  const [busy, setBusy] = createSignal(false);
  const [said, setSaid] = createSignal<Saying>();
  const aside = (): readonly Grant[] | undefined => {
    const now = roles();
    return now?.ok ? now.value.aside : undefined;
  };
  const nameOf = ({ subject, name }: Grant): string => (subject.kind === 'everyone' ? share.everyone : name);

  /** Whoever has a role at the new place keeps that one; whose account is gone gets none. */
  const given = (grants: readonly Grant[]) => (items: readonly Grant[]) =>
    grants
      .filter(({ subject, name }) => subject.kind !== 'person' || name !== '')
      .filter(({ subject }) => !items.some((one) => keyOf(one.subject) === keyOf(subject)))
      .reduce(withGrant, items);

  async function end(to: string | undefined): Promise<void> {
    const grants = aside();
    if (busy() || !grants) return;
    setBusy(true);
    try {
      const gave = to === undefined ? undefined : await changeRoles({ kind: 'folder', folder: to }, given(grants));
      const answer = gave && !gave.ok ? gave : await forgetAside(folder);
      if (!answer.ok) setSaid({ text: `${share.notSaved}: ${answer.problem.message}`, bad: true });
      else {
        props.onClose();
        props.onChanged();
      }
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal title={share.goneTitle(folder)} middle onClose={() => props.onClose()}>
      <div class="share" aria-busy={roles.loading}>
        <Show
          when={aside()}
          fallback={
            <Show when={!roles.loading} fallback={<p class="quiet share-wait">{share.loading}</p>}>
              <p role="alert">{share.failed}</p>
              <button type="button" class="button" onClick={() => void refetch()}>
                {words.retry}
              </button>
            </Show>
          }
        >
          {(grants) => (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                const to = new FormData(event.currentTarget).get('to');
                if (typeof to === 'string' && to !== '') void end(to);
              }}
            >
              <p class="quiet">{grants().length > 0 ? share.goneText : share.goneNone}</p>
              <Said saying={said()} />
              <ul class="share-list inherited">
                <For each={inOrder(grants())}>
                  {(grant) => (
                    <li>
                      <Avatar name={nameOf(grant)} color={colorOf(nameOf(grant))} />
                      <span class="share-name">{nameOf(grant)}</span>
                      <span class="quiet">{share.roles[grant.role]}</span>
                    </li>
                  )}
                </For>
              </ul>
              <div class="dialog-foot">
                <button
                  type="button"
                  class="button danger"
                  disabled={busy() || grants().length === 0}
                  onClick={() => void end(undefined)}
                >
                  {share.goneForget}
                </button>
                <span class="spring" />
                <Show when={props.to.length > 0 && grants().length > 0}>
                  <select class="field" name="to" aria-label={share.goneTo}>
                    <For each={props.to}>{(path) => <option value={path}>{path}</option>}</For>
                  </select>
                  <button type="submit" class="button main" disabled={busy()}>
                    {share.goneGive}
                  </button>
                </Show>
              </div>
            </form>
          )}
        </Show>
      </div>
    </Modal>
  );
}
