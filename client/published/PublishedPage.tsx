/**
 * `/p/ID`: a notebook as the holder of a link sees it. Nothing is edited or run here; it is asked for again while somebody
 * looks, and once the link has ended nothing of it stays on the page.
 */
import {
  type Accessor,
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
} from 'solid-js';
import type { NotebookId, ParagraphId } from '../../server/protocol/ids.ts';
import { useApp } from '../app-context.ts';
import { bring, colour } from '../editor/colour.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { Outputs } from '../outputs/Outputs.tsx';
import { Logo } from '../parts/Logo.tsx';
import { clock } from '../parts/time.ts';
import { Prose } from '../prose/Prose.tsx';
import { notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { published as words_ } from '../words/share.ts';
import { type Published, type PublishedParagraph, readPublished } from './calls.ts';
import './published.css';
import '../editor/colour.css';
import '../editor/source.css';

/** A link that ended is gone from the page within 2 s; pages that nobody sees do not ask. */
const AGAIN_MS = 1_500;
const PROSE = 'markdown';

type State =
  | { readonly at: 'opening' }
  | { readonly at: 'shown'; readonly published: Published; readonly away: boolean }
  | { readonly at: 'gone' }
  | { readonly at: 'failed'; readonly message: string };

export function PublishedPage(props: { readonly id: NotebookId }): JSX.Element {
  const app = useApp();
  const [state, setState] = createSignal<State>({ at: 'opening' });
  const ended = new AbortController();
  onCleanup(() => ended.abort());

  let asking = false;
  async function look(): Promise<void> {
    if (asking) return;
    asking = true;
    const answer = await readPublished(props.id, ended.signal);
    asking = false;
    if (ended.signal.aborted) return;
    const before = state();
    if (answer.ok && answer.value.whole) app.router.go(notebookPath(props.id));
    else if (answer.ok) setState({ at: 'shown', published: answer.value, away: false });
    else if (GONE.has(answer.problem.code)) setState({ at: 'gone' });
    else if (before.at === 'shown') setState({ ...before, away: true });
    else setState({ at: 'failed', message: answer.problem.message });
  }
  onMount(() => {
    void look();
    const seen = (): void => {
      if (document.visibilityState === 'visible' && state().at !== 'gone') void look();
    };
    const timer = setInterval(seen, AGAIN_MS);
    document.addEventListener('visibilitychange', seen);
    onCleanup(() => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    });
  });

  const shown = createMemo(() => {
    const now = state();
    return now.at === 'shown' ? now.published : undefined;
  });
  createEffect(() => {
    document.title = shown()?.title || words.product;
  });
  const failed = (): string | undefined => {
    const now = state();
    return now.at === 'failed' ? now.message : undefined;
  };
  return (
    <Switch>
      <Match when={state().at === 'gone'}>
        <main class="lone" role="alert">
          <h1>{words_.gone}</h1>
          <p class="quiet">{words_.goneText}</p>
        </main>
      </Match>
      <Match when={failed()}>
        {(message) => (
          <main class="lone" role="alert">
            <h1>{words_.failedTitle}</h1>
            <p>{message()}</p>
            <button type="button" class="button main" onClick={() => void look()}>
              {words.retry}
            </button>
          </main>
        )}
      </Match>
      <Match when={shown()}>{(published) => <Sheet published={published} away={away(state())} />}</Match>
    </Switch>
  );
}

/** Refusals that do not pass: the link ended, or never showed this. */
const GONE: ReadonlySet<string> = new Set(['unauthorised', 'not-found', 'forbidden']);

const away = (state: State): boolean => state.at === 'shown' && state.away;

function Sheet(props: { readonly published: Accessor<Published>; readonly away: boolean }): JSX.Element {
  const ids = createMemo(() => props.published().paragraphs.map(({ id }) => id), [], { equals: sameJson });
  const newest = (): number =>
    Math.max(0, ...props.published().paragraphs.map(({ run }) => (run && 'ended' in run.phase ? run.phase.ended : 0)));
  return (
    <>
      <header class="bar published-bar">
        <span class="logo" role="img" aria-label={words_.by} data-tip={words_.by}>
          <Logo />
        </span>
        <b class="product">{props.published().title || words.untitled}</b>
        <span class="spring" />
        <Show when={props.away}>
          <span class="stale" role="status">
            {words_.away}
          </span>
        </Show>
        <Show when={newest() > 0}>
          <span class="quiet">{words_.updated(clock(newest(), Date.now()))}</span>
        </Show>
      </header>
      <div class="layout published">
        <main aria-label={props.published().title} data-ready="true">
          <Show when={ids().length === 0}>
            <p class="quiet">{words_.empty}</p>
          </Show>
          <For each={ids()}>{(id) => <One paragraph={find(props.published, id)} />}</For>
        </main>
      </div>
    </>
  );
}

const find = (published: Accessor<Published>, id: ParagraphId): Accessor<PublishedParagraph | undefined> =>
  createMemo(() => published().paragraphs.find((one) => one.id === id), undefined, { equals: sameJson });

function One(props: { readonly paragraph: Accessor<PublishedParagraph | undefined> }): JSX.Element {
  return (
    <Show when={props.paragraph()}>
      {(paragraph) => (
        <section
          class="paragraph"
          classList={{ prose: paragraph().interpreter === PROSE }}
          data-paragraph={paragraph().id}
          style={{ '--tone': `var(--${paragraph().interpreter}, var(--ink-3))` }}
        >
          <div class="content">
            <Show when={paragraph().interpreter !== PROSE} fallback={<Prose source={paragraph().source ?? ''} />}>
              <Show when={paragraph().source !== undefined}>
                <div class="code">
                  <div class="head">
                    <span class="head-kind">{labelOf(paragraph().interpreter)}</span>
                  </div>
                  <Shown text={paragraph().source ?? ''} interpreter={paragraph().interpreter} />
                </div>
              </Show>
              <Show when={paragraph().run} fallback={<p class="quiet">{words_.notRun}</p>}>
                {(run) => (
                  <div class="shown">
                    <Outputs run={run()} dimmed={false} chart={paragraph().chart} fixed={!paragraph().download} />
                  </div>
                )}
              </Show>
            </Show>
          </div>
        </section>
      )}
    </Show>
  );
}

/** Code to be read. */
function Shown(props: { readonly text: string; readonly interpreter: string }): JSX.Element {
  const [brought, setBrought] = createSignal(0);
  createEffect(() => void bring(props.interpreter).then((came) => came && setBrought((count) => count + 1)));
  const html = createMemo(() => {
    brought();
    return colour(props.text, props.interpreter);
  });
  // Escaped by `colour`, which writes classes only.
  return <pre class="published-code" tabindex="0" innerHTML={html()} />;
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
