import { createEffect, createMemo, type JSX, on, onCleanup, onMount } from 'solid-js';
import { sourceOf } from '../../server/protocol/document.ts';
import type { SourceProps } from './contract.ts';
import { createSurface, labelOf, type Surface } from './surface.ts';
import './colour.css';
import './source.css';

/** One paragraph's text, read and edited. */
export function Source(props: SourceProps): JSX.Element {
  let host!: HTMLDivElement;
  let surface: Surface | undefined;
  // The surface asks outside of any computation.
  const errors = createMemo(() => props.errors);
  const interpreter = createMemo(() => props.interpreter);
  onMount(() => {
    const text = sourceOf(props.live.doc, props.paragraph);
    if (!text) return;
    surface = createSurface(host, {
      live: props.live,
      analyst: props.analyst,
      paragraph: props.paragraph,
      text,
      interpreter,
      label: labelOf(props.interpreter),
      errors,
      complete: (text, offset) => props.complete?.(text, offset),
      onCommand: (command) => props.onCommand(command),
      onFocus: () => props.onFocus(),
      mac: /Mac|iPhone|iPad/.test(navigator.platform),
    });
    onCleanup(() => surface?.release());
  });
  createEffect(on([errors, interpreter], () => surface?.refresh(), { defer: true }));
  createEffect(
    on([() => props.editing, () => props.caret], ([editing, caret], before) => {
      if (editing) surface?.edit(before?.[0] && caret === before[1] ? undefined : caret);
      else if (before?.[0]) surface?.leave();
    }),
  );
  return <div ref={host} class="source" data-placeholder={props.placeholder} data-language={props.interpreter} />;
}
