import { createMemo, For, type JSX } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';

/** Marks at a paragraph's edge for those who are in it; carets inside are the editor's. */
export function Away(props: { readonly paragraph: ParagraphId }): JSX.Element {
  const notebook = useNotebook();
  const here = createMemo(() =>
    notebook.people().filter((person) => !person.self && person.paragraph === props.paragraph),
  );
  return (
    <For each={here()}>
      {(person, index) => (
        <i
          class="away"
          role="img"
          style={{ background: `var(--person-${person.color})`, right: `${index() * 4}px` }}
          aria-label={words.paragraph.here(person.name)}
          data-tip={words.paragraph.here(person.name)}
        />
      )}
    </For>
  );
}
