/** `/e/SECRET`: one paragraph in a page of another site. It takes no more than a line of its own below what it shows. */
import { type Accessor, createSignal, getOwner, type JSX, Match, runWithOwner, Show, Switch } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { Logo } from '../parts/Logo.tsx';
import { clock } from '../parts/time.ts';
import { newestOf, watchPublished } from '../published/look.ts';
import { One } from '../published/One.tsx';
import type { Addressed } from './addressed.ts';

export type EmbedWords = {
  /** Empty where the frame leads nowhere. */
  readonly open: string;
  readonly gone: string;
  readonly away: string;
  readonly notRun: string;
  readonly failed: string;
  /** What its address asks for. */
  readonly ignored: string;
  readonly running: string;
  readonly refused: string;
  readonly over: string;
};

export function Embed(props: { readonly id: NotebookId; readonly words: EmbedWords }): JSX.Element {
  const isBusy = (): boolean => asked()?.().at === 'running';
  const look = watchPublished(props.id, { busy: isBusy });
  /** Where the address asks for something at all: most are bare. */
  const [asked, setAsked] = createSignal<Accessor<Addressed>>();
  const owner = getOwner();
  if (location.search !== '')
    void import('./addressed.ts').then(
      ({ openAddressed }) => runWithOwner(owner, () => setAsked(() => openAddressed(props.id, look, location.search))),
      // What it asks for is not what is shown.
      () => setAsked(() => () => ({ at: 'ignored' })),
    );
  const said = (): string => {
    const now = asked()?.() ?? { at: 'none' };
    if (now.at === 'none') return '';
    if (now.at !== 'refused') return props.words[now.at];
    // What is wrong with a value is told in English alone: no half of a note is in another language.
    return document.documentElement.lang === 'en'
      ? `${props.words.refused}: ${now.message}`
      : `${props.words.refused}.`;
  };
  const paragraph = () => look.published()?.paragraphs[0];
  return (
    <Switch>
      <Match when={look.state().at === 'gone'}>
        <p class="embed-said" role="status">
          {props.words.gone}
        </p>
      </Match>
      <Match when={look.state().at === 'failed'}>
        <p class="embed-said" role="status">
          {props.words.failed}
        </p>
      </Match>
      <Match when={look.published()}>
        {(published) => (
          <>
            <main class="published" data-ready="true">
              <Show when={said() !== ''}>
                <p class="embed-said" role="status">
                  {said()}
                </p>
              </Show>
              <Show when={paragraph()} fallback={<p class="embed-said">{props.words.notRun}</p>}>
                <One paragraph={paragraph} notRun={props.words.notRun} />
              </Show>
            </main>
            <footer class="embed-foot">
              <span role="img" aria-label="Gondola">
                <Logo />
              </span>
              <Show when={look.away()}>
                <span class="stale" role="status">
                  {props.words.away}
                </span>
              </Show>
              <Show when={newestOf(published()) > 0}>
                <time datetime={new Date(newestOf(published())).toISOString()}>
                  {clock(newestOf(published()), Date.now())}
                </time>
              </Show>
              <span class="spring" />
              <Show when={props.words.open !== '' && paragraph()}>
                {(shown) => (
                  <a href={`/n/${props.id}#${shown().id}`} target="_blank" rel="noopener noreferrer">
                    {props.words.open}
                  </a>
                )}
              </Show>
            </footer>
          </>
        )}
      </Match>
    </Switch>
  );
}
