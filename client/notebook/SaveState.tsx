import { createEffect, createSignal, type JSX, onCleanup, untrack } from 'solid-js';
import { unsentOf } from '../drafts/leaving.ts';
import type { SaveState } from '../live/contract.ts';
import { words } from '../words/en.ts';

/** Said at once when it is not safe, and a moment late when it is: a steady word while one types, and never a false one. */
const SAFE_AFTER_MS = 300;

export function SaveNote(props: { readonly save: SaveState; readonly onAsk: () => void }): JSX.Element {
  const [shown, setShown] = createSignal<SaveState>(props.save);
  createEffect(() => {
    const next = props.save;
    const before = untrack(shown);
    if (!isSafe(next) || before.state === 'opening' || (isSafe(before) && unsentOf(before) === unsentOf(next))) {
      setShown(next);
      return;
    }
    if (next.state === 'offline') setShown({ ...next, keeping: 'writing' });
    const timer = setTimeout(() => setShown(next), SAFE_AFTER_MS);
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
      return words.save.offline(save.unsent, save.keeping);
    case 'read-only':
      return words.save.readOnly;
    case 'closed':
      return words.save.closed;
  }
}

/** On the server's disk, or in this browser without a line. */
const isSafe = (save: SaveState): boolean =>
  save.state === 'saved' || (save.state === 'offline' && save.unsent > 0 && save.keeping === 'here');
