/** The sessions of visitors, put together from the parts of the server. */
import { findInterpreter } from '../../interpreters/registry.ts';
import type { Access } from '../access/access.ts';
import type { Config } from '../config.ts';
import type { Results } from '../results/contract.ts';
import { systemClock } from '../rooms/clock.ts';
import type { Parts } from '../runs/parts.ts';
import type { Runs } from '../runs/runs.ts';
import type { Sessions } from '../sessions/contract.ts';
import type { Disk } from '../storage/disk.ts';
import type { Workspace } from '../workspace/contract.ts';
import { clearVisitorSession, leftVisitorSessions, type OpenParts, openVisitorSession } from './open.ts';
import { openVisited } from './visited.ts';
import { Visitors } from './visitors.ts';

export type ComposeParts = {
  readonly config: Pick<Config, 'visitors' | 'visitorMinutes'>;
  readonly access: Pick<Access, 'decide' | 'linksToRun'> & { readonly store: Pick<Access['store'], 'onChange'> };
  readonly disk: Disk;
  /** Where `disk` is rooted. */
  readonly state: string;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly results: Results;
  readonly workspace: Pick<Workspace, 'get'>;
  readonly written: Pick<Parts, 'paragraphs' | 'forms' | 'outline'>;
  readonly version: string;
  readonly warn: (what: string, details: object) => void;
};

export function openVisitors({ config, access, workspace, written, version, warn, ...parts }: ComposeParts): Visitors {
  const now = (): number => Date.now();
  const visited = openVisited({ disk: parts.disk, now, warn });
  const knows = (interpreter: string): boolean => findInterpreter(interpreter) !== undefined;
  const open: OpenParts = { ...parts, visited, shared: { ...written, knows, now, version, warn } };
  return new Visitors({
    ...parts,
    visited,
    openOne: (key, team) => openVisitorSession(key, team, open),
    clear: (key) => clearVisitorSession(key, open),
    left: () => leftVisitorSessions(parts.disk),
    linksOf: (principal, notebook) => access.linksToRun(principal, notebook),
    mayVisit(principal, notebook) {
      const path = workspace.get(notebook)?.path;
      return access.decide(principal, 'notebook.run', { kind: 'notebook', notebook, path }).allowed;
    },
    onAccess: (listener) => access.store.onChange(listener),
    bounds: { idleMs: config.visitorMinutes * 60_000, most: config.visitors },
    clock: systemClock,
    wall: now,
    warn,
  });
}
