/** The frame of what makes a link of any kind: its fields, what is wrong with them, and the two buttons. */
import { createSignal, type JSX } from 'solid-js';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import type { NewLink } from './contract.ts';

export type Making = {
  readonly busy: boolean;
  readonly onMake: (wish: NewLink) => void;
  readonly onClose: () => void;
};

export function NewForm(
  props: Making & {
    readonly label: string;
    readonly do: string;
    /** Or what is wrong with it. */
    readonly wishOf: (form: FormData) => NewLink | string;
    readonly children: JSX.Element;
  },
): JSX.Element {
  const [wrong, setWrong] = createSignal('');
  const submit = (form: FormData): void => {
    const wish = props.wishOf(form);
    if (typeof wish === 'string') setWrong(wish);
    else props.onMake(wish);
  };
  return (
    <form
      class="dialog-form share-new"
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.busy) submit(new FormData(event.currentTarget));
      }}
    >
      {props.children}
      <p class="failed-text" role="alert">
        {wrong()}
      </p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words.cancel}
        </button>
        <button type="submit" class="button main" disabled={props.busy}>
          {props.busy ? share.making : props.do}
        </button>
      </div>
    </form>
  );
}
