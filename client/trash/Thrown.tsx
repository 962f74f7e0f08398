import { createResource, type JSX, Show } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { useApp } from '../app-context.ts';
import { trash } from '../words/versions.ts';
import { listTrash, restoreNotebook, type Trashed } from './calls.ts';

/** Of a page whose notebook is not there any more: whether one's own trash has it, with the way back. */
export function Thrown(props: { readonly id: NotebookId; readonly fallback: JSX.Element }): JSX.Element {
  const app = useApp();
  const [found] = createResource(async (): Promise<Trashed | undefined> => {
    const answer = await listTrash();
    return answer.ok ? answer.value.find(({ id }) => id === props.id) : undefined;
  });
  const putBack = async (): Promise<void> => {
    const answer = await restoreNotebook(props.id);
    if (answer.ok) location.reload();
    else app.toasts.show({ text: answer.problem.message, hint: answer.problem.hint ?? '', tone: 'bad' });
  };
  return (
    <Show when={found()} fallback={props.fallback}>
      {(item) => (
        <>
          <b>{trash.thrown(item().by ?? '')}</b>
          <button type="button" class="button" onClick={() => void putBack()}>
            {trash.restore}
          </button>
        </>
      )}
    </Show>
  );
}
