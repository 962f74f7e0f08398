import { createSignal, type JSX } from 'solid-js';
import { share } from '../words/share.ts';

/** A line for somebody to take elsewhere: a command, the address of a link. */
export function Command(props: { readonly text: string; readonly label?: string; readonly do?: string }): JSX.Element {
  const [copied, setCopied] = createSignal(false);
  let field!: HTMLInputElement;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text);
      setCopied(true);
    } catch {
      // The clipboard is refused without a permission or TLS: it is selected, for the keys.
      field.focus();
      field.select();
    }
  };
  return (
    <div class="share-line">
      <input
        ref={field}
        class="field"
        readOnly
        aria-label={props.label ?? props.text}
        value={props.text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="button" onClick={() => void copy()}>
        <span role="status">{copied() ? share.copied : (props.do ?? share.copyDo)}</span>
      </button>
    </div>
  );
}
