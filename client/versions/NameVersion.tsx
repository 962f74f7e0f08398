import type { JSX } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { history } from '../words/versions.ts';

/** As the server takes it. */
const LONGEST_NAME = 200;

export function NameVersion(props: {
  readonly title: string;
  readonly name: string;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Modal title={props.title} onClose={() => props.onClose()}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
          if (name !== '') props.onDone(name);
        }}
      >
        <label class="dialog-field">
          <span>{history.nameLabel}</span>
          <input
            class="field"
            name="name"
            value={props.name}
            placeholder={history.namePlaceholder}
            maxLength={LONGEST_NAME}
            autocomplete="off"
            autofocus
            required
          />
        </label>
        <p class="quiet">{history.nameHint}</p>
        <div class="dialog-foot">
          <button type="submit" class="button main">
            {history.nameDo}
          </button>
        </div>
      </form>
    </Modal>
  );
}
