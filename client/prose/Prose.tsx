import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, useContext } from 'solid-js';
import { bring } from '../editor/colour.ts';
import { createRenderer } from './markdown.ts';
import { HeldContext } from './pictures.ts';
import '../editor/colour.css';
import './prose.css';

export type ProseProps = {
  readonly source: string;
  /** Of the notebook in the workspace: pictures named `data/…` are looked up there. */
  readonly folder?: string;
  /** The reader wants to write: a double click, or Enter. */
  readonly onEdit?: () => void;
  /** The box of a task in this line (0-based) was clicked. */
  readonly onTask?: (line: number) => void;
};

const render = createRenderer();

/** A paragraph of prose as it reads. */
export function Prose(props: ProseProps): JSX.Element {
  const held = useContext(HeldContext);
  const [brought, setBrought] = createSignal(0);
  const rendered = createMemo(() => {
    brought();
    return render(props.source, props.folder, held);
  });
  let host!: HTMLDivElement;
  let released = false;
  onCleanup(() => {
    released = true;
  });
  createEffect(
    on([rendered, () => props.onTask === undefined], ([{ html, hasMath, languages }, isFixed]) => {
      const active = host.ownerDocument.activeElement;
      const box = active instanceof HTMLElement && host.contains(active) ? active.dataset.line : undefined;
      host.innerHTML = html;
      for (const input of host.querySelectorAll<HTMLInputElement>('input[data-line]')) {
        input.disabled = isFixed;
        input.setAttribute('aria-label', input.parentElement?.textContent?.trim().split('\n')[0] ?? '');
        if (input.dataset.line === box) input.focus({ preventScroll: true });
      }
      held?.draw(host);
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
    host.addEventListener('change', (event) => {
      const line = event.target instanceof HTMLInputElement ? event.target.dataset.line : undefined;
      if (line !== undefined) props.onTask?.(Number(line));
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
