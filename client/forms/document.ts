/**
 * The forms that a notebook's document declares, as a signal. A keystroke reads one paragraph anew, and the list only where
 * that has a `${`.
 */
import { type Accessor, createMemo, createSignal, mapArray, onCleanup } from 'solid-js';
import type * as Y from 'yjs';
import { metaOf, PROSE } from '../../server/protocol/document.ts';
import { frontFormsOf } from '../../server/protocol/forms/document.ts';
import { type FormText, type FrontForms, formsOf, SQL } from '../../server/protocol/forms/list.ts';
import type { Forms } from '../../server/protocol/forms.ts';
import type { DocumentView } from '../notebook/document.ts';

export function openForms(doc: Y.Doc, document: DocumentView): Accessor<Forms> {
  const meta = metaOf(doc);
  const read = (): FrontForms => frontFormsOf(doc) ?? [];
  const [front, setFront] = createSignal(read(), { equals: same });
  const onMeta = (): void => void setFront(read());
  meta.observe(onMeta);
  onCleanup(() => meta.unobserve(onMeta));
  const each = mapArray(document.order, (id) => {
    const paragraph = document.paragraph(id);
    return createMemo<FormText | undefined>(() => {
      const interpreter = paragraph.interpreter();
      if (interpreter !== SQL && interpreter !== PROSE) return undefined;
      if (paragraph.deleted() !== undefined || paragraph.damaged() !== undefined) return undefined;
      const source = paragraph.source();
      return source.includes('${') ? { id, interpreter, source } : undefined;
    });
  });
  const texts = createMemo<readonly FormText[]>(() => each().flatMap((text) => text() ?? []), [], {
    equals: (a, b) => a.length === b.length && a.every((one, index) => one === b[index]),
  });
  return createMemo<Forms>(() => formsOf(front(), texts()), { forms: [], problems: [] }, { equals: same });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
