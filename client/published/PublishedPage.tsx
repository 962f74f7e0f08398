/**
 * `/p/ID`: a notebook as the holder of a link sees it, or, with `?as=`, as its owner sees that others see it. Nothing is
 * edited or run here; it is asked for again while somebody looks, and once the link has ended nothing of it stays.
 */
import { createEffect, createMemo, For, type JSX, lazy, Match, Show, Suspense, Switch } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { useApp } from '../app-context.ts';
import { Logo } from '../parts/Logo.tsx';
import { clock } from '../parts/time.ts';
import { notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { published as words_ } from '../words/share.ts';
import type { Published } from './calls.ts';
import { newestOf, watchPublished } from './look.ts';
import { findOne, One } from './One.tsx';
import './published.css';

const PreviewBar = lazy(async () => ({ default: (await import('./PreviewBar.tsx')).PreviewBar }));

export function PublishedPage(props: { readonly id: NotebookId; readonly as: string | undefined }): JSX.Element {
  const app = useApp();
  const look = watchPublished(props.id, ({ whole }) => {
    const isElsewhere = whole && props.as === undefined;
    if (isElsewhere) app.router.go(notebookPath(props.id));
    return isElsewhere;
  });
  createEffect(() => {
    document.title = look.published()?.title || words.product;
  });
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
        <Match when={look.published()}>{(published) => <Sheet published={published()} away={look.away()} />}</Match>
      </Switch>
    </>
  );
}

function Sheet(props: { readonly published: Published; readonly away: boolean }): JSX.Element {
  const paragraphs = (): Published['paragraphs'] => props.published.paragraphs;
  const ids = createMemo(() => paragraphs().map(({ id }) => id), [], {
    equals: (one, other) => one.join() === other.join(),
  });
  return (
    <>
      <header class="bar published-bar">
        <span class="logo" role="img" aria-label={words_.by} data-tip={words_.by}>
          <Logo />
        </span>
        <b class="product">{props.published.title || words.untitled}</b>
        <span class="spring" />
        <Show when={props.away}>
          <span class="stale" role="status">
            {words_.away}
          </span>
        </Show>
        <Show when={newestOf(props.published) > 0}>
          <span class="quiet">{words_.updated(clock(newestOf(props.published), Date.now()))}</span>
        </Show>
      </header>
      <div class="layout published">
        <main aria-label={props.published.title} data-ready="true">
          <Show when={ids().length === 0}>
            <p class="quiet">{words_.empty}</p>
          </Show>
          <For each={ids()}>{(id) => <One paragraph={findOne(paragraphs, id)} notRun={words_.notRun} />}</For>
        </main>
      </div>
    </>
  );
}
