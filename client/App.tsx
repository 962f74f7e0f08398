/** The page: who we are, where we are, and what is the same everywhere. */
import { createSignal, ErrorBoundary, type JSX, lazy, Match, onCleanup, Show, Suspense, Switch } from 'solid-js';
import type { NotebookId } from '../server/protocol/ids.ts';
import { App, type AppContext } from './app-context.ts';
import { openKept } from './drafts/kept.ts';
import { isMac } from './notebook/keys.ts';
import { NotebookPage } from './notebook/NotebookPage.tsx';
import { FramesContext, type Shared } from './outputs/frame/shared.ts';
import { later } from './parts/later.tsx';
import { createTheme } from './parts/theme.ts';
import { createToasts, ToastList } from './parts/toasts.tsx';
import { openTooltip } from './parts/tooltip.ts';
import { keepPerson, named, newPerson, readAccount, readPerson } from './people/person.ts';
import { createRouter, type Route } from './route.ts';
import { words } from './words/en.ts';

/** A page of its own. */
const Home = later(async () => (await import('./home/Home.tsx')).Home, Unreached);
/** Few see these. */
const NameDialog = later(async () => (await import('./people/NameDialog.tsx')).NameDialog);
const AuditPage = lazy(async () => ({ default: (await import('./account/AuditPage.tsx')).AuditPage }));
const PublishedPage = lazy(async () => ({ default: (await import('./published/PublishedPage.tsx')).PublishedPage }));

export function Page(): JSX.Element {
  const app = createApp();
  const shared: Shared = {};
  onCleanup(openTooltip(document));
  return (
    <App.Provider value={app}>
      <ErrorBoundary fallback={(error: unknown) => <Crashed error={error} />}>
        <FramesContext.Provider value={shared}>
          <Switch fallback={<Unknown />}>
            <Match when={pageOf(app.router.route(), 'home')}>
              {(route) => <Home folder={route().folder} trash={route().trash === true} />}
            </Match>
            <Match when={isPage(app.router.route(), 'audit')}>
              <Suspense>
                <AuditPage />
              </Suspense>
            </Match>
            <Match when={publishedOf(app.router.route())} keyed>
              {([id, as]) => (
                <Suspense>
                  <PublishedPage id={id} as={as} />
                </Suspense>
              )}
            </Match>
            {/* By id alone: the same notebook stays when the rest of its address changes. */}
            <Match when={pageOf(app.router.route(), 'notebook')?.id} keyed>
              {(id) => <NotebookPage id={id} fresh={pageOf(app.router.route(), 'notebook')?.fresh === true} />}
            </Match>
          </Switch>
        </FramesContext.Provider>
        {/* Who came by a link is nobody. */}
        <Show when={!app.named() && !isPage(app.router.route(), 'published')}>
          <NameDialog name="" onDone={(name) => app.rename(name)} onClose={() => app.rename(words.guest)} />
        </Show>
      </ErrorBoundary>
      <ToastList toasts={app.toasts} />
    </App.Provider>
  );
}

function createApp(): AppContext {
  const router = createRouter(window);
  onCleanup(router.close);
  const kept = openKept(window);
  onCleanup(kept.leaving.close);
  const account = readAccount(document.cookie, location.port);
  const known = account ?? readPerson(localStorage);
  const [person, setPerson] = createSignal(known ?? newPerson(words.guest));
  const [chosen, setChosen] = createSignal(known !== undefined);
  return {
    router,
    toasts: createToasts(),
    theme: createTheme(localStorage, document.documentElement),
    person,
    named: chosen,
    account: account !== undefined,
    rename(name) {
      if (account) return;
      const next = { ...person(), ...named(name) };
      keepPerson(localStorage, next);
      setPerson(next);
      setChosen(true);
    },
    mac: isMac(navigator.platform),
    kept,
  };
}

/** Another page, as whoever else it is looked at. */
const publishedOf = (route: Route): readonly [NotebookId, string | undefined] | undefined =>
  route.page === 'published' ? [route.id, route.as] : undefined;

function pageOf<P extends Route['page']>(route: Route, page: P): Extract<Route, { page: P }> | undefined {
  return isPage(route, page) ? route : undefined;
}
const isPage = <P extends Route['page']>(route: Route, page: P): route is Extract<Route, { page: P }> =>
  route.page === page;

function Unknown(): JSX.Element {
  return (
    <main class="lone">
      <h1>{words.problem.notFound}</h1>
      <a class="button main" href="/">
        {words.file.goHome}
      </a>
    </main>
  );
}

/** The server is away, and this browser never had that page. */
function Unreached(): JSX.Element {
  return (
    <main class="lone" role="alert">
      <h1>{words.problem.network}</h1>
      <p class="quiet">{words.problem.networkHint}</p>
      <button type="button" class="button main" onClick={() => location.reload()}>
        {words.retry}
      </button>
    </main>
  );
}

function Crashed(props: { readonly error: unknown }): JSX.Element {
  return (
    <main class="lone" role="alert">
      <h1>{words.problem.crashed}</h1>
      <p class="quiet">{words.problem.crashedHint}</p>
      <pre>{props.error instanceof Error ? (props.error.stack ?? props.error.message) : String(props.error)}</pre>
      <button type="button" class="button main" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </main>
  );
}
