import { Dialog } from '@kobalte/core/dialog';
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js';
import { pieces } from '../home/folders.ts';
import { giveFocusBack } from '../parts/focus.ts';
import { paletteWords } from '../words/palette.ts';
import type { Found } from './notebooks.ts';
import './palette.css';
import { type Entry, pick } from './pick.ts';

/** Between two letters of who types; what is asked of the server waits for so long. */
const SETTLE_MS = 40;

/** Ctrl/⌘+K: type, arrows, Enter. What the server finds joins when it has come; the last that was typed wins. */
export function Palette(props: {
  readonly entries: (query: string) => readonly Entry[];
  /** Asked once. */
  readonly tables?: () => Promise<readonly Entry[]>;
  readonly notebooks: (query: string, signal: AbortSignal) => Promise<Found>;
  readonly onClose: () => void;
}): JSX.Element {
  giveFocusBack();
  const [query, setQuery] = createSignal('');
  const [at, setAt] = createSignal(0);
  const [tables, setTables] = createSignal<readonly Entry[]>([]);
  const [notebooks, setNotebooks] = createSignal<Found>({ entries: [] });
  const own = createMemo(() => props.entries(query()));
  const found = createMemo(() => pick([...own(), ...tables(), ...notebooks().entries], query()));
  props.tables?.().then(setTables, () => undefined);
  createEffect(
    on(query, (text, before) => {
      setAt(0);
      const stop = new AbortController();
      const ask = async (): Promise<void> => {
        const answer = await props.notebooks(text, stop.signal);
        if (!stop.signal.aborted) setNotebooks(answer);
      };
      const timer = setTimeout(() => void ask(), before === undefined ? 0 : SETTLE_MS);
      onCleanup(() => {
        clearTimeout(timer);
        stop.abort();
      });
    }),
  );
  let list!: HTMLDivElement;
  const move = (by: number): void => {
    const all = found().length;
    if (all === 0) return;
    setAt((now) => (Math.min(now, all - 1) + by + all) % all);
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    props.onClose();
    // After the dialog gave the focus back, so that what the command focuses keeps it.
    queueMicrotask(() => entry.do());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade" />
        <div class="dialog-place high">
          <Dialog.Content
            class="palette"
            aria-label={paletteWords.label}
            onCloseAutoFocus={(event) => event.preventDefault()}
          >
            <input
              class="palette-field"
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={found().length > 0 ? `palette-${Math.min(at(), found().length - 1)}` : undefined}
              aria-label={paletteWords.placeholder}
              placeholder={paletteWords.placeholder}
              spellcheck={false}
              autocomplete="off"
              value={query()}
              onInput={(event) => setQuery(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.isComposing) return;
                if (event.key === 'ArrowDown') move(1);
                else if (event.key === 'ArrowUp') move(-1);
                else if (event.key === 'Enter') choose(found()[at()]);
                else return;
                event.preventDefault();
              }}
            />
            <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label={paletteWords.label}>
              <For each={found()}>
                {(entry, index) => (
                  <>
                    <Show when={found()[index() - 1]?.group !== entry.group}>
                      <div class="menu-heading" role="presentation">
                        {paletteWords.groups[entry.group]}
                      </div>
                    </Show>
                    {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's above */}
                    {/* biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active one */}
                    <div
                      id={`palette-${index()}`}
                      class="palette-item"
                      role="option"
                      tabindex={-1}
                      aria-selected={index() === at()}
                      onPointerMove={() => setAt(index())}
                      onClick={() => choose(entry)}
                    >
                      <span class="palette-label">
                        <Marked text={entry.label} query={query()} />
                      </span>
                      <Show when={entry.snippet ?? entry.detail}>
                        {(text) => (
                          <small>
                            <Marked text={text()} query={entry.snippet === undefined ? '' : query()} />
                          </small>
                        )}
                      </Show>
                      <span class="spring" />
                      <Show when={entry.key}>
                        <kbd>{entry.key}</kbd>
                      </Show>
                    </div>
                  </>
                )}
              </For>
            </div>
            <Show
              when={notebooks().problem}
              fallback={
                <Show when={found().length === 0}>
                  <p class="palette-note" role="status">
                    {paletteWords.none}
                  </p>
                </Show>
              }
            >
              {(problem) => (
                <p class="palette-note" role="status">
                  {paletteWords.failed(problem().message)}
                </p>
              )}
            </Show>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  );
}

function Marked(props: { readonly text: string; readonly query: string }): JSX.Element {
  return (
    <For each={pieces(props.text, props.query)}>
      {(piece) => (piece.found ? <mark>{piece.text}</mark> : piece.text)}
    </For>
  );
}
