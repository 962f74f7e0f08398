import { createEffect, createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { setTitle } from '../../server/protocol/document.ts';
import { Account } from '../account/Account.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Logo } from '../parts/Logo.tsx';
import { later } from '../parts/later.tsx';
import { Avatar } from '../people/Avatar.tsx';
import { folderPath, isReportAt, notebookPath, reportPath } from '../route.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { openWorkspaceTitle } from './crumb.ts';
import { SaveNote } from './SaveState.tsx';

const SessionMenu = later(async () => (await import('./SessionMenu.tsx')).SessionMenu);

/** So many faces fit; the rest are a number. */
const FACES = 5;

/** 48 px: where this is, who is here, whether it is saved, and what runs. */
export function TopBar(): JSX.Element {
  const notebook = useNotebook();
  const [menu, setMenu] = createSignal(false);
  const workspace = openWorkspaceTitle(localStorage);
  let more!: HTMLButtonElement;
  const folder = (): string => notebook.path().split('/').slice(0, -1).join('/');
  const busy = (): boolean => notebook.stoppable().length > 0;
  const others = () => notebook.people().filter((person) => !person.self);
  const unseen = (): number => Math.max(0, others().length - FACES) + notebook.crowd();
  const own = () => notebook.people().find((person) => person.self);
  const isReport = createMemo(() => isReportAt(notebook.app.router.route()));
  const badge = () => {
    const role = notebook.role();
    return role && words.bar.role[role];
  };
  return (
    <header class="bar">
      <a href="/" class="logo" aria-label={words.bar.home} data-tip={words.bar.home}>
        <Logo />
      </a>
      <div class="crumb">
        <a class="crumb-folder" href={folderPath('')}>
          {workspace() || words.product}
        </a>
        <CrumbRule />
        <Show when={folder() !== ''}>
          <a class="crumb-folder" href={folderPath(folder())}>
            {folder().split('/').join(' / ')}
          </a>
          <CrumbRule />
        </Show>
        <Title />
      </div>
      <span class="spring" />
      <ul class="people" aria-label={words.person.here}>
        <For each={others().slice(0, FACES)}>
          {(person) => (
            <li>
              <button
                type="button"
                aria-label={words.person.follow(person.name)}
                data-tip={words.person.follow(person.name)}
                aria-pressed={notebook.following() === person.person}
                onClick={() => notebook.follow(person.person)}
              >
                <Avatar name={person.name} color={person.color} />
              </button>
            </li>
          )}
        </For>
        <li>
          <Account app={notebook.app} color={own()?.color} />
        </li>
        <Show when={unseen() > 0}>
          <li class="people-more">+{unseen()}</li>
        </Show>
      </ul>
      <Show when={badge()}>
        {(own) => (
          <span class="role-badge" data-tip={own().hint} role="status">
            {own().text}
          </span>
        )}
      </Show>
      <SaveNote save={notebook.save()} onAsk={() => notebook.perform({ command: 'save' })} />
      <nav class="switch" aria-label={words.bar.views}>
        <View path={notebookPath(notebook.live.id)} on={!isReport()} text={words.bar.edit} />
        <View path={reportPath(notebook.live.id)} on={isReport()} text={words.bar.report} />
      </nav>
      <Show when={notebook.role() === 'owner'}>
        <button
          type="button"
          class="button share-button"
          data-tip={words.commands.share}
          aria-haspopup="dialog"
          onClick={() => notebook.perform({ command: 'share' })}
        >
          {words.bar.share}
        </button>
      </Show>
      <Show when={notebook.runnable()}>
        <Show
          when={busy()}
          fallback={
            <button
              type="button"
              class="button main run-all"
              disabled={notebook.save().state === 'opening'}
              onClick={() => notebook.perform({ command: 'run-all' })}
            >
              <Icon name="play" size={10} />
              <span>{words.bar.runAll}</span>
            </button>
          }
        >
          <button type="button" class="button run-all" onClick={() => notebook.perform({ command: 'stop-all' })}>
            <Icon name="stop" size={10} />
            <span>{words.bar.stop}</span>
          </button>
        </Show>
      </Show>
      <button
        ref={more}
        type="button"
        class="icon"
        aria-label={words.bar.session}
        data-tip={words.bar.session}
        aria-haspopup="menu"
        aria-expanded={menu()}
        onClick={() => setMenu(!menu())}
      >
        <Icon name="more" size={18} />
      </button>
      <Show when={menu()}>
        <SessionMenu anchor={more} onClose={() => setMenu(false)} />
      </Show>
    </header>
  );
}

/** Values of forms go along, as the address has them at that moment. */
function View(props: { readonly path: string; readonly on: boolean; readonly text: string }): JSX.Element {
  const { router } = useNotebook().app;
  return (
    <a
      href={props.path}
      aria-current={props.on ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        if (!props.on) router.go(props.path + location.search);
      }}
    >
      {props.text}
    </a>
  );
}

const CrumbRule = (): JSX.Element => (
  <span class="crumb-rule" aria-hidden="true">
    /
  </span>
);

function Title(): JSX.Element {
  const notebook = useNotebook();
  let field!: HTMLInputElement;
  createEffect(() => {
    const title = notebook.title();
    if (document.activeElement !== field) field.value = title;
  });
  const commit = (): void => {
    const title = field.value.replace(/\s+/g, ' ').trim();
    if (title !== '' && title !== notebook.title()) {
      notebook.live.undo.stopCapturing();
      setTitle(notebook.live.doc, title, notebook.live.origin);
    } else field.value = notebook.title();
  };
  return (
    <span class="title">
      {/* A page has a heading of the first level for whoever reads by headings: the text's own, or this. */}
      <Show when={!notebook.outline().some(({ level }) => level === 1)}>
        <h1 class="unseen">{notebook.title() || words.untitled}</h1>
      </Show>
      {/* The same text, unseen, gives the field its width. */}
      <span class="title-size" aria-hidden="true">
        {notebook.title() || words.untitled}
      </span>
      <input
        ref={field}
        aria-label={words.bar.title}
        data-title
        placeholder={words.untitled}
        readOnly={!notebook.writable()}
        maxLength={300}
        spellcheck={false}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Escape') field.value = notebook.title();
          if (event.key === 'Enter' || event.key === 'Escape') field.blur();
        }}
      />
    </span>
  );
}
