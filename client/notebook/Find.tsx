import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount } from 'solid-js';
import { Icon } from '../parts/Icon.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { findMatches, MOST_MATCHES, rangesIn } from './find.ts';

/** Redrawn at most so often while text or editors change under the marks. */
const REDRAW_MS = 120;
const PLACES = '.code, .prose, .text-source, .content';

/** Ctrl/⌘+F: finds in every paragraph, whether it is drawn or not, and marks what is drawn. */
export function Find(props: { readonly initial: string; readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const [query, setQuery] = createSignal(props.initial);
  const [at, setAt] = createSignal(0);
  let field!: HTMLInputElement;
  const texts = () => notebook.document.order().map((id) => ({ id, source: notebook.document.paragraph(id).source() }));
  const matches = createMemo(() => findMatches(texts(), query()));
  const current = () => matches()[Math.min(at(), matches().length - 1)];

  const go = (by: number): void => {
    const all = matches().length;
    if (all === 0) return;
    setAt((now) => (Math.min(now, all - 1) + by + all) % all);
    show();
  };
  const show = (): void => {
    const match = current();
    if (match) notebook.reveal(match.paragraph, 'nearest');
  };
  createEffect(
    on(
      query,
      () => {
        setAt(0);
        show();
      },
      { defer: true },
    ),
  );
  const draw = (): void => mark(query(), current());
  createEffect(() => {
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
      mark('', undefined);
    });
  });
  const close = (): void => {
    const match = current();
    props.onClose();
    if (match) notebook.focus.select(match.paragraph);
  };

  const count = (): string => {
    if (query() === '') return '';
    if (matches().length === 0) return words.find.none;
    const text = words.find.count(Math.min(at(), matches().length - 1) + 1, matches().length);
    return matches().length === MOST_MATCHES ? `${text} (${words.find.many(MOST_MATCHES)})` : text;
  };
  return (
    <search class="find" aria-label={words.find.label}>
      <Icon name="search" size={14} />
      <input
        ref={field}
        aria-label={words.find.label}
        placeholder={words.find.placeholder}
        spellcheck={false}
        value={query()}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const mod = notebook.app.mac ? event.metaKey : event.ctrlKey;
          if (event.key === 'Enter' || event.key === 'F3' || (mod && event.key === 'g')) go(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') close();
          else if (mod && event.key === 'f') field.select();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span class="find-count" role="status">
        {count()}
      </span>
      <button
        type="button"
        class="icon"
        aria-label={words.find.previous}
        data-tip={words.find.previous}
        data-key="Shift+Enter"
        onClick={() => go(-1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="icon"
        aria-label={words.find.next}
        data-tip={words.find.next}
        data-key="Enter"
        onClick={() => go(1)}
      >
        <Icon name="down" />
      </button>
      <button type="button" class="icon" aria-label={words.close} data-tip={words.close} data-key="Esc" onClick={close}>
        <Icon name="x" />
      </button>
    </search>
  );
}

/** Marks by the browser's own highlights: no element is touched, so editors and prose are not disturbed. */
function mark(query: string, current: { readonly paragraph: string; readonly nth: number } | undefined): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  CSS.highlights.delete('find');
  CSS.highlights.delete('find-current');
  if (query === '') return;
  const all: Range[] = [];
  let here: Range | undefined;
  for (const section of document.querySelectorAll<HTMLElement>('[data-paragraph]')) {
    const places = [...section.querySelectorAll(PLACES)].filter(
      (one) => !one.matches('.content') || section.matches('.prose'),
    );
    const root = places[0];
    if (!root) continue;
    const ranges = rangesIn(root, query);
    all.push(...ranges);
    if (current && section.dataset.paragraph === current.paragraph)
      here = ranges[Math.min(current.nth, ranges.length - 1)];
  }
  CSS.highlights.set('find', new Highlight(...all));
  if (!here) return;
  const highlight = new Highlight(here);
  highlight.priority = 1;
  CSS.highlights.set('find-current', highlight);
}
