/**
 * `gondola user` and `gondola token`: they write to the workspace's database, whether a server is using it or not, and a
 * server that is notices within 2 s. Whoever may run them may read the workspace's files: they are the operator.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, openAccess } from '../access/access.ts';
import { accountNamed, addAccount, changeAccount } from '../access/accounts.ts';
import { operator } from '../access/actors.ts';
import type { Place, Token } from '../access/book.ts';
import { hashPassword } from '../access/password.ts';
import { scopeText } from '../access/scopes.ts';
import { digest, newSecret } from '../access/token.ts';
import { addToken, findToken, momentOf, TOKEN_PREFIX } from '../access/tokens.ts';
import { UsageError } from '../config.ts';
import { AppError } from '../errors.ts';
import { type NotebookId, parseId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import { ROLES, roleOf } from '../protocol/roles.ts';
import { DatabaseError } from '../storage/database.ts';
import { columns } from './columns.ts';
import { giveToOwner, ownerOf } from './owner.ts';
import { readPassword } from './password.ts';

export type UserOptions = {
  readonly role?: string;
  readonly group?: readonly string[];
  readonly passwordStdin?: boolean;
  readonly keepPassword?: boolean;
  readonly json?: boolean;
};
export type TokenOptions = {
  readonly role?: string;
  readonly notebook?: readonly string[];
  readonly folder?: readonly string[];
  readonly for?: string;
  readonly expires?: string;
  readonly json?: boolean;
};

export const OPERATOR = operator('gondola command');
/** A token that nobody renews ends. */
const EXPIRES = '90d';

/** The workspace's accounts, open while `work` lasts. Throws UsageError for what access refuses. */
export async function withAccess<T>(workspace: string, work: (access: Access) => T | Promise<T>): Promise<T> {
  const records = join(workspace, '.gondola');
  const owner = ownerOf(existsSync(records) ? records : workspace);
  mkdirSync(records, { recursive: true, mode: 0o700 });
  const ignore = join(records, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  // Sign-ins by the printed address are none of its business.
  const access = openAccess(join(records, 'gondola.db'), digest(newSecret()), Date.now);
  try {
    access.store.book();
    if (access.store.trouble !== undefined) throw new UsageError(`${access.store.trouble}. See gondola check.`, 3);
    return await work(access);
  } catch (error) {
    if (error instanceof AppError) throw new UsageError(`${error.message}`);
    if (error instanceof DatabaseError) throw new UsageError(error.message, 3);
    throw error;
  } finally {
    access.close();
    giveToOwner(records, owner);
  }
}

export const addUser = (workspace: string, name: string, options: UserOptions): Promise<string> =>
  withAccess(workspace, async ({ store, audit }) => {
    const role = roleFrom(options.role) ?? 'writer';
    if (accountNamed(store.book(), name)) throw new AppError('already-exists', `the name ${name}`);
    const password = await hashPassword(await readPassword(`Password for ${name}: `, options.passwordStdin === true));
    const wish = { name, role, groups: options.group ?? [], password };
    store.commit((book) => addAccount(book, wish, Date.now()));
    const account = accountNamed(store.book(), name);
    audit.note({
      event: 'account-added',
      by: OPERATOR,
      ...(account ? { on: account.id } : {}),
      whom: name,
      detail: role,
    });
    const hasOwner = [...store.book().accounts.values()].some(
      (one) => one.role === 'owner' && one.disabled === undefined,
    );
    return hasOwner
      ? `${name} may sign in to ${workspace}.\n`
      : `${name} may sign in to ${workspace}. Nobody here is an owner of the workspace yet (--role owner); the printed address still is.\n`;
  });

export const resetUser = (workspace: string, name: string, options: UserOptions): Promise<string> =>
  withAccess(workspace, async ({ store, audit }) => {
    const account = accountNamed(store.book(), name);
    if (!account) throw new AppError('not-found', `account ${name}`);
    if (account.identity && !options.keepPassword)
      throw new UsageError(
        `${account.name} signs in by ${account.identity.by} and has no password here: --keep-password.`,
      );
    const role = roleFrom(options.role);
    const password = options.keepPassword
      ? undefined
      : await hashPassword(await readPassword(`New password for ${name}: `, options.passwordStdin === true));
    const wish = {
      disabled: false,
      ...(role === undefined ? {} : { role }),
      ...(options.group === undefined ? {} : { groups: options.group }),
      ...(password === undefined ? {} : { password }),
    };
    store.commit((book) => changeAccount(book, name, wish, Date.now()));
    const what = [password && 'password', role, options.group && `groups ${options.group.join(', ')}`];
    audit.note({ event: 'account-changed', by: OPERATOR, whom: name, detail: what.filter(Boolean).join('; ') });
    return `${name} may sign in${password === undefined ? '' : ' with the new password; signed out everywhere else'}.\n`;
  });

export const disableUser = (workspace: string, name: string): Promise<string> =>
  withAccess(workspace, ({ store, audit }) => {
    store.commit((book) => changeAccount(book, name, { disabled: true }, Date.now()));
    audit.note({ event: 'account-changed', by: OPERATOR, whom: name, detail: 'disabled' });
    return `${name} may not sign in any more; sign-ins and tokens of theirs have ended. gondola user reset brings them back.\n`;
  });

export const listUsers = (workspace: string, { json }: UserOptions): Promise<string> =>
  withAccess(workspace, ({ store }) => {
    const all = [...store.book().accounts.values()].sort((one, other) => one.name.localeCompare(other.name));
    if (json)
      return all
        .map(({ id, name, shown, role, groups, identity, made, disabled }) =>
          JSON.stringify({ id, name, shown, role, groups, identity, made, disabled }),
        )
        .map((line) => `${line}\n`)
        .join('');
    if (all.length === 0) return 'Nobody has an account: everyone with the printed address is the owner.\n';
    return columns(
      ['NAME', 'ROLE', 'GROUPS', 'BY', ''],
      all.map(({ name, role, groups, identity, disabled }) => [
        name,
        role,
        groups.join(', '),
        identity?.by ?? 'password',
        disabled ? 'disabled' : '',
      ]),
    );
  });

/** The secret alone, so that a script can take it. */
export const createToken = (workspace: string, name: string, options: TokenOptions): Promise<string> =>
  withAccess(workspace, ({ store, audit }) => {
    const role = roleFrom(options.role) ?? 'reader';
    const until = options.expires ?? EXPIRES;
    const expires = until === 'never' ? undefined : momentOf(until, Date.now());
    if (until !== 'never' && expires === undefined)
      throw new UsageError(`--expires should be like 30d, 12h, 2027-01-31 or never, not ${until}.`);
    const secret = `${TOKEN_PREFIX}${newSecret()}`;
    const wish = {
      name,
      role,
      places: placesFrom(options),
      by: OPERATOR.name,
      ...(options.for === undefined ? {} : { person: options.for }),
      ...(expires === undefined ? {} : { expires }),
    };
    store.commit((book) => addToken(book, wish, secret, Date.now()));
    audit.note({ event: 'token-made', by: OPERATOR, whom: options.for ?? name, detail: `${name}: ${role}` });
    return `${secret}\n`;
  });

export const listTokens = (workspace: string, { json }: TokenOptions): Promise<string> =>
  withAccess(workspace, ({ store }) => {
    const { tokens, accounts } = store.book();
    const all = [...tokens.values()].map(({ digest: _, person, ...token }) => ({
      ...token,
      ...(person === undefined ? {} : { for: accounts.get(person)?.name ?? person }),
    }));
    if (json) return all.map((token) => `${JSON.stringify(token)}\n`).join('');
    if (all.length === 0) return 'There are no tokens but the one in the printed address.\n';
    const where = (places: NonNullable<Token['places']> = []): string =>
      places.map(scopeText).join(', ') || 'everywhere';
    return columns(
      ['ID', 'NAME', 'ROLE', 'FOR', 'WHERE', 'EXPIRES'],
      all.map((token) => [
        token.id,
        token.name,
        token.role,
        token.for ?? '–',
        where(token.places),
        token.expires === undefined ? 'never' : new Date(token.expires).toISOString().slice(0, 16),
      ]),
    );
  });

export const revokeToken = (workspace: string, idOrName: string): Promise<string> =>
  withAccess(workspace, ({ store, audit }) => {
    const token = findToken(store.book(), idOrName);
    store.commit(() => [{ table: 'tokens', id: token.id, body: undefined }]);
    audit.note({ event: 'token-revoked', by: OPERATOR, on: token.id, detail: token.name });
    return `${token.name} opens nothing any more.\n`;
  });

function placesFrom({ notebook = [], folder = [] }: TokenOptions): readonly Place[] {
  const notebooks = notebook.map((text): Place => {
    const id = parseId<NotebookId>(text.replace(/^.*\/n\//, ''));
    if (!id) throw new UsageError(`--notebook should be a notebook’s id or address, not ${text}.`);
    return { kind: 'notebook', notebook: id };
  });
  return [
    ...notebooks,
    ...folder.map((text): Place => ({ kind: 'folder', folder: text.normalize('NFC').replace(/^\/+|\/+$/g, '') })),
  ];
}

export function roleFrom(text: string | undefined): Role | undefined {
  const role = roleOf(text);
  if (text !== undefined && !role) throw new UsageError(`--role should be ${ROLES.join(', ')}, not ${text}.`);
  return role;
}
