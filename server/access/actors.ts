/** Who does something and has no account, as runs and the audit log name them. No account has an id like these. */
import type { LinkId, PersonId, TokenId } from '../protocol/ids.ts';
import type { Who } from '../protocol/runs.ts';

const who = (id: string, name: string): Who => ({ id: id as PersonId, name });

/** What happens by itself: on the disk, or because its time came. */
export const SERVER: Who = who('server', 'Gondola');
/** By a command on the machine. */
export const operator = (name: string): Who => who('operator', name);
/** By the printed address, before they say what they are called. */
export const PRINTED: Who = who('owner', 'printed address');
/** What a program asked for with the owner's token. */
export const PROGRAM: Who = who('api', 'API');
export const STRANGER: Who = who('stranger', 'Stranger');
/** Whoever failed to come in, by what they said they are. */
export const unknown = (said: string): Who => who('unknown', said);
export const guest = (browser: string): Who => who(`guest-${browser}`, 'Guest');
export const frame = (link: LinkId): Who => who(`embed-${link}`, 'Guest');
export const token = (id: TokenId | undefined, name: string | undefined): Who => who(id ?? 'gone', name ?? 'Gone');
