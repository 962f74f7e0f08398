/** What the live document says, as a signal: read anew once typing pauses. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type * as Y from 'yjs';
import { type Moment, momentOf } from '../../server/protocol/versions/version.ts';

/** Comparing takes some 10 ms of a large notebook: not at each key. */
const PAUSE_MS = 250;

export function openMoment(doc: Y.Doc): Accessor<Moment> {
  const [moment, setMoment] = createSignal(momentOf(doc));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      setMoment(momentOf(doc));
    }, PAUSE_MS);
  };
  doc.on('update', changed);
  onCleanup(() => {
    doc.off('update', changed);
    clearTimeout(timer);
  });
  return moment;
}
