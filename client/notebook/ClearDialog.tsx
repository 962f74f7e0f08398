import type { JSX } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { sessionWords } from '../words/session.ts';
import { useNotebook } from './context.ts';
import { restart } from './restart.ts';

/** Dropping every table is asked about once: it cannot be undone. */
export function ClearDialog(props: { readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  return (
    <Modal title={sessionWords.clearTitle} onClose={props.onClose}>
      <p>{sessionWords.clearText}</p>
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
          {sessionWords.restartClear}
        </button>
      </div>
    </Modal>
  );
}
