/**
 * In whose session a run happens. The notebook's session belongs to its writers: a run by anybody below would change what
 * they see.
 */
import { AppError } from '../errors.ts';
import type { Role } from '../protocol/messages.ts';
import { isAtLeast } from './principal.ts';

export const sessionOf = (role: Role): 'notebook' | 'visitor' => (isAtLeast(role, 'writer') ? 'notebook' : 'visitor');

/** Throws AppError forbidden for whoever needs a visitor session, of which this server has none. */
export function requireOwnSession(role: Role): void {
  if (sessionOf(role) === 'visitor') throw new AppError('forbidden');
}
