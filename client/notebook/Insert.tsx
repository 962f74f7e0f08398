import { For, type JSX } from 'solid-js';
import { Icon } from '../parts/Icon.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { interpreters } from './interpreters.ts';

/** Between paragraphs, on hover or focus: what can be put there. */
export function Insert(props: {
  readonly always?: boolean;
  readonly onInsert: (interpreter: string) => void;
}): JSX.Element {
  const notebook = useNotebook();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons, not a form's fieldset
    <div
      class="insert"
      classList={{ always: props.always === true, off: !notebook.writable() }}
      role="group"
      aria-label={words.insert.label}
    >
      <div class="insert-choices">
        <Icon name="plus" size={12} />
        <For each={interpreters.filter((choice) => choice.bar)}>
          {(choice) => (
            <button
              type="button"
              aria-label={words.insert.add(choice.label)}
              tabindex={props.always === true ? 0 : -1}
              onClick={() => props.onInsert(choice.name)}
            >
              {choice.label}
            </button>
          )}
        </For>
      </div>
    </div>
  );
}
