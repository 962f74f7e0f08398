/** Sessions of visitors over a world of runs that the test plays by hand; time and who may come are the test's. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../../../server/access/principal.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import {
  clearVisitorSession,
  leftVisitorSessions,
  type OpenParts,
  openVisitorSession,
} from '../../../server/visitors/open.ts';
import { openVisited } from '../../../server/visitors/visited.ts';
import { Visitors, type VisitorsParts } from '../../../server/visitors/visitors.ts';
import { TestClock } from '../rooms/house.ts';
import type { World } from '../runs/support.ts';

/** Nothing is written there: the records of these tests lie in memory. */
const STATE = join(tmpdir(), 'gondola-no-state');

/** When it is while these tests last. */
export const WALL = Date.UTC(2026, 0, 1);

export function visitorsOf(
  world: World,
  given: Partial<Pick<VisitorsParts, 'linksOf' | 'mayVisit' | 'onAccess' | 'bounds' | 'clock'>> = {},
  state = STATE,
): Visitors {
  const now = (): number => ++world.time;
  const warn = (what: string): void => void world.warnings.push(what);
  const { disk, sessions, results } = world;
  const visited = openVisited({ disk, now, warn });
  const open: OpenParts = {
    disk,
    state,
    sessions,
    results,
    runs: world.runs,
    visited,
    shared: {
      paragraphs: () => world.paragraphs,
      forms: () => formsOf(world.front, world.paragraphs).forms,
      outline: () =>
        world.paragraphs.map(({ id, name, interpreter }) => ({
          id,
          code: interpreter !== 'markdown',
          ...(name === undefined ? {} : { name }),
        })),
      knows: (interpreter) => interpreter === 'sql',
      now,
      version: '1',
      warn,
    },
  };
  return new Visitors({
    runs: world.runs,
    sessions,
    visited,
    openOne: (key, team) => openVisitorSession(key, team, open),
    clear: (key) => clearVisitorSession(key, open),
    left: () => leftVisitorSessions(disk),
    linksOf: () => [],
    mayVisit: (_principal: Principal, _notebook: NotebookId) => true,
    onAccess: () => () => {},
    bounds: { idleMs: 1000, most: 3 },
    clock: new TestClock().clock,
    wall: () => WALL,
    warn,
    ...given,
  });
}
