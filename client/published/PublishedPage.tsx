/**
 * `/p/ID`: a notebook as the holder of a link sees it, or, with `?as=`, as its owner sees that others see it. Nothing is
 * edited here. Who may run what is written runs it for themselves alone; an owner who looks as they see it does not. It is
 * asked for again while somebody looks, and once the link has ended nothing of it stays.
 */
import { type JSX, lazy, Match, Show, Suspense, Switch } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { useApp } from '../app-context.ts';
import { optionsFrom } from '../forms/options.ts';
import { markTab } from '../notebook/tab.ts';
import { createLinked, LinkedContext } from '../outputs/linked/linked.ts';
import { HeldContext, type HeldPictures, picturesShownBy } from '../prose/pictures.ts';
import { notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { preview, published as words_ } from '../words/published.ts';
import { openPublishedForms } from './forms.ts';
import { watchPublished } from './look.ts';
import { runnable, underWay } from './mine.ts';
import { createOwnRuns } from './runs.ts';
import { Sheet } from './Sheet.tsx';
import './published.css';

const PreviewBar = lazy(async () => ({ default: (await import('./PreviewBar.tsx')).PreviewBar }));

export function PublishedPage(props: { readonly id: NotebookId; readonly as: string | undefined }): JSX.Element {
  const app = useApp();
  const look = watchPublished(props.id, {
    arrived({ whole }) {
      const isElsewhere = whole && props.as === undefined;
      if (isElsewhere) app.router.go(notebookPath(props.id) + location.search);
      return isElsewhere;
    },
    busy: () => runs.busy(),
  });
  const runs = createOwnRuns({ id: props.id, look, toasts: app.toasts, values: () => forms.view.forRun() });
  const forms = openPublishedForms({
    id: props.id,
    published: look.published,
    runnable: () => props.as === undefined && runnable(look.published() ?? { paragraphs: [] }).length > 0,
    run: () => runs.run(),
  });
  const linked = createLinked((paragraph) => look.published()?.paragraphs.some(({ id }) => id === paragraph) === true);
  markTab({
    title: () => look.published()?.title ?? '',
    active: () => underWay(look.published() ?? { paragraphs: [] }),
    page: document,
  });
  const pictures: HeldPictures = { find: (url) => picturesShownBy(props.id).find(url), draw() {} };
  const failed = (): string | undefined => {
    const now = look.state();
    return now.at === 'failed' ? now.message : undefined;
  };
  return (
    <>
      <Show when={props.as}>
        {(as) => (
          <Suspense>
            <PreviewBar id={props.id} as={as()} state={look.state()} />
          </Suspense>
        )}
      </Show>
      <Switch>
        <Match when={look.state().at === 'gone'}>
          <main class="lone" role="alert">
            <h1>{props.as === undefined ? words_.gone : words_.notTheirs}</h1>
            <p class="quiet">{props.as === undefined ? words_.goneText : words_.notTheirsText}</p>
          </main>
        </Match>
        <Match when={failed()}>
          {(message) => (
            <main class="lone" role="alert">
              <h1>{words_.failedTitle}</h1>
              <p>{message()}</p>
              <button type="button" class="button main" onClick={() => look.again()}>
                {words.retry}
              </button>
            </main>
          )}
        </Match>
        <Match when={look.published()}>
          {(published) => (
            <HeldContext.Provider value={pictures}>
              <LinkedContext.Provider value={linked}>
                <Sheet
                  id={props.id}
                  toasts={app.toasts}
                  published={published()}
                  away={look.away()}
                  runs={runs}
                  forms={forms}
                  ask={optionsFrom(props.id)}
                  inert={props.as === undefined ? undefined : preview.onlyLook}
                  mac={app.mac}
                />
              </LinkedContext.Provider>
            </HeldContext.Provider>
          )}
        </Match>
      </Switch>
    </>
  );
}
