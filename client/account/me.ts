/** Who the server says the caller is. */
import { type Role, roleOf } from '../../server/protocol/roles.ts';
import { type Answer, call, record, string } from '../api.ts';

/** Where the server is found. */
export type Reach = {
  /** By its own machine only. */
  readonly local: boolean;
  /** Its origins as others have them, the likeliest first. */
  readonly others: readonly string[];
  /** That it serves, where one may know. */
  readonly folder: string | undefined;
};

export type Me = {
  /** `owner`: by the printed address. */
  readonly kind: 'owner' | 'person' | 'token' | 'guest';
  /** The account that acts, if one does. */
  readonly person: { readonly id: string; readonly name: string } | undefined;
  /** In the workspace. */
  readonly role: Role;
  /** Whether the account has a password here: others sign in elsewhere. */
  readonly password: boolean;
  /** Whether anybody has an account. */
  readonly accounts: boolean;
  readonly reach: Reach;
};

const KINDS = ['owner', 'person', 'token', 'guest'] as const;

export const readMe = (): Promise<Answer<Me>> =>
  call('/me', {}, (value) => {
    const { kind, person, role, password, accounts, reach } = record(value);
    const known = KINDS.find((one) => one === kind);
    const strength = roleOf(role);
    if (!known || !strength) return undefined;
    const { id, name } = record(person);
    const account = typeof id === 'string' ? { id, name: string(name) ?? '' } : undefined;
    return {
      kind: known,
      person: account,
      role: strength,
      password: password === true,
      accounts: accounts === true,
      reach: parseReach(reach),
    };
  });

function parseReach(value: unknown): Reach {
  const { local, others, folder } = record(value);
  const origins = Array.isArray(others) ? others.filter((one) => typeof one === 'string') : [];
  return { local: local === true, others: origins, folder: string(folder) };
}
