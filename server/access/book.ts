/**
 * The book: all accounts, grants, links, tokens and sign-ins at one moment, as the evaluator reads them. It is never
 * changed; a change makes another book. Times are milliseconds since 1970.
 */
import type { InvitationId, LinkId, NotebookId, ParagraphId, PersonId, SignInId, TokenId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';

/**
 * Somebody elsewhere, for good: names and addresses change and are given to others, these do not. Nobody is ever found by
 * anything else.
 */
export type Identity = {
  readonly by: 'oidc' | 'ldap';
  readonly issuer: string;
  readonly subject: string;
};

export type Account = {
  readonly id: PersonId;
  /** Unique without regard to case; what one signs in with, and what others see unless there is `shown`. */
  readonly name: string;
  /**
   * In the workspace: an owner manages people and owns what belongs to nobody; a writer makes notebooks; a runner or reader
   * has what was granted.
   */
  readonly role: Role;
  readonly groups: readonly string[];
  /** `password.ts` has its form; absent for those whom another directory signs in. */
  readonly password?: string;
  /** Who they are elsewhere, for those whom a provider signs in. */
  readonly identity?: Identity;
  /** What others see in place of the name; never what another account is known by. */
  readonly shown?: string;
  readonly disabled?: number;
  readonly made: number;
};

export type Subject =
  | { readonly kind: 'person'; readonly person: PersonId }
  | { readonly kind: 'group'; readonly group: string }
  /** Every account. */
  | { readonly kind: 'everyone' };

/** What a grant is for. A folder's holds for all below it; `''` is the whole workspace. */
export type Place =
  | { readonly kind: 'notebook'; readonly notebook: NotebookId }
  | { readonly kind: 'folder'; readonly folder: string };

/** Where a folder was: what it was shared with waits there, and is nobody's role. */
export type Gone = { readonly kind: 'gone'; readonly folder: string };

export type Grant = {
  readonly place: Place | Gone;
  readonly subject: Subject;
  readonly role: Role;
  /** Who granted it, by name. */
  readonly by: string;
  readonly at: number;
};

export type LinkRole = Extract<Role, 'reader' | 'runner'>;

export type Link = {
  readonly id: LinkId;
  readonly notebook: NotebookId;
  readonly role: LinkRole;
  /** Of its secret, which is told once. */
  readonly digest: string;
  readonly label?: string;
  readonly password?: string;
  readonly expires?: number;
  /** All when absent. */
  readonly paragraphs?: readonly ParagraphId[];
  /** Whether sources are shown. */
  readonly code: boolean;
  /** Shows its one paragraph inside pages of these origins (`embeds.ts`), and opens nothing else. */
  readonly embed?: Embed;
  readonly made: number;
  readonly by: string;
};

/** `open`: the frame offers the way to the notebook, for those with a role on it. */
export type Embed = { readonly origins: readonly string[]; readonly open: boolean };

export type Token = {
  readonly id: TokenId;
  readonly name: string;
  readonly digest: string;
  /** The most it may do. */
  readonly role: Role;
  /** Where; everywhere when absent. A folder that is gone is nowhere. */
  readonly places?: readonly (Place | Gone)[];
  /** For whom it acts: never more than they may. Absent: for nobody, and `role` is what it has. */
  readonly person?: PersonId;
  readonly expires?: number;
  readonly made: number;
  readonly by: string;
};

/** Lets whoever has its secret make an account, as often as it says and until it ends. */
export type Invitation = {
  readonly id: InvitationId;
  readonly digest: string;
  /** Of the accounts that are made by it. */
  readonly role: Role;
  /** How many accounts it makes, and how many it has made. */
  readonly most: number;
  readonly used: number;
  readonly expires: number;
  readonly made: number;
  readonly by: string;
};

/** One browser. Its cookie holds a secret of which only the digest is kept. */
export type SignIn = {
  readonly id: SignInId;
  readonly digest: string;
  /** The secret before the last rotation, until the browser has shown the new one and `until` is over. */
  readonly before?: { readonly digest: string; readonly until?: number };
  readonly as:
    | { readonly kind: 'owner'; readonly token: string }
    | { readonly kind: 'person'; readonly person: PersonId };
  readonly made: number;
  readonly rotated: number;
  readonly expires: number;
};

export type Book = {
  readonly accounts: ReadonlyMap<PersonId, Account>;
  /** By what they are for (`placeKey`). */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly links: ReadonlyMap<LinkId, Link>;
  readonly tokens: ReadonlyMap<TokenId, Token>;
  readonly signIns: ReadonlyMap<SignInId, SignIn>;
  readonly invitations: ReadonlyMap<InvitationId, Invitation>;
  /** Digest of the token in the printed address: sign-ins of another one are void. */
  readonly owner: string;
};

export const emptyBook = (owner: string): Book => ({
  accounts: new Map(),
  grants: new Map(),
  links: new Map(),
  tokens: new Map(),
  signIns: new Map(),
  invitations: new Map(),
  owner,
});

export const placeKey = (place: Place | Gone): string =>
  place.kind === 'notebook' ? `notebook:${place.notebook}` : `${place.kind}:${place.folder}`;

export const subjectKey = (subject: Subject): string => {
  switch (subject.kind) {
    case 'person':
      return `person:${subject.person}`;
    case 'group':
      return `group:${subject.group}`;
    case 'everyone':
      return 'everyone';
  }
};

/** One subject has one role at a place. */
export const grantKey = ({ place, subject }: Pick<Grant, 'place' | 'subject'>): string =>
  `${placeKey(place)}|${subjectKey(subject)}`;

/** The folder itself and those above it, the workspace last; of a file the folder it lies in. */
export function foldersUp(folder: string): readonly string[] {
  if (folder === '') return [''];
  const parts = folder.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
