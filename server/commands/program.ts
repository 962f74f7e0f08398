/** The commands for people: `user`, `token` and `audit`, as the command line has them. What they do is loaded on use. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../config.ts';
import type { AuditOptions } from './audit.ts';
import type { InviteOptions as InviteChoice } from './invitations.ts';
import type { TokenOptions as TokenChoice, UserOptions as UserChoice } from './people.ts';

type UserOptions = UserChoice & { readonly workspace?: string };
type InviteOptions = InviteChoice & { readonly workspace?: string };
type TokenOptions = TokenChoice & { readonly workspace?: string };

/** `folderOf`: the workspace where none was named. */
export function addPeople(program: Command, folderOf: (dir: string | undefined) => string): void {
  const many = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  const folder = (options: { readonly workspace?: string }): string => {
    const path = folderOf(options.workspace);
    if (!existsSync(path)) throw new UsageError(`there is no folder ${path}. Name the workspace with --workspace DIR`);
    return path;
  };
  const load = () => import('./people.ts');
  const print = async (text: Promise<string>): Promise<void> => void process.stdout.write(await text);
  const workspace = [
    '--workspace <dir>',
    'the workspace, a folder of notebooks; else the one that serve would take',
  ] as const;

  const user = program.command('user').description('Accounts: who may sign in by a name and a password.');
  const named = (name: string, says: string): Command =>
    user
      .command(name)
      .argument('<name>', 'what they sign in with')
      .description(says)
      .option(...workspace);
  const roles = (command: Command): Command =>
    command
      .option('--role <role>', 'in the workspace: owner (manages people), writer (makes notebooks), runner or reader')
      .option('--group <group>', 'a group they are in; several by repeating', many)
      .option('--password-stdin', 'take the password from the first line of stdin, and ask nothing');
  roles(named('add', 'Make an account; asks for its password.')).action(async (name: string, options: UserOptions) =>
    print((await load()).addUser(folder(options), name, options)),
  );
  roles(
    named(
      'reset',
      'Give another password, role or groups; signs them out everywhere and lets a disabled one in again.',
    ),
  )
    .option('--keep-password', 'change role or groups alone')
    .action(async (name: string, options: UserOptions) =>
      print((await load()).resetUser(folder(options), name, options)),
    );
  named('disable', 'Shut somebody out: sign-ins and tokens end within 2 s.').action(
    async (name: string, options: UserOptions) => print((await load()).disableUser(folder(options), name)),
  );
  user
    .command('list')
    .description('Who has an account.')
    .option(...workspace)
    .option('--json', 'one JSON object a line')
    .action(async (options: UserOptions) => print((await load()).listUsers(folder(options), options)));

  const invitations = () => import('./invitations.ts');
  user
    .command('invite')
    .description('Print an address by which somebody makes an account of their own, this once.')
    .option(...workspace)
    .option('--role <role>', 'of the accounts: owner, writer, runner or reader (writer)')
    .option('--hours <hours>', 'how long it holds (24)')
    .option('--uses <count>', 'how many accounts it makes (1)')
    .option('--json', 'as one JSON object')
    .action(async (options: InviteOptions) => print((await invitations()).invite(folder(options), options)));
  user
    .command('invitations')
    .description('Which invitations are open; never the secrets.')
    .option(...workspace)
    .option('--json', 'one JSON object a line')
    .action(async (options: InviteOptions) => print((await invitations()).listInvitations(folder(options), options)));
  user
    .command('withdraw')
    .argument('<id>', 'of an invitation')
    .description('End an invitation; accounts made by it stay.')
    .option(...workspace)
    .action(async (id: string, options: InviteOptions) => print((await invitations()).withdraw(folder(options), id)));

  const token = program.command('token').description('Tokens for programs that call the API.');
  token
    .command('create')
    .argument('<name>', 'what it is for')
    .description('Make a token and print it, this once.')
    .option(...workspace)
    .option('--role <role>', 'the most it may do: owner, writer, runner or reader (reader)')
    .option('--notebook <id>', 'only this notebook; several by repeating', many)
    .option('--folder <path>', 'only what lies below this folder; several by repeating', many)
    .option('--for <user>', 'acts for this account, and never does more than they may')
    .option('--expires <when>', 'like 30d, 12h, 2027-01-31 or never (90d)')
    .action(async (name: string, options: TokenOptions) =>
      print((await load()).createToken(folder(options), name, options)),
    );
  token
    .command('list')
    .description('Which tokens there are; never the secrets.')
    .option(...workspace)
    .option('--json', 'one JSON object a line')
    .action(async (options: TokenOptions) => print((await load()).listTokens(folder(options), options)));
  token
    .command('revoke')
    .argument('<id>', 'its id or name')
    .description('End a token, within 2 s.')
    .option(...workspace)
    .action(async (id: string, options: TokenOptions) => print((await load()).revokeToken(folder(options), id)));

  program
    .command('audit')
    .description('Print the audit log, oldest first: sign-ins, grants, links, tokens, runs, exports, deletions.')
    .option(...workspace)
    .option('--json', 'one JSON object a line')
    .option('--since <when>', 'from then on: like 7d, 12h or 2027-01-31')
    .option('--after <seq>', 'only what came after this entry')
    .action(async (options: AuditOptions & { readonly workspace?: string }) => {
      const { printAudit } = await import('./audit.ts');
      await printAudit(folder(options), options, (text) => void process.stdout.write(text));
    });
}
