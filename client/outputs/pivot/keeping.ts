/** Where a viewer's own pivots are kept: as their settings of tables are. */
import { type PivotSettings, readPivot } from '../../../server/protocol/pivot.ts';
import { standingAt } from '../../standing.ts';
import { openKept } from '../table/kept.ts';

const KEY = 'gondola.pivots';

export type KeptPivot = {
  load(): PivotSettings | undefined;
  /** Undefined forgets. */
  save(settings: PivotSettings | undefined): void;
};

/** Nothing is kept where the page is a stranger's frame, or shows how others see it. */
export function pivotKeeping(viewer: string, paragraph: string, index: number): KeptPivot | undefined {
  if (standingAt(location).kind !== 'own') return undefined;
  const place = [viewer, location.pathname, paragraph, index].join(' ');
  const open = () => {
    try {
      return openKept(localStorage, KEY, readPivot);
    } catch {
      // A browser may forbid it.
      return undefined;
    }
  };
  return { load: () => open()?.load(place), save: (settings) => open()?.save(place, settings) };
}
