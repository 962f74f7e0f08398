import { Dialog } from '@kobalte/core/dialog';
import { createEffect, createMemo, createResource, createSignal, For, type JSX, on, Show } from 'solid-js';
import { giveFocusBack } from '../parts/focus.ts';
import { words } from '../words/en.ts';
import { type Entry, pick } from './palette.ts';

/** Ctrl/⌘+K: type, arrows, Enter. `slow` entries join when they have come. */
export function Palette(props: {
  readonly entries: readonly Entry[];
  readonly slow: (query: string) => Promise<readonly Entry[]>;
  readonly onClose: () => void;
}): JSX.Element {
  giveFocusBack();
  const [query, setQuery] = createSignal('');
  const [at, setAt] = createSignal(0);
  const [slow] = createResource(query, (text) => props.slow(text), { initialValue: [] });
  const found = createMemo(() => pick([...props.entries, ...slow.latest], query()));
  createEffect(on(query, () => setAt(0)));
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
            aria-label={words.palette.label}
            onCloseAutoFocus={(event) => event.preventDefault()}
          >
            <input
              class="palette-field"
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={found().length > 0 ? `palette-${at()}` : undefined}
              aria-label={words.palette.placeholder}
              placeholder={words.palette.placeholder}
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
            <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label={words.palette.label}>
              <For each={found()} fallback={<p class="quiet">{words.palette.none}</p>}>
                {(entry, index) => (
                  <>
                    <Show when={found()[index() - 1]?.group !== entry.group}>
                      <div class="menu-heading" role="presentation">
                        {words.palette.groups[entry.group]}
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
                      <span class="palette-label">{entry.label}</span>
                      <Show when={entry.detail}>
                        <small>{entry.detail}</small>
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
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  );
}
