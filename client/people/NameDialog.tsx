import { createSignal, type JSX } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { cleanName, NAME_LENGTH } from './person.ts';

/** Asks for the name that colleagues see. Leaving it empty, or closing, makes one a guest. */
export function NameDialog(props: {
  readonly name: string;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const [name, setName] = createSignal(props.name);
  return (
    <Modal title={words.person.title} onClose={props.onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          props.onDone(cleanName(name()) || words.guest);
        }}
      >
        <input
          class="field"
          aria-label={words.person.label}
          placeholder={words.person.label}
          autocomplete="name"
          maxLength={NAME_LENGTH}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
          autofocus
        />
        <p class="quiet">{words.person.hint}</p>
        <div class="dialog-foot">
          <button type="submit" class="button main">
            {words.person.done}
          </button>
        </div>
      </form>
    </Modal>
  );
}
