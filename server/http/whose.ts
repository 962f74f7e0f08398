/**
 * Whose runs a call is about. Writers' runs are those of the notebook; a runner's, and anybody's with other values of forms
 * than the notebook's own, happen in a session of their own, and what came of them is there for that visitor alone: for
 * everybody else, writers included, it is absent.
 */
import type { Principal } from '../access/principal.ts';
import { sessionOf } from '../access/sessions.ts';
import { AppError } from '../errors.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { isVisitorKey, keyIn, notebookIn } from '../protocol/keys.ts';
import type { Role } from '../protocol/messages.ts';
import type { NotebookRuns } from '../runs/notebook.ts';
import type { Services } from './services.ts';

type From = Pick<Services, 'runs' | 'visitors' | 'workspace'>;
export type Caller = { readonly services: From; readonly principal: Principal; readonly role: Role };

/** Where what they ask for runs; `own`: with the notebook's own values. */
export const runsFor = (
  notebook: NotebookId,
  { services, principal, role }: Caller,
  own: boolean,
): Promise<NotebookRuns> =>
  own && sessionOf(role) === 'notebook' ? services.runs.of(notebook) : services.visitors.open(notebook, principal);

/** Of whoever always runs in a session of their own: theirs, beside the notebook's. */
export const ownRuns = (notebook: NotebookId, { services, principal, role }: Caller): NotebookRuns | undefined =>
  sessionOf(role) === 'visitor' ? services.visitors.find(notebook, principal) : undefined;

/** The runs among which a run or result of this id is, if it is for them. Throws AppError not-found; makes nothing. */
export async function runsHolding(
  id: string,
  what: 'run' | 'result',
  { services, principal }: Omit<Caller, 'role'>,
): Promise<NotebookRuns> {
  const key = keyIn(id);
  if (key && services.workspace.get(notebookIn(key))) {
    const runs = isVisitorKey(key) ? services.visitors.byKey(key, principal) : await services.runs.of(key);
    if (runs) return runs;
  }
  throw new AppError('not-found', what);
}
