/**
 * What somebody lacks who may not do a thing, in words: the role that it takes, and who can give it. It is said to those alone who
 * may know that the thing is there; names are for those who may know whom one could share with, so for nobody who comes by a link.
 */
import { shownName } from './accounts.ts';
import { type Account, type Book, folderOf, foldersUp, type Grant, placeKey } from './book.ts';
import { type Action, decide, leastOf, type Target } from './evaluator.ts';
import type { Principal } from './principal.ts';

/** More is no help to whoever looks for one. */
const MOST_NAMES = 3;
/** Bounded, as the name of a folder is in it. */
const LONGEST_PLACE = 200;

export function needsText(book: Book, principal: Principal, action: Action, target: Target, now: number): string {
  const role = leastOf(action);
  if (!decide(book, principal, 'workspace.people', { kind: 'workspace' }, now).allowed)
    return action === 'notebook.run'
      ? 'it takes a link that lets one run'
      : 'it is not for those who come by a link, or as a frame';
  const takes = `it takes the role ${role} ${placeText(target)}`;
  if (principal.kind === 'token') return `${takes}, and a token that has it there`;
  if (target.kind === 'workspace') return `${takes}, which whoever runs the server can give`;
  return `${takes}, which ${listText(givers(book, target))} can give`;
}

function placeText(target: Target): string {
  switch (target.kind) {
    case 'workspace':
      return 'in the workspace';
    case 'notebook':
      return 'on this notebook';
    case 'folder':
    case 'data':
      return target.folder === '' ? 'on the whole workspace' : `on the folder ${target.folder.slice(0, LONGEST_PLACE)}`;
  }
}

/** The owners there, of the nearest place first; without any those of the workspace, to whom it then belongs. */
function givers(book: Book, target: Target): readonly string[] {
  const owners = placesOf(target).flatMap((place) =>
    (book.grants.get(place) ?? []).filter(({ role }) => role === 'owner'),
  );
  const named = owners.flatMap((grant) => nameOf(book, grant) ?? []);
  if (named.length > 0) return [...new Set(named)];
  const all = [...book.accounts.values()].filter((account) => account.role === 'owner' && isLiving(account));
  return all.length > 0 ? all.map(shownName) : ['the owner by the printed address'];
}

function placesOf(target: Target): readonly string[] {
  const folders = (folder: string) => foldersUp(folder).map((one) => placeKey({ kind: 'folder', folder: one }));
  if (target.kind === 'workspace') return [];
  if (target.kind !== 'notebook') return folders(target.folder);
  const own = target.notebook === undefined ? [] : [placeKey({ kind: 'notebook', notebook: target.notebook })];
  return [...own, ...folders(folderOf(target.path ?? ''))];
}

function nameOf({ accounts }: Book, { subject }: Grant): string | undefined {
  switch (subject.kind) {
    case 'person': {
      const account = accounts.get(subject.person);
      return account && isLiving(account) ? shownName(account) : undefined;
    }
    case 'group':
      return accounts.values().some((one) => isLiving(one) && one.groups.includes(subject.group))
        ? `whoever is in ${subject.group}`
        : undefined;
    case 'everyone':
      return 'anybody with an account';
  }
}

const isLiving = ({ disabled }: Account): boolean => disabled === undefined;

function listText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}
