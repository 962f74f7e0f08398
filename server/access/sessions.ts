/**
 * In whose session a run happens. The notebook's session belongs to its writers: a run by anybody below would change what
 * they see, and happens in a session of the visitor's own.
 */
import type { Role } from '../protocol/messages.ts';
import { isAtLeast } from './principal.ts';

export const sessionOf = (role: Role): 'notebook' | 'visitor' => (isAtLeast(role, 'writer') ? 'notebook' : 'visitor');
