import { createEffect, createMemo, createSignal, type JSX } from 'solid-js';
import { bring, colour } from '../editor/colour.ts';
import '../editor/colour.css';
import '../editor/source.css';

/** Code to be read. */
export function Code(props: { readonly text: string; readonly interpreter: string }): JSX.Element {
  const [brought, setBrought] = createSignal(0);
  createEffect(() => void bring(props.interpreter).then((came) => came && setBrought((count) => count + 1)));
  const html = createMemo(() => {
    brought();
    return colour(props.text, props.interpreter);
  });
  // Escaped by `colour`, which writes classes only.
  return <pre class="published-code" tabindex="0" innerHTML={html()} />;
}
