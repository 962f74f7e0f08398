import { Dialog } from '@kobalte/core/dialog';
import type { JSX } from 'solid-js';
import { words } from '../words/en.ts';
import { giveFocusBack } from './focus.ts';

/** A dialog that holds the focus while it is there; mounted means open. */
export function Modal(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** Between the two. */
  readonly middle?: boolean;
  readonly children: JSX.Element;
}): JSX.Element {
  giveFocusBack();
  return (
    <Dialog open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="shade" />
        <div class="dialog-place">
          <Dialog.Content
            class="dialog"
            classList={{ wide: props.wide === true, middle: props.middle === true }}
            onCloseAutoFocus={(event) => event.preventDefault()}
            onOpenAutoFocus={(event) => {
              const first = document.querySelector<HTMLElement>('.dialog [autofocus]');
              if (!first) return;
              event.preventDefault();
              first.focus();
              if (first instanceof HTMLInputElement) first.select();
            }}
          >
            <div class="dialog-head">
              <Dialog.Title class="dialog-title">{props.title}</Dialog.Title>
              <Dialog.CloseButton class="icon" aria-label={words.close} data-tip={words.close} data-key="Esc">
                ×
              </Dialog.CloseButton>
            </div>
            {props.children}
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  );
}
