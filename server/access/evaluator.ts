/**
 * The one evaluator: who may do what, as a pure function of the book. REST, socket and page ask it for every call and
 * message. owner ⊇ writer ⊇ runner ⊇ reader, on notebooks and on folders for all below them; the strongest grant holds.
 *
 * What belongs to nobody (no living owner on it or above it) belongs to the workspace's owners; what belongs to somebody
 * they do not see. Absent and not-yours get the same decision. A little long: whoever asks what is open reads one file.
 */
import type { LinkId, NotebookId, PersonId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';
import { type Account, type Book, folderOf, foldersUp, type Grant, placeKey, type Token } from './book.ts';
import { isAtLeast, type Principal, stronger, type Viewer, weaker } from './principal.ts';

export type Action =
  /** Lists hold what one may read. */
  | 'workspace.list'
  | 'workspace.create'
  /** Whom one could share with. */
  | 'workspace.people'
  /** Accounts, tokens, the audit log. */
  | 'workspace.manage'
  | 'operate'
  | 'notebook.read'
  /** What its paragraphs show: all that a frame in another site's page asks for. */
  | 'notebook.shown'
  /** The document itself, with all that was ever in it: never for holders of links. */
  | 'notebook.open'
  | 'notebook.edit'
  | 'notebook.run'
  | 'notebook.session'
  | 'notebook.delete'
  | 'notebook.move'
  | 'notebook.share'
  | 'folder.write'
  | 'folder.share'
  | 'files.read'
  /** Beside the others: what is there stays. */
  | 'files.add'
  | 'files.replace';

export type Target =
  | { readonly kind: 'workspace' }
  /** Without a path: there is no such notebook. */
  | { readonly kind: 'notebook'; readonly notebook: NotebookId | undefined; readonly path: string | undefined }
  | { readonly kind: 'folder'; readonly folder: string }
  /** `data/` of a folder; `notebooks`: those in the folder and below it, whose code sees these files. */
  | { readonly kind: 'data'; readonly folder: string; readonly notebooks: () => readonly NotebookAt[] };

export type NotebookAt = { readonly id: NotebookId; readonly path: string };

export type Decision =
  | { readonly allowed: true; readonly role: Role }
  /** `forbidden`: they may know that it is there. */
  | { readonly allowed: false; readonly why: 'unauthorised' | 'not-found' | 'forbidden' };

const LEAST: Readonly<Record<Action, Role>> = {
  'workspace.list': 'reader',
  'workspace.create': 'writer',
  'workspace.people': 'reader',
  'workspace.manage': 'owner',
  operate: 'owner',
  'notebook.read': 'reader',
  'notebook.shown': 'reader',
  'notebook.open': 'reader',
  'notebook.edit': 'writer',
  'notebook.run': 'runner',
  // A runner's is their own.
  'notebook.session': 'runner',
  'notebook.delete': 'owner',
  'notebook.move': 'writer',
  'notebook.share': 'owner',
  'folder.write': 'writer',
  'folder.share': 'owner',
  'files.read': 'writer',
  'files.add': 'writer',
  'files.replace': 'writer',
};

/** The weakest role that it takes. */
export const leastOf = (action: Action): Role => LEAST[action];

const STRANGER: Decision = { allowed: false, why: 'unauthorised' };
const ABSENT: Decision = { allowed: false, why: 'not-found' };
const FORBIDDEN: Decision = { allowed: false, why: 'forbidden' };

export function decide(book: Book, principal: Principal, action: Action, target: Target, now: number): Decision {
  if (!isAlive(book, principal, now)) return STRANGER;
  const role = roleOn(book, principal, target, now, action);
  if (role !== undefined && isAtLeast(role, LEAST[action]) && !isShut(book, principal, action, target, now))
    return { allowed: true, role };
  // Who may not read files is not told that they are there.
  if (target.kind === 'workspace') return FORBIDDEN;
  const isHidden =
    target.kind === 'data' && (action === 'files.read' || !decide(book, principal, 'files.read', target, now).allowed);
  return isHidden || (role === undefined && target.kind !== 'data') ? ABSENT : FORBIDDEN;
}

/** Whether who came is still who they were. */
export function isAlive(book: Book, principal: Principal, now: number): boolean {
  switch (principal.kind) {
    case 'stranger':
      return false;
    case 'owner':
      return principal.signIn === undefined || signInOf(book, principal.signIn, now) !== undefined;
    case 'person':
      return signInOf(book, principal.signIn, now) !== undefined && accountOf(book, principal.person) !== undefined;
    case 'token': {
      const token = book.tokens.get(principal.token);
      if (!token || isOver(token.expires, now)) return false;
      return token.person === undefined || accountOf(book, token.person) !== undefined;
    }
    case 'guest':
    case 'embed':
      return linksOf(book, principal, now).length > 0;
    case 'preview':
      if (principal.as.kind === 'link') return linksOf(book, principal, now).length > 0;
      return accountSeen(book, principal.as) !== undefined;
  }
}

/** The role at a place; undefined where there is none, or no such place. `action` tells adding files from replacing. */
export function roleOn(
  book: Book,
  principal: Principal,
  target: Target,
  now: number,
  action?: Action,
): Role | undefined {
  if (target.kind === 'notebook' && (target.notebook === undefined || target.path === undefined)) return undefined;
  switch (principal.kind) {
    case 'stranger':
      return undefined;
    case 'owner':
      return 'owner';
    case 'person':
      return stronger(
        ofAccount(book, accountOf(book, principal.person), target, action),
        ofLinks(book, principal, target, now),
      );
    case 'token': {
      const token = book.tokens.get(principal.token);
      if (!token || !covers(token.places, target, action)) return undefined;
      const most = target.kind === 'workspace' && token.places ? weaker(token.role, 'writer') : token.role;
      return token.person === undefined
        ? most
        : weaker(most, ofAccount(book, accountOf(book, token.person), target, action));
    }
    case 'guest':
    case 'embed':
      return ofLinks(book, principal, target, now);
    case 'preview':
      return principal.as.kind === 'link'
        ? ofLinks(book, principal, target, now)
        : ofAccount(book, accountSeen(book, principal.as), target, action);
  }
}

/** Links that are valid now of a guest, or of a person whose browser opened some. */
export const linksOf = (book: Book, principal: Principal, now: number): readonly LinkId[] =>
  linksHeld(principal).filter((link) => {
    const known = book.links.get(link);
    return known !== undefined && !isOver(known.expires, now);
  });

function linksHeld(principal: Principal): readonly LinkId[] {
  switch (principal.kind) {
    case 'guest':
      return principal.links;
    case 'embed':
      return [principal.link];
    case 'person':
      return principal.guest?.links ?? [];
    case 'preview':
      return principal.as.kind === 'link' ? [principal.as.link] : [];
    case 'owner':
    case 'token':
    case 'stranger':
      return [];
  }
}

/** The account that acts, if one does. */
export function personOf(book: Book, principal: Principal): Account | undefined {
  if (principal.kind === 'person') return accountOf(book, principal.person);
  const token = principal.kind === 'token' ? book.tokens.get(principal.token) : undefined;
  return token?.person === undefined ? undefined : accountOf(book, token.person);
}

/** Without what came by links. */
export function ownRoleOn(book: Book, principal: Principal, target: Target, now: number): Role | undefined {
  if (principal.kind === 'guest' || principal.kind === 'embed') return undefined;
  if (principal.kind === 'preview' && principal.as.kind === 'link') return undefined;
  if (principal.kind !== 'person') return roleOn(book, principal, target, now);
  const { guest: _, ...alone } = principal;
  return roleOn(book, alone, target, now);
}

/** To holders of links, whatever role these have. A frame asks for what is shown, and where its link runs for that. */
const isShut = (book: Book, principal: Principal, action: Action, target: Target, now: number): boolean =>
  (principal.kind === 'embed' && action !== 'notebook.shown' && action !== 'notebook.run') ||
  ((action === 'notebook.open' || action === 'workspace.people') &&
    ownRoleOn(book, principal, target, now) === undefined);

function signInOf(book: Book, id: NonNullable<Extract<Principal, { kind: 'owner' }>['signIn']>, now: number) {
  const signIn = book.signIns.get(id);
  if (!signIn || isOver(signIn.expires, now)) return undefined;
  return signIn.as.kind === 'owner' && signIn.as.token !== book.owner ? undefined : signIn;
}

function accountOf(book: Book, person: Account['id']): Account | undefined {
  const account = book.accounts.get(person);
  return account && account.disabled === undefined ? account : undefined;
}

/** Of a group, or of everyone, somebody who is in no other and was granted nothing by name. */
function accountSeen(book: Book, as: Exclude<Viewer, { kind: 'link' }>): Account | undefined {
  if (as.kind === 'person') return accountOf(book, as.person);
  const groups = as.kind === 'group' ? [as.group] : [];
  return { id: 'somebody' as PersonId, name: '', role: 'reader', groups, made: 0 };
}

const isOver = (expires: number | undefined, now: number): boolean => expires !== undefined && expires <= now;

function ofAccount(book: Book, account: Account | undefined, target: Target, action?: Action): Role | undefined {
  if (!account) return undefined;
  switch (target.kind) {
    case 'workspace':
      return account.role;
    case 'notebook':
      return target.path === undefined || target.notebook === undefined
        ? undefined
        : onNotebook(book, account, { id: target.notebook, path: target.path });
    case 'folder': {
      // What is shared at the top is everybody's private notebooks: that is not for owners of what belongs to nobody.
      if (target.folder === '' && action === 'folder.share')
        return onPlaces(book, { ...account, role: 'writer' }, folderPlaces(''));
      const role = onPlaces(book, account, folderPlaces(target.folder));
      // Notebooks of one's own lie at the top, where nothing was granted.
      return target.folder === '' && action === 'folder.write' && isAtLeast(account.role, 'writer')
        ? stronger(role, 'writer')
        : role;
    }
    case 'data': {
      const role = onPlaces(book, account, folderPlaces(target.folder));
      if (isAtLeast(role, 'writer') || action === 'files.replace') return role;
      // Who writes a notebook whose code sees the files may read them, and add some.
      const writes = target.notebooks().some((one) => isAtLeast(onNotebook(book, account, one), 'writer'));
      return writes ? 'writer' : role;
    }
  }
}

const folderPlaces = (folder: string): readonly string[] =>
  foldersUp(folder).map((one) => placeKey({ kind: 'folder', folder: one }));

const onNotebook = (book: Book, account: Account, { id, path }: NotebookAt): Role | undefined =>
  onPlaces(book, account, [placeKey({ kind: 'notebook', notebook: id }), ...folderPlaces(folderOf(path))]);

function onPlaces(book: Book, account: Account, places: readonly string[]): Role | undefined {
  let role: Role | undefined;
  let isOwned = false;
  for (const place of places) {
    for (const grant of book.grants.get(place) ?? []) {
      if (isFor(grant, account)) role = stronger(role, grant.role);
      if (grant.role === 'owner') isOwned ||= hasLiving(book, grant);
    }
  }
  return account.role === 'owner' && !isOwned ? 'owner' : role;
}

function isFor({ subject }: Grant, account: Account): boolean {
  switch (subject.kind) {
    case 'person':
      return subject.person === account.id;
    case 'group':
      return account.groups.includes(subject.group);
    case 'everyone':
      return true;
  }
}

function hasLiving(book: Book, grant: Grant): boolean {
  if (grant.subject.kind === 'person') return accountOf(book, grant.subject.person) !== undefined;
  for (const account of book.accounts.values())
    if (account.disabled === undefined && isFor(grant, account)) return true;
  return false;
}

function ofLinks(book: Book, principal: Principal, target: Target, now: number): Role | undefined {
  let role: Role | undefined;
  for (const id of linksOf(book, principal, now)) {
    const link = book.links.get(id);
    if (!link) continue;
    // The list shows them the notebooks of their links.
    if (target.kind === 'workspace' && principal.kind === 'guest') role = 'reader';
    if (target.kind === 'notebook' && link.notebook === target.notebook) role = stronger(role, link.role);
  }
  return role;
}

function covers(places: Token['places'], target: Target, action?: Action): boolean {
  if (!places) return true;
  switch (target.kind) {
    // It lists what it covers.
    case 'workspace':
      return true;
    case 'notebook':
      if (target.notebook !== undefined && namesNotebook(places, target.notebook)) return true;
      return target.path !== undefined && isBelow(places, folderOf(target.path));
    case 'folder':
      return isBelow(places, target.folder);
    case 'data':
      if (isBelow(places, target.folder)) return true;
      // Beside a notebook that it covers it may read and add, as whoever writes that may.
      return action !== 'files.replace' && target.notebooks().some(({ id }) => namesNotebook(places, id));
  }
}

const isBelow = (places: NonNullable<Token['places']>, folder: string): boolean => {
  const folders = foldersUp(folder);
  return places.some((place) => place.kind === 'folder' && folders.includes(place.folder));
};

const namesNotebook = (places: NonNullable<Token['places']>, id: NotebookId): boolean =>
  places.some((place) => place.kind === 'notebook' && place.notebook === id);
