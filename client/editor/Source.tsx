import { createEffect, type JSX, onCleanup, onMount } from 'solid-js';
import { sourceOf } from '../../server/protocol/document.ts';
import type { SourceProps } from './contract.ts';

/** One paragraph's text, read and edited. */
export function Source(props: SourceProps): JSX.Element {
  let field!: HTMLTextAreaElement;
  onMount(() => {
    const text = sourceOf(props.live.doc, props.paragraph);
    if (!text) return;
    const show = () => {
      if (field.value !== text.toString()) field.value = text.toString();
    };
    show();
    text.observe(show);
    onCleanup(() => text.unobserve(show));
  });
  createEffect(() => {
    if (props.editing) field.focus();
  });
  return <textarea ref={field} class="source-field" onFocus={() => props.onFocus()} />;
}
