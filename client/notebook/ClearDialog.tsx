import type { JSX } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { restart } from './restart.ts';

/** Dropping every table is asked about once: it cannot be undone. */
export function ClearDialog(props: { readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  return (
    <Modal title={words.session.clearTitle} onClose={props.onClose}>
      <p>{words.session.clearText}</p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            restart(notebook, true);
            props.onClose();
          }}
        >
          {words.session.restartClear}
        </button>
      </div>
    </Modal>
  );
}
