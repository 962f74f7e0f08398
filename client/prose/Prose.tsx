import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount } from 'solid-js';
import { bring } from '../editor/colour.ts';
import { createRenderer } from './markdown.ts';
import '../editor/colour.css';
import './prose.css';

export type ProseProps = {
  readonly source: string;
  /** Of the notebook in the workspace: pictures named `data/…` are looked up there. */
  readonly folder?: string;
  /** The reader wants to write: a double click, or Enter. */
  readonly onEdit?: () => void;
};

const render = createRenderer();

/** A paragraph of prose as it reads. */
export function Prose(props: ProseProps): JSX.Element {
  const [brought, setBrought] = createSignal(0);
  const rendered = createMemo(() => {
    brought();
    return render(props.source, props.folder);
  });
  let host!: HTMLDivElement;
  let released = false;
  onCleanup(() => {
    released = true;
  });
  createEffect(
    on(rendered, ({ html, hasMath, languages }) => {
      host.innerHTML = html;
      if (hasMath) void fill(host, () => !released);
      for (const language of languages) {
        void bring(language).then((came) => {
          if (came && !released) setBrought((count) => count + 1);
        });
      }
    }),
  );
  onMount(() => {
    host.addEventListener('dblclick', (event) => {
      if (!(event.target instanceof Element && event.target.closest('a, input'))) props.onEdit?.();
    });
    host.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.target === host) props.onEdit?.();
    });
  });
  return <div ref={host} class="reading" />;
}

async function fill(host: HTMLElement, wanted: () => boolean): Promise<void> {
  const { typeset } = await import('./katex.ts');
  if (wanted()) typeset(host);
}
