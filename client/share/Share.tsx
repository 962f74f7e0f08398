/**
 * Who may what on a notebook or a folder, and the links of a notebook, in one dialog for its owners. Each change is written
 * at once, over what stands there at that moment; the last owner stays.
 */
import { createResource, type JSX, Match, Show, Switch } from 'solid-js';
import { readMe } from '../account/me.ts';
import type { Problem } from '../api.ts';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import { readDirectory, readRoles } from './calls.ts';
import type { Choosable, Place } from './contract.ts';
import { Links } from './Links.tsx';
import { People, type Standing } from './People.tsx';
import './share.css';

export function Share(props: {
  readonly place: Place;
  /** What a link of the notebook can be made of. */
  readonly paragraphs?: readonly Choosable[];
  /** One of them is to be embedded: it begins there. */
  readonly embed?: string | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const { place } = props;
  const [loaded, { refetch }] = createResource(() => look(place));
  const title = place.kind === 'notebook' ? share.title(place.title) : share.folderTitle(place.folder);
  const shown = (): Standing | undefined => {
    const now = loaded();
    return now && 'me' in now ? now : undefined;
  };
  const failed = (): Problem | undefined => {
    const now = loaded();
    return now && 'code' in now ? now : undefined;
  };
  return (
    <Modal title={title} middle onClose={() => props.onClose()}>
      <div class="share" aria-busy={loaded.loading}>
        <Switch fallback={<p class="quiet share-wait">{share.loading}</p>}>
          <Match when={failed()}>
            {(problem) => (
              <div class="notice bad" role="alert">
                <div>
                  <b>{share.failed}</b>
                  <p>
                    {problem().message} {problem().hint}
                  </p>
                </div>
                <span class="spring" />
                <button type="button" class="button" onClick={() => void refetch()}>
                  {words.retry}
                </button>
              </div>
            )}
          </Match>
          <Match when={shown()} keyed>
            {(standing) => <People place={place} standing={standing} />}
          </Match>
        </Switch>
        <Show when={place.kind === 'notebook' ? place : undefined}>
          {(notebook) => (
            <Links
              notebook={notebook().id}
              paragraphs={props.paragraphs ?? []}
              embed={props.embed}
              reach={shown()?.me.reach}
            />
          )}
        </Show>
      </div>
    </Modal>
  );
}

async function look(place: Place): Promise<Standing | Problem> {
  const [me, roles, directory] = await Promise.all([readMe(), readRoles(place), readDirectory()]);
  if (!me.ok) return me.problem;
  if (!roles.ok) return roles.problem;
  if (!directory.ok) return directory.problem;
  return { me: me.value, roles: roles.value, directory: directory.value };
}
