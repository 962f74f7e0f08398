import { createEffect, createSignal, type JSX, onCleanup } from 'solid-js';
import type { SaveState } from '../live/contract.ts';
import { words } from '../words/en.ts';

/** Said at once when it is not saved, and a moment late when it is: a steady word while one types, and never a false one. */
const SAVED_AFTER_MS = 300;

export function SaveNote(props: { readonly save: SaveState; readonly onAsk: () => void }): JSX.Element {
  const [shown, setShown] = createSignal<SaveState>(props.save);
  createEffect(() => {
    const next = props.save;
    if (next.state !== 'saved' || shown().state === 'opening') {
      setShown(next);
      return;
    }
    const timer = setTimeout(() => setShown(next), SAVED_AFTER_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return (
    <button
      type="button"
      class={`save ${shown().state}`}
      data-save={shown().state}
      data-tip={words.commands.save}
      onClick={() => props.onAsk()}
    >
      <i class="save-mark" aria-hidden="true" />
      <span class="save-text" role="status">
        {saveText(shown())}
      </span>
    </button>
  );
}

export function saveText(save: SaveState): string {
  switch (save.state) {
    case 'opening':
      return words.save.opening;
    case 'saved':
      return words.save.saved;
    case 'saving':
      return words.save.saving;
    case 'offline':
      return words.save.offline(save.unsent);
    case 'read-only':
      return words.save.readOnly;
    case 'closed':
      return words.save.closed;
  }
}
