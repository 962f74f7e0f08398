/** `gondola user invite`, and which invitations are open. A server that is running notices within 2 s. */
import { join } from 'node:path';
import { addInvitation, INVITATION_HOURS, openInvitations, withdrawInvitation } from '../access/invitations.ts';
import { newSecret } from '../access/token.ts';
import { UsageError } from '../config.ts';
import { serveCommand } from '../protocol/serve-command.ts';
import { type Address, addressOf } from '../workspace/address.ts';
import { columns } from './columns.ts';
import { OPERATOR, roleFrom, withAccess } from './people.ts';

export type InviteOptions = {
  readonly role?: string;
  readonly hours?: string;
  readonly uses?: string;
  readonly json?: boolean;
};

/** The address alone, so that it can be taken on; where no server is running, the path that stands behind its address. */
export const invite = (workspace: string, options: InviteOptions): Promise<string> =>
  withAccess(workspace, async ({ store, audit }) => {
    const role = roleFrom(options.role) ?? 'writer';
    const hours = numberFrom('--hours', options.hours, INVITATION_HOURS);
    const most = numberFrom('--uses', options.uses, 1);
    const secret = newSecret();
    const made = { secret, by: OPERATOR.name, at: Date.now() };
    let id = '';
    let expires = 0;
    store.commit((book) => {
      const { invitation, changes } = addInvitation(book, { role, hours, most }, made);
      ({ id, expires } = invitation);
      return changes;
    });
    audit.note({
      event: 'invitation-made',
      by: OPERATOR,
      on: id,
      detail: `${role}, ${hours} h, ${most} account${most === 1 ? '' : 's'}`,
    });
    const there = await addressOf(join(workspace, '.gondola'));
    const origin = there?.others[0] ?? there?.origin ?? '';
    const url = `${origin}/i/${secret}`;
    const hint = reachHint(there, workspace);
    if (hint !== undefined) process.stderr.write(`gondola: ${hint}\n`);
    return options.json ? `${JSON.stringify({ id, url, role, uses: most, expires })}\n` : `${url}\n`;
  });

/** Where nobody else could open the address that was made: what to do, beside it. */
export function reachHint(there: Pick<Address, 'others'> | undefined, workspace: string): string | undefined {
  if (there === undefined)
    return 'No server has this workspace now: the address of the one that will goes before this path.';
  if (there.others.length > 0) return undefined;
  return `The server of this workspace answers this machine alone. For others stop it, and start it with: ${serveCommand(workspace)}`;
}

/** Never the secrets. */
export const listInvitations = (workspace: string, { json }: InviteOptions): Promise<string> =>
  withAccess(workspace, ({ store }) => {
    const all = openInvitations(store.book(), Date.now());
    if (json)
      return all
        .map(({ id, role, most, used, expires, made, by }) =>
          JSON.stringify({ id, role, uses: most, used, expires, made, by }),
        )
        .map((line) => `${line}\n`)
        .join('');
    if (all.length === 0) return 'No invitation is open.\n';
    return columns(
      ['ID', 'ROLE', 'USED', 'ENDS', 'BY'],
      all.map(({ id, role, most, used, expires, by }) => [
        id,
        role,
        `${used} of ${most}`,
        new Date(expires).toISOString().slice(0, 16),
        by,
      ]),
    );
  });

export const withdraw = (workspace: string, id: string): Promise<string> =>
  withAccess(workspace, ({ store, audit }) => {
    store.commit((book) => withdrawInvitation(book, id));
    audit.note({ event: 'invitation-withdrawn', by: OPERATOR, on: id });
    return `${id} opens nothing any more; accounts that were made by it stay.\n`;
  });

function numberFrom(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`${option} should be a whole number, not ${text}.`);
  return Number(text);
}
