/** What the share dialogue speaks of: a place, who has which role there, and the links to it. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import type { Role } from '../../server/protocol/messages.ts';

export type Place =
  | { readonly kind: 'notebook'; readonly id: NotebookId; readonly title: string }
  /** `''` is the whole workspace. */
  | { readonly kind: 'folder'; readonly folder: string };

export type Subject =
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'everyone' };

export type Grant = { readonly subject: Subject; readonly name: string; readonly role: Role };

export type Roles = {
  /** Names what stands here, for the next change. */
  readonly tag: string;
  readonly items: readonly Grant[];
  /** What folders add, the nearest first. */
  readonly inherited: readonly { readonly folder: string; readonly items: readonly Grant[] }[];
  /** What a folder of this name had that is gone. */
  readonly aside: readonly Grant[];
};

/** Whom one could share with. */
export type Directory = {
  /** `account`: the name of their account, where others see another one. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly account?: string }[];
  readonly groups: readonly string[];
};

export type LinkRole = Extract<Role, 'reader' | 'runner'>;

export type Link = {
  readonly id: string;
  readonly role: LinkRole;
  readonly label: string | undefined;
  /** Whether it wants one. */
  readonly password: boolean;
  readonly expires: number | undefined;
  /** All where undefined. */
  readonly paragraphs: readonly string[] | undefined;
  readonly code: boolean;
  /** Whose pages may show it; undefined for a link that is opened. */
  readonly embed: readonly string[] | undefined;
  readonly made: number;
  readonly by: string;
};

export type NewLink = {
  readonly role: LinkRole;
  readonly code: boolean;
  readonly label?: string;
  readonly password?: string;
  readonly expires?: number;
  readonly paragraphs?: readonly string[];
  readonly embed?: { readonly origins: readonly string[]; readonly open: boolean };
};

/** A paragraph by what one knows it by. */
export type Choosable = { readonly id: string; readonly title: string; readonly prose: boolean };
