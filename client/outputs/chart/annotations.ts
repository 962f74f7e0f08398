/** The date annotations that a notebook's document has, as a signal. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type * as Y from 'yjs';
import { type Annotation, annotationsOf } from '../../../server/protocol/annotations.ts';
import { metaOf } from '../../../server/protocol/document.ts';

/** Call it inside a component. */
export function openAnnotations(doc: Y.Doc): Accessor<readonly Annotation[]> {
  const [all, setAll] = createSignal<readonly Annotation[]>(annotationsOf(doc), {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const meta = metaOf(doc);
  const onMeta = (): void => void setAll(annotationsOf(doc));
  meta.observe(onMeta);
  onCleanup(() => meta.unobserve(onMeta));
  return all;
}
