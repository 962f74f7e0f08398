/**
 * How code is isolated, as data: what the operator wants, what the machine has, which form of enclosure holds, and the line
 * that a program is spawned with.
 */
/** A user id that owns nothing on the host; processes of a server that is root run as this one. */
export const SANDBOX_ID = 60_001;

/**
 * `namespace`: bubblewrap makes a user namespace, as the dropped or the server's own user. `setpriv`: for a server that
 * is root where user namespaces are off, or where the folders lie below one that only root may enter: bubblewrap stays
 * root to mount and the id is dropped inside. `unshare`, `unshare-root`: without bubblewrap (`unshare.ts`). `proc: 'folder'`: where a new
 * /proc may not be mounted.
 */
export type Form = {
  readonly id: 'namespace' | 'setpriv' | 'unshare' | 'unshare-root';
  readonly proc: 'mounted' | 'folder';
  readonly user?: number;
};

export type Isolation =
  | { readonly kind: 'bwrap' | 'unshare'; readonly form: Form }
  /**
   * No enclosure of ours. `container`: the operator says that the one around the server is the boundary. `refused`: code may
   * not run; why, in words for the operator.
   */
  | { readonly kind: 'container' | 'none'; readonly why: string; readonly refused?: true };

/** How the operator wants code to be isolated. */
export const SANDBOXES = ['auto', 'bwrap', 'unshare', 'container', 'off'] as const;
export type Sandbox = (typeof SANDBOXES)[number];

/** The form of an enclosure of ours; undefined where code runs without one. */
export const formOf = (isolation: Isolation | undefined): Form | undefined =>
  isolation && 'form' in isolation ? isolation.form : undefined;

/** What was found of the system's tools and folders. */
export type System = {
  readonly root: boolean;
  readonly user: number;
  readonly bwrap?: string;
  readonly prlimit?: string;
  readonly setpriv?: string;
  /** All that an enclosure without bubblewrap needs. */
  readonly unshare?: { readonly tool: string; readonly setpriv: string; readonly perl: string };
  /** Top folders that hold programs and libraries: a link's target, or `true` for a folder. */
  readonly folders: Readonly<Record<string, string | true>>;
  /** Refuses system calls that no interpreter needs; absent on architectures whose calls are not known. */
  readonly filter?: Uint8Array;
  /** A limit of processes counts those of the namespace alone (Linux ≥5.14), so that a plain user can have one. */
  readonly countsByNamespace: boolean;
};

export type Line = {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** To be written to descriptor 5, which bubblewrap reads and closes. */
  readonly filter?: Uint8Array;
  /** Generations from the spawned process to the program. */
  readonly depth: 0 | 2;
};
