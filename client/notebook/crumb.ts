/** The workspace's name for the top bar: the one this browser saw last at once, then what the server says. */
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';
import { readWorkspace } from '../api.ts';

const KEY = 'gondola.workspace';

export function openWorkspaceTitle(storage: Pick<Storage, 'getItem' | 'setItem'>): Accessor<string> {
  const [title, setTitle] = createSignal(storage.getItem(KEY) ?? '');
  const stop = new AbortController();
  onMount(async () => {
    const answer = await readWorkspace(stop.signal);
    if (!answer.ok || answer.value.title === title()) return;
    setTitle(answer.value.title);
    storage.setItem(KEY, answer.value.title);
  });
  onCleanup(() => stop.abort());
  return title;
}
