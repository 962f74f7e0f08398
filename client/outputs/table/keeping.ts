/** Where a viewer's settings of the tables of one paragraph are kept: under who looks, where, and which table it is. */
import { createSignal, onCleanup } from 'solid-js';
import type { TableSettings } from '../../../server/protocol/table/settings.ts';
import { standingAt } from '../../standing.ts';
import { openKeptTables } from './kept.ts';

/** A dragged edge is many changes. */
const KEEP_MS = 200;

/** Where a viewer's settings of one table are kept. */
export type Keeping = {
  load(): TableSettings | undefined;
  save(settings: TableSettings | undefined): void;
};

/** `viewer` keeps people who share a browser apart. Nothing is kept where the page is a stranger's frame, or shows how others see it. */
export function keepingOf(viewer: string, paragraph: string, index: number): Keeping | undefined {
  if (standingAt(location).kind !== 'own') return undefined;
  const place = [viewer, location.pathname, paragraph, index].join(' ');
  return {
    load: () => storage()?.load(place),
    save: (settings) => storage()?.save(place, settings),
  };
}

function storage() {
  try {
    return openKeptTables(localStorage);
  } catch {
    // A browser may forbid it.
    return undefined;
  }
}

/** A viewer's own settings, kept when the hand rests. */
export function createOwn(keeping: Keeping | undefined) {
  const [now, setNow] = createSignal(keeping?.load());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    keeping?.save(now());
  };
  onCleanup(() => timer !== undefined && save());
  return {
    now,
    set: (next: TableSettings | undefined): void => {
      setNow(next);
      clearTimeout(timer);
      timer = setTimeout(save, KEEP_MS);
    },
  };
}
