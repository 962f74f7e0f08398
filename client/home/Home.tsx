import {
  createMemo,
  createResource,
  createSignal,
  For,
  type JSX,
  lazy,
  onCleanup,
  onMount,
  Show,
  Suspense,
} from 'solid-js';
import type { Role } from '../../server/protocol/roles.ts';
import { Account } from '../account/Account.tsx';
import { readMe } from '../account/me.ts';
import { createNotebook, type RunningNow } from '../api.ts';
import { useApp } from '../app-context.ts';
import { Icon } from '../parts/Icon.tsx';
import { Logo } from '../parts/Logo.tsx';
import { later } from '../parts/later.tsx';
import { newNotebookPath, notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { homeWords } from '../words/home.ts';
import type { ListedNotebook } from './calls.ts';
import { Folders } from './Folders.tsx';
import { foldersOf, isIn } from './folders.ts';
import { importFile } from './import.ts';
import { openList } from './list.ts';
import { Row } from './Row.tsx';
import '../styles/home.css';
import '../trash/trash.css';

const HomeCommands = later(async () => (await import('./HomeCommands.tsx')).HomeCommands);
const TrashPage = lazy(async () => ({ default: (await import('../trash/TrashPage.tsx')).TrashPage }));

/** All notebooks of the workspace: folders, search as one types, and what runs now. */
export function Home(props: { readonly folder: string; readonly trash?: boolean }): JSX.Element {
  const app = useApp();
  const [query, setQuery] = createSignal('');
  const { list, workspace, refresh, more } = openList(query);
  const [me] = createResource(readMe);
  /** At the top the account's own role says so; in a folder the folder's does, which only the server knows. */
  const mayMake = (): boolean => {
    const answer = me();
    return props.folder !== '' || !answer?.ok || writes(answer.value.role);
  };
  const isOwner = (): boolean => {
    const answer = me();
    return answer?.ok === true && answer.value.role === 'owner';
  };
  const [palette, setPalette] = createSignal(false);
  let search: HTMLInputElement | undefined;
  let files!: HTMLInputElement;
  document.title = words.product;

  const all = createMemo<readonly ListedNotebook[]>((before) => {
    const now = list();
    return now.state === 'shown' ? now.items : before;
  }, []);
  const folders = createMemo(() => foldersOf(workspace().folders));
  const shown = createMemo(() => all().filter((item) => isIn(item.path, props.folder)));
  const active = (): readonly RunningNow[] => workspace().running;
  const state = () => list().state;
  const failed = () => {
    const now = list();
    return now.state === 'failed' ? now.problem : undefined;
  };
  const hasMore = (): boolean => {
    const now = list();
    return now.state === 'shown' && now.next !== undefined;
  };

  const openNew = async (): Promise<void> => {
    const answer = await createNotebook({ folder: props.folder });
    if (answer.ok) app.router.go(newNotebookPath(answer.value));
    else app.toasts.show({ text: answer.problem.message, hint: answer.problem.hint ?? '', tone: 'bad' });
  };
  const importFiles = async (chosen: readonly File[]): Promise<void> => {
    let done = 0;
    for (const file of chosen) {
      const answer = await importFile(file, props.folder);
      if (answer.ok) done += 1;
      else
        app.toasts.show({
          text: `${file.name}: ${answer.problem.message}`,
          hint: answer.problem.hint ?? '',
          tone: 'bad',
        });
      if (answer.ok && chosen.length === 1) return app.router.go(notebookPath(answer.value));
    }
    if (done > 0) app.toasts.show({ text: homeWords.imported(done) });
    refresh();
  };

  onMount(() => {
    // Who has no name yet is asked for it, and the dialog may be there first.
    if (app.named() && matchMedia('(hover: hover)').matches) search?.focus();
    const onKey = (event: KeyboardEvent): void => {
      const mod = app.mac ? event.metaKey : event.ctrlKey;
      const writing = event.target instanceof Element && event.target.closest('input, textarea, [role="dialog"]');
      if (mod && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette(true);
      } else if (event.key === '/' && !writing) {
        event.preventDefault();
        toSearch();
      }
    };
    window.addEventListener('keydown', onKey);
    onCleanup(() => window.removeEventListener('keydown', onKey));
  });
  const toSearch = (): void => {
    search?.focus();
    search?.select();
  };
  const step = (event: KeyboardEvent, by: number): void => {
    const links = [...document.querySelectorAll<HTMLElement>('.row-link')];
    const at = links.findIndex((link) => link.matches(':focus'));
    const next = at + by;
    event.preventDefault();
    if (next < 0) search?.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  };

  return (
    <>
      <header class="bar">
        <span class="logo">
          <Logo />
        </span>
        <b class="product">{words.product}</b>
        <span class="crumb">{workspace().title}</span>
        <span class="spring" />
        <Show when={active().length > 0}>
          <a
            class="running-now"
            href={notebookPath(active()[0]!.notebook)}
            data-tip={active()
              .map((item) => item.title)
              .join(', ')}
          >
            <i class="dot running" aria-hidden="true" />
            {homeWords.running(active().length)}
          </a>
        </Show>
        <Show when={mayMake()}>
          <button type="button" class="button" data-tip={homeWords.importHint} onClick={() => files.click()}>
            {homeWords.import}
          </button>
        </Show>
        <input
          ref={files}
          type="file"
          class="unseen"
          tabindex={-1}
          aria-label={homeWords.importHint}
          accept=".md,.markdown,text/markdown"
          multiple
          onChange={(event) => {
            void importFiles([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <Show when={mayMake()}>
          <button type="button" class="button main" onClick={() => void openNew()}>
            <Icon name="plus" size={14} />
            <span>{homeWords.newNotebook}</span>
          </button>
        </Show>
        <div class="people">
          <Account app={app} />
        </div>
      </header>
      <div class="home">
        <Folders
          folders={folders()}
          current={props.trash ? undefined : props.folder}
          gone={workspace().gone}
          onChanged={refresh}
        />
        <Show
          when={!props.trash}
          fallback={
            <Suspense>
              <TrashPage />
            </Suspense>
          }
        >
          <main>
            <h1 class="unseen">{props.folder === '' ? homeWords.all : props.folder}</h1>
            <search class="search">
              <Icon name="search" />
              <input
                ref={search}
                type="search"
                aria-label={homeWords.search}
                placeholder={homeWords.search}
                spellcheck={false}
                autocomplete="off"
                value={query()}
                onInput={(event) => setQuery(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.isComposing) return;
                  if (event.key === 'ArrowDown') step(event, 1);
                  if (event.key === 'Enter') document.querySelector<HTMLElement>('.row-link')?.click();
                  if (event.key === 'Escape' && query() !== '') setQuery('');
                }}
              />
              <kbd>/</kbd>
            </search>
            <Show when={failed()}>
              {(problem) => (
                <div class="notice bad" role="alert">
                  <div>
                    <b>{homeWords.failed}</b>
                    <p>
                      {problem().message} {problem().hint}
                    </p>
                  </div>
                  <span class="spring" />
                  <button type="button" class="button" onClick={refresh}>
                    {words.retry}
                  </button>
                </div>
              )}
            </Show>
            <Show when={shown().length > 0}>
              <div class="list" aria-busy={state() === 'loading'}>
                <div class="row head-row" aria-hidden="true">
                  <span>{homeWords.notebook}</span>
                  <span>{homeWords.changed}</span>
                  <span>{homeWords.lastRun}</span>
                  <span>{homeWords.people}</span>
                </div>
                <ul
                  aria-label={homeWords.all}
                  onKeyDown={(event) => {
                    if (event.key === 'ArrowDown') step(event, 1);
                    if (event.key === 'ArrowUp') step(event, -1);
                  }}
                >
                  <For each={shown()}>{(item) => <Row item={item} query={query()} onChanged={refresh} />}</For>
                </ul>
              </div>
            </Show>
            <Show when={hasMore()}>
              <button type="button" class="button more" onClick={more}>
                {homeWords.more}
              </button>
            </Show>
            <Show when={state() === 'shown' && shown().length === 0}>
              <div class="nothing">
                <Show
                  when={query() !== ''}
                  fallback={
                    <>
                      <h2>{props.folder === '' ? homeWords.none : homeWords.emptyFolder}</h2>
                      <p class="quiet">{mayMake() ? homeWords.noneHint : homeWords.noneSharedHint}</p>
                      <Show when={mayMake()}>
                        <button type="button" class="button main" onClick={() => void openNew()}>
                          {homeWords.newNotebook}
                        </button>
                      </Show>
                    </>
                  }
                >
                  <h2>{homeWords.noneFound(query())}</h2>
                  <p class="quiet">{homeWords.noneFoundHint}</p>
                </Show>
              </div>
            </Show>
          </main>
        </Show>
      </div>
      <Show when={palette()}>
        <HomeCommands
          folders={workspace().folders}
          mayMake={mayMake()}
          isOwner={isOwner()}
          onNew={() => void openNew()}
          onImport={() => files.click()}
          onSearch={toSearch}
          onClose={() => setPalette(false)}
        />
      </Show>
    </>
  );
}

const writes = (role: Role): boolean => role === 'owner' || role === 'writer';
