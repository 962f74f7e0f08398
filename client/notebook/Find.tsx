/**
 * Ctrl/⌘+F: finds in every paragraph's text, whether it is drawn or not, and marks what is drawn; whoever may write also
 * replaces, one at a time or all as one step. What runs show is neither found nor changed.
 */
import {
  createEffect,
  createMemo,
  createResource,
  createSignal,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { words } from '../words/en.ts';
import { findWords } from '../words/find.ts';
import { useNotebook } from './context.ts';
import './find.css';
import { type Finder, finderOf, findMatches, type Match, MOST_MATCHES, type Sought } from './find.ts';
import { mark, unmark } from './marks.ts';
import { searchPattern } from './patterns.ts';
import { Replace } from './Replace.tsx';
import { matchFrom } from './replace.ts';

/** Redrawn at most so often while text or editors change under the marks. */
const REDRAW_MS = 120;
const none: Finder = () => [];

export function Find(props: { readonly initial: () => string; readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const [query, setQuery] = createSignal(props.initial());
  const [cased, setCased] = createSignal(false);
  const [whole, setWhole] = createSignal(false);
  const [pattern, setPattern] = createSignal(false);
  const [replacing, setReplacing] = createSignal(false);
  const [at, setAt] = createSignal(0);
  /** The end of what was just put in place: the next match is behind it, whatever was put there. */
  const [behind, setBehind] = createSignal<{ readonly paragraph: ParagraphId; readonly offset: number }>();
  let field!: HTMLInputElement;

  const sought = createMemo((): Sought => ({ text: query(), cased: cased(), whole: whole(), pattern: pattern() }));
  const finder = createMemo(() => finderOf(sought()));
  const wrong = (): string | undefined => {
    const made = finder();
    return 'wrong' in made ? made.wrong : undefined;
  };
  // Of what somebody else deleted while one writes in it nothing is found: it is not in the notebook any more.
  const texts = createMemo(() =>
    notebook.document
      .order()
      .map((id) => notebook.document.paragraph(id))
      .filter((paragraph) => paragraph.deleted() === undefined)
      .map((paragraph) => ({ id: paragraph.id, source: paragraph.source() })),
  );
  const asked = createMemo(() =>
    pattern() && query() !== '' && wrong() === undefined ? { texts: texts(), sought: sought() } : undefined,
  );
  const [aside] = createResource(asked, (one) => searchPattern(one.texts, one.sought));
  const matches = createMemo((): readonly Match[] => {
    const made = finder();
    if ('wrong' in made) return [];
    if (!pattern()) return findMatches(texts(), made);
    const found = asked() && !aside.error ? aside.latest : undefined;
    return found === undefined || found === 'slow' ? [] : found;
  });
  const isSlow = (): boolean => asked() !== undefined && !aside.loading && !aside.error && aside.latest === 'slow';
  const index = (): number => Math.min(at(), matches().length - 1);
  const current = (): Match | undefined => matches()[index()];

  const show = (): void => {
    const match = current();
    if (match) notebook.reveal(match.paragraph, 'nearest');
  };
  const go = (to: number): void => {
    const all = matches().length;
    if (all === 0) return;
    setAt(((to % all) + all) % all);
    show();
  };
  createEffect(
    on(
      sought,
      () => {
        setAt(0);
        show();
      },
      { defer: true },
    ),
  );
  createEffect(
    on(
      matches,
      (now) => {
        const place = behind();
        if (!place) return;
        setBehind(undefined);
        setAt(matchFrom(now, notebook.document.order(), place.paragraph, place.offset));
        show();
      },
      { defer: true },
    ),
  );
  const draw = (): void => {
    const made = finder();
    // A pattern marks what is drawn once it was quick on what is written.
    const marked = 'wrong' in made || (pattern() && matches().length === 0) ? none : made;
    mark(marked, current());
  };
  createEffect(() => {
    finder();
    matches();
    current();
    const frame = requestAnimationFrame(draw);
    onCleanup(() => cancelAnimationFrame(frame));
  });
  onMount(() => {
    field.focus();
    field.select();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watcher = new MutationObserver(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        draw();
      }, REDRAW_MS);
    });
    const page = document.querySelector('main');
    if (page) watcher.observe(page, { childList: true, subtree: true, characterData: true });
    onCleanup(() => {
      watcher.disconnect();
      clearTimeout(timer);
      unmark();
    });
  });
  const close = (): void => {
    const match = current();
    props.onClose();
    if (match) notebook.focus.select(match.paragraph);
  };
  /** Keys of both fields; those of the notebook do not count here. */
  const key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const mod = notebook.app.mac ? event.metaKey : event.ctrlKey;
    if (event.key === 'F3' || (mod && event.key === 'g')) go(index() + (event.shiftKey ? -1 : 1));
    else if (event.key === 'Escape') close();
    else if (mod && event.key === 'f') field.select();
    else if (mod && event.key === 'h' && notebook.writable()) setReplacing(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const count = (): string => {
    if (query() === '') return '';
    if (wrong() !== undefined) return findWords.wrong;
    if (isSlow()) return findWords.slow;
    if (matches().length === 0) return aside.loading ? '' : findWords.none;
    const text = findWords.count(index() + 1, matches().length);
    return matches().length === MOST_MATCHES ? `${text} (${findWords.many(MOST_MATCHES)})` : text;
  };
  return (
    <search class="find" aria-label={findWords.label} onKeyDown={key}>
      <div class="find-row">
        <Show when={notebook.writable()}>
          <button
            type="button"
            class="icon"
            aria-expanded={replacing()}
            aria-label={findWords.replacing}
            data-tip={findWords.replacing}
            data-key={notebook.app.mac ? '⌘H' : 'Ctrl+H'}
            onClick={() => setReplacing(!replacing())}
          >
            <Icon name={replacing() ? 'down' : 'right'} size={14} />
          </button>
        </Show>
        <Icon name="search" size={14} />
        <input
          ref={field}
          aria-label={findWords.label}
          aria-invalid={wrong() !== undefined}
          placeholder={findWords.label}
          spellcheck={false}
          autocomplete="off"
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing || event.key !== 'Enter') return;
            event.preventDefault();
            event.stopPropagation();
            go(index() + (event.shiftKey ? -1 : 1));
          }}
        />
        <Choice label={findWords.cased} text="Aa" on={cased()} onChange={setCased} />
        <Choice label={findWords.whole} text="ab" on={whole()} onChange={setWhole} />
        <Choice label={findWords.pattern} text=".*" on={pattern()} onChange={setPattern} />
        <span class="find-count" role="status" title={wrong() ?? ''}>
          {count()}
        </span>
        <IconButton icon="up" label={findWords.previous} shortcut="Shift+Enter" onClick={() => go(index() - 1)} />
        <IconButton icon="down" label={findWords.next} shortcut="Enter" onClick={() => go(index() + 1)} />
        <IconButton icon="x" label={words.close} shortcut="Esc" onClick={close} />
      </div>
      <Show when={replacing() && notebook.writable()}>
        <Replace
          matches={matches()}
          at={index()}
          pattern={pattern()}
          onGo={go}
          onReplacing={(paragraph, offset) => setBehind({ paragraph, offset })}
        />
      </Show>
    </search>
  );
}

function Choice(props: {
  readonly label: string;
  readonly text: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="find-choice"
      data-sign={props.text}
      aria-label={props.label}
      aria-pressed={props.on}
      data-tip={props.label}
      onClick={() => props.onChange(!props.on)}
    />
  );
}
