/** Where a viewer's settings of the tables of one paragraph are kept: under who looks, where, and which table it is. */
import type { TableSettings } from '../../../server/protocol/table/settings.ts';
import { standingAt } from '../../standing.ts';
import { openKeptTables } from './kept.ts';

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
