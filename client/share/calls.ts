/** The API's calls about who may what; answers are parsed here. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import { roleOf } from '../../server/protocol/roles.ts';
import { type Answer, call, json, record, string, time } from '../api.ts';
import type { Directory, Grant, Link, NewLink, Place, Roles, Subject } from './contract.ts';

const pathOf = (place: Place): string =>
  place.kind === 'notebook'
    ? `/notebooks/${place.id}/access`
    : `/folders/${[...place.folder.split('/').filter(Boolean), 'access'].map(encodeURIComponent).join('/')}`;

export const readRoles = (place: Place): Promise<Answer<Roles>> => call(pathOf(place), {}, parseRoles);

/** Two owners at once: each change is made anew over the other's, so many times at most. */
const MOST_TRIES = 5;

/** Makes one change over what stands there at that moment, and over nothing else. */
export async function changeRoles(
  place: Place,
  change: (items: readonly Grant[]) => readonly Pick<Grant, 'subject' | 'role'>[],
): Promise<Answer<Roles>> {
  for (let tries = 1; ; tries += 1) {
    const before = await readRoles(place);
    if (!before.ok) return before;
    const grants = change(before.value.items).map(({ subject, role }) => ({ subject, role }));
    const { headers, ...init } = json('PUT', { grants });
    const answer = await call(
      pathOf(place),
      { ...init, headers: { ...headers, 'if-match': before.value.tag } },
      parseRoles,
    );
    if (answer.ok || answer.problem.code !== 'changed-meanwhile' || tries === MOST_TRIES) return answer;
  }
}

/** What is aside of a folder that is gone. */
export const forgetAside = (folder: string): Promise<Answer<true>> =>
  call(pathOf({ kind: 'folder', folder }), { method: 'DELETE' }, () => true);

export const readDirectory = (): Promise<Answer<Directory>> =>
  call('/people', {}, (value) => {
    const { items, groups } = record(value);
    if (!Array.isArray(items)) return undefined;
    const people = items.flatMap((item) => {
      const { id, name, account } = record(item);
      return typeof id === 'string' && typeof name === 'string'
        ? [{ id, name, ...(typeof account === 'string' && account !== name ? { account } : {}) }]
        : [];
    });
    return { people, groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [] };
  });

export const listLinks = (id: NotebookId): Promise<Answer<readonly Link[]>> =>
  call(`/notebooks/${id}/links`, {}, (value) => {
    const { items } = record(value);
    return Array.isArray(items) ? items.flatMap((item) => parseLink(item) ?? []) : undefined;
  });

/** Resolves with its path, which is told this once. */
export const makeLink = (
  id: NotebookId,
  wish: NewLink,
): Promise<Answer<{ readonly link: Link; readonly url: string }>> =>
  call(`/notebooks/${id}/links`, json('POST', wish), (value) => {
    const link = parseLink(value);
    const url = string(record(value).url);
    return link && url !== undefined ? { link, url } : undefined;
  });

export const withdrawLink = (id: NotebookId, link: string): Promise<Answer<true>> =>
  call(`/notebooks/${id}/links/${encodeURIComponent(link)}`, { method: 'DELETE' }, () => true);

function parseRoles(value: unknown): Roles | undefined {
  const { items, inherited, aside, tag } = record(value);
  if (!Array.isArray(items)) return undefined;
  const above = Array.isArray(inherited) ? inherited : [];
  return {
    tag: string(tag) ?? '*',
    items: items.flatMap((item) => parseGrant(item) ?? []),
    inherited: above.flatMap((one) => {
      const { folder, items: grants } = record(one);
      if (typeof folder !== 'string' || !Array.isArray(grants)) return [];
      return [{ folder, items: grants.flatMap((grant) => parseGrant(grant) ?? []) }];
    }),
    aside: Array.isArray(aside) ? aside.flatMap((grant) => parseGrant(grant) ?? []) : [],
  };
}

function parseGrant(value: unknown): Grant | undefined {
  const { subject, name, role } = record(value);
  const parsed = parseSubject(subject);
  const known = roleOf(role);
  return parsed && known ? { subject: parsed, name: string(name) ?? '', role: known } : undefined;
}

function parseSubject(value: unknown): Subject | undefined {
  const { kind, person, group } = record(value);
  if (kind === 'everyone') return { kind };
  if (kind === 'person' && typeof person === 'string') return { kind, person };
  return kind === 'group' && typeof group === 'string' ? { kind, group } : undefined;
}

function parseLink(value: unknown): Link | undefined {
  const { id, role, label, password, expires, paragraphs, code, embed, made, by } = record(value);
  const { origins } = record(embed);
  if (typeof id !== 'string' || (role !== 'reader' && role !== 'runner')) return undefined;
  return {
    id,
    role,
    label: string(label),
    password: password === true,
    expires: time(expires),
    paragraphs: Array.isArray(paragraphs) ? paragraphs.map(String) : undefined,
    code: code === true,
    embed: Array.isArray(origins) ? origins.map(String) : undefined,
    made: time(made) ?? 0,
    by: string(by) ?? '',
  };
}
