import { createMemo, createSignal, For, type JSX, onMount, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { words } from '../words/en.ts';
import { findWords } from '../words/find.ts';
import { useNotebook } from './context.ts';
import { type Match, MOST_MATCHES } from './find.ts';
import { previewOf, replaceAll, replacementOf } from './replace.ts';

/** More lines than one reads; the count says how many there are. */
const MOST_LINES = 100;

/** The second row of the finder: what to put in place, the buttons, and what every place would say then. */
export function Replace(props: {
  readonly matches: readonly Match[];
  readonly at: number;
  readonly pattern: boolean;
  readonly onGo: (to: number) => void;
  /** One is about to be replaced, with what ends there. */
  readonly onReplacing: (paragraph: ParagraphId, behind: number) => void;
}): JSX.Element {
  const notebook = useNotebook();
  const [written, setWritten] = createSignal('');
  let field!: HTMLInputElement;
  onMount(() => field.focus());

  const paragraphs = (): number => new Set(props.matches.map(({ paragraph }) => paragraph)).size;
  const lines = createMemo(() => {
    // Around the current one, so that stepping on keeps it in sight.
    const start = Math.max(0, Math.min(props.at - MOST_LINES / 2, props.matches.length - MOST_LINES));
    return props.matches.slice(start, start + MOST_LINES).map((match, index) => ({
      index: start + index,
      ...previewOf(notebook.document.paragraph(match.paragraph).source(), match, written()),
    }));
  });
  const one = (): void => {
    const match = props.matches[props.at];
    if (!match || !notebook.writable()) return;
    props.onReplacing(match.paragraph, match.offset + replacementOf(match, written()).length);
    replaceAll(notebook.live, [match], written());
  };
  const all = (): void => {
    const { matches } = props;
    if (matches.length === 0 || !notebook.writable()) return;
    const { toasts } = notebook.app;
    const count = paragraphs();
    const takeBack = replaceAll(notebook.live, matches, written());
    toasts.show({
      key: 'replaced',
      text: findWords.done(matches.length, count),
      hint: matches.length === MOST_MATCHES ? findWords.rest(MOST_MATCHES) : '',
      action: {
        label: words.undo,
        do: () => {
          if (!takeBack()) toasts.show({ key: 'replaced', text: findWords.tooLate });
        },
      },
    });
  };
  return (
    <>
      <div class="find-row">
        <input
          ref={field}
          class="find-with"
          aria-label={findWords.with}
          placeholder={findWords.with}
          title={props.pattern ? findWords.patternHint : ''}
          spellcheck={false}
          autocomplete="off"
          value={written()}
          onInput={(event) => setWritten(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing || event.key !== 'Enter') return;
            event.preventDefault();
            event.stopPropagation();
            if (notebook.app.mac ? event.metaKey : event.ctrlKey) all();
            else one();
          }}
        />
        <button
          type="button"
          class="button small"
          data-key="Enter"
          data-tip={findWords.one}
          disabled={props.matches.length === 0}
          onClick={one}
        >
          {findWords.one}
        </button>
        <button
          type="button"
          class="button small"
          data-key={notebook.app.mac ? '⌘↩' : 'Ctrl+Enter'}
          data-tip={findWords.all}
          disabled={props.matches.length === 0}
          onClick={all}
        >
          {findWords.all}
        </button>
      </div>
      <Show when={props.matches.length > 0}>
        <p class="find-places">{findWords.places(props.matches.length, paragraphs())}</p>
        <ul class="find-lines" aria-label={findWords.preview}>
          <For each={lines()}>
            {(line) => (
              <li>
                <button
                  type="button"
                  aria-current={line.index === props.at ? 'true' : undefined}
                  onClick={() => props.onGo(line.index)}
                >
                  {line.before}
                  <del>{line.old}</del>
                  <ins>{line.fresh}</ins>
                  {line.after}
                </button>
              </li>
            )}
          </For>
        </ul>
        <Show when={props.matches.length > MOST_LINES}>
          <p class="find-places">{findWords.more(props.matches.length - MOST_LINES)}</p>
        </Show>
      </Show>
    </>
  );
}
