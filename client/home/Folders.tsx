import { createSignal, For, type JSX, lazy, Show, Suspense } from 'solid-js';
import { useApp } from '../app-context.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu } from '../parts/Menu.tsx';
import { folderPath, TRASH_PATH } from '../route.ts';
import { homeWords } from '../words/home.ts';
import { share } from '../words/share.ts';
import { trash } from '../words/versions.ts';
import type { Folder } from './folders.ts';

const Aside = lazy(async () => ({ default: (await import('../share/Aside.tsx')).Aside }));
const Share = lazy(async () => ({ default: (await import('../share/Share.tsx')).Share }));

/** The folders of the workspace; the one shown, and what leads to it, are open. */
export function Folders(props: {
  readonly folders: readonly Folder[];
  /** Undefined while the trash is shown. */
  readonly current: string | undefined;
  /** Those that are gone and left roles. */
  readonly gone: readonly string[];
  readonly onChanged: () => void;
}): JSX.Element {
  const nested = (): boolean => props.folders.some((folder) => folder.children.length > 0);
  return (
    <nav class="side" aria-label={homeWords.folders}>
      <a
        href="/"
        class="side-all"
        classList={{ on: props.current === '' }}
        aria-current={props.current === '' ? 'page' : undefined}
      >
        {homeWords.all}
      </a>
      <ul>
        <For each={props.folders}>
          {(folder) => <Branch folder={folder} current={props.current ?? ''} depth={0} gap={nested()} />}
        </For>
        <For each={props.gone}>
          {(folder) => <Gone folder={folder} to={props.folders} gap={nested()} onChanged={() => props.onChanged()} />}
        </For>
      </ul>
      <a
        href={TRASH_PATH}
        class="side-all side-trash"
        classList={{ on: props.current === undefined }}
        aria-current={props.current === undefined ? 'page' : undefined}
      >
        {trash.link}
      </a>
    </nav>
  );
}

function Branch(props: {
  readonly folder: Folder;
  readonly current: string;
  readonly depth: number;
  /** Whether a place is kept for the arrow. */
  readonly gap: boolean;
}): JSX.Element {
  const leads = (): boolean => `${props.current}/`.startsWith(`${props.folder.path}/`);
  const [opened, setOpened] = createSignal<boolean>();
  const open = (): boolean => opened() ?? leads();
  const has = (): boolean => props.folder.children.length > 0;
  return (
    <li>
      <div
        class="side-row"
        classList={{ on: props.current === props.folder.path }}
        style={{ 'padding-left': `${8 + props.depth * 14}px` }}
      >
        <Show when={has()} fallback={<i class="side-gap" classList={{ none: !props.gap }} aria-hidden="true" />}>
          <button
            type="button"
            class="icon"
            aria-expanded={open()}
            aria-label={props.folder.name}
            data-tip={props.folder.name}
            onClick={() => setOpened(!open())}
          >
            <Icon name={open() ? 'down' : 'right'} size={12} />
          </button>
        </Show>
        <a href={folderPath(props.folder.path)} aria-current={props.current === props.folder.path ? 'page' : undefined}>
          {props.folder.name}
        </a>
        <FolderMenu folder={props.folder} />
      </div>
      <Show when={has() && open()}>
        <ul>
          <For each={props.folder.children}>
            {(child) => <Branch folder={child} current={props.current} depth={props.depth + 1} gap />}
          </For>
        </ul>
      </Show>
    </li>
  );
}

/** Where it was, for whoever may say what becomes of its roles. */
function Gone(props: {
  readonly folder: string;
  readonly to: readonly Folder[];
  readonly gap: boolean;
  readonly onChanged: () => void;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  return (
    <li>
      <div class="side-row side-gone" style={{ 'padding-left': '8px' }}>
        <i class="side-gap" classList={{ none: !props.gap }} aria-hidden="true" />
        <button
          type="button"
          aria-label={share.goneHint(props.folder)}
          data-tip={share.goneHint(props.folder)}
          onClick={() => setOpen(true)}
        >
          <s>{props.folder}</s>
        </button>
      </div>
      <Show when={open()}>
        <Suspense>
          <Aside
            folder={props.folder}
            to={props.to.flatMap(pathsOf)}
            onChanged={() => props.onChanged()}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      </Show>
    </li>
  );
}

const pathsOf = (folder: Folder): readonly string[] => [folder.path, ...folder.children.flatMap(pathsOf)];

/** What can be done with a folder; whether it is one's own to share is the server's to say. */
function FolderMenu(props: { readonly folder: Folder }): JSX.Element {
  const app = useApp();
  const [menu, setMenu] = createSignal(false);
  const [sharing, setSharing] = createSignal(false);
  let more!: HTMLButtonElement;
  return (
    <>
      <button
        ref={more}
        type="button"
        class="icon side-more"
        aria-label={homeWords.actions(props.folder.name)}
        data-tip={homeWords.actions(props.folder.name)}
        aria-haspopup="menu"
        onClick={() => setMenu(!menu())}
      >
        <Icon name="more" size={14} />
      </button>
      <Show when={menu()}>
        <Menu
          label={homeWords.actions(props.folder.name)}
          anchor={more}
          onClose={() => setMenu(false)}
          items={[
            { label: homeWords.open, do: () => app.router.go(folderPath(props.folder.path)) },
            { label: `${share.do}…`, do: () => setSharing(true) },
          ]}
        />
      </Show>
      <Show when={sharing()}>
        <Suspense>
          <Share place={{ kind: 'folder', folder: props.folder.path }} onClose={() => setSharing(false)} />
        </Suspense>
      </Show>
    </>
  );
}
