/** The gutter's sign that what is shown is not so any more: says why, and leads to a run of it with what it needs. */
import { type Accessor, type JSX, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { useNotebook } from '../notebook/context.ts';
import { Icon } from '../parts/Icon.tsx';
import { dependWords } from '../words/depends.ts';

export function Mark(props: { readonly id: ParagraphId; readonly why: Accessor<string> }): JSX.Element {
  const notebook = useNotebook();
  const sign = () => <Icon name="refresh" size={12} />;
  return (
    <Show
      when={notebook.runnable()}
      fallback={
        <span class="stale-mark" role="img" aria-label={`${dependWords.stale}: ${props.why()}`} data-tip={props.why()}>
          {sign()}
        </span>
      }
    >
      <button
        type="button"
        class="stale-mark"
        tabindex={-1}
        aria-label={dependWords.mark(props.why())}
        data-tip={props.why()}
        onClick={() => notebook.perform({ command: 'run-needs' }, props.id)}
      >
        {sign()}
      </button>
    </Show>
  );
}
