/** Who may what on a notebook or folder: for its owners. */
import { type Static, Type } from '@sinclair/typebox';
import { shownName } from '../../access/accounts.ts';
import { folderOf, foldersUp, type Gone, type Grant, type Place, type Subject } from '../../access/book.ts';
import { forgetAside } from '../../access/folders.ts';
import { grantsAt, MOST_GRANTS, noteGrants, setGrants, tagOf } from '../../access/grants.ts';
import { AppError, errorBody } from '../../errors.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { checkPath } from '../../workspace/paths.ts';
import { type Answer, type Circumstances, route } from '../route.ts';
import { Failure, Id, RoleShape, Time, WithId } from '../schemas.ts';
import { folderIn } from '../targets.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'access';
const SubjectShape = Type.Union([
  Type.Object({ kind: Type.Literal('person'), person: Id }, { additionalProperties: false }),
  Type.Object(
    // As groups of accounts are written: a grant's key is parted by |.
    { kind: Type.Literal('group'), group: Type.String({ minLength: 1, maxLength: 80, pattern: '^[^|]+$' }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('everyone') },
    { additionalProperties: false, description: 'Everybody with an account' },
  ),
]);
const GrantShape = Type.Object({
  subject: SubjectShape,
  name: Type.String({ description: 'Of the person or group' }),
  role: RoleShape,
  by: Type.String(),
  at: Time,
});
const Roles = Type.Object({
  items: Type.Array(GrantShape),
  next: Type.Null(),
  tag: Type.String({ description: 'Names what stands here, as the header ETag does' }),
  inherited: Type.Array(Type.Object({ folder: Type.String(), items: Type.Array(GrantShape) })),
  aside: Type.Array(GrantShape, { description: 'What a folder of this name had that is gone: nobody’s roles' }),
});
const Changed = Type.Object({ ...Failure.properties, ...Roles.properties }, { description: 'What stands there now' });
const IfMatch = Type.Object({ 'if-match': Type.String({ description: 'The ETag of what was changed, or *' }) });
const Wishes = Type.Object(
  {
    grants: Type.Array(Type.Object({ subject: SubjectShape, role: RoleShape }, { additionalProperties: false }), {
      maxItems: MOST_GRANTS,
      description: 'All roles here from now on; others end',
    }),
  },
  { additionalProperties: false },
);
const WithFolder = Type.Object({
  path: Type.String({ maxLength: 1100, description: 'FOLDER/access; access alone is the whole workspace' }),
});

/** The API takes ids that fit; those that are nobody's are refused where the change is decided. */
const subjectOf = (subject: Static<typeof SubjectShape>): Subject =>
  subject.kind === 'person' ? { kind: 'person', person: subject.person as PersonId } : subject;

type Here = Pick<Circumstances, 'access' | 'who' | 'principal'>;

function showGrants({ access }: Here, place: Place | Gone) {
  const { accounts } = access.store.book();
  const nameOf = ({ subject }: Grant): string => {
    if (subject.kind === 'person') {
      const account = accounts.get(subject.person);
      return account ? shownName(account) : '';
    }
    return subject.kind === 'group' ? subject.group : 'everyone';
  };
  return grantsAt(access.store.book(), place).map((grant) => {
    const { subject, role, by, at } = grant;
    return { subject, name: nameOf(grant), role, by, at };
  });
}

function showRoles(here: Here, place: Place, above: readonly string[]) {
  const inherited = above
    .map((folder) => ({ folder, items: showGrants(here, { kind: 'folder', folder }) }))
    .filter(({ items }) => items.length > 0);
  const tag = tagOf(grantsAt(here.access.store.book(), place));
  const aside = place.kind === 'folder' ? showGrants(here, { kind: 'gone', folder: place.folder }) : [];
  return { items: showGrants(here, place), next: null, tag, inherited, aside };
}

/** One answer, its tag as a header too. */
function answerRoles(here: Here, place: Place, above: readonly string[]): Answer {
  const body = showRoles(here, place, above);
  return { headers: { etag: body.tag }, body };
}

/** Writes what was wished over what `If-Match` names; over anything else nothing is written, and it is told. */
function change(
  { access, who, principal, headers, ...rest }: Here & Pick<Circumstances, 'headers'>,
  place: Place,
  body: Static<typeof Wishes>,
  above: readonly string[],
): Answer {
  const match = headers['if-match'];
  if (typeof match !== 'string' || match === '') throw new AppError('precondition-required');
  const wishes = body.grants.map(({ subject, role }) => ({ subject: subjectOf(subject), role }));
  let changes: ReturnType<typeof setGrants> = [];
  let isOther = false;
  access.store.commit((book) => {
    isOther = match !== '*' && match !== tagOf(grantsAt(book, place));
    if (isOther) return [];
    const isOwned = grantsAt(book, place).some(({ role }) => role === 'owner');
    // The operator may leave it to the workspace's owners; an owner of it alone would give it away by mistake.
    if (principal.kind !== 'owner' && isOwned && !wishes.some(({ role }) => role === 'owner'))
      throw new AppError('bad-request', `a ${place.kind} keeps an owner`);
    changes = setGrants(book, place, wishes, who.name, Date.now());
    return changes;
  });
  const here = { access, who, principal, ...rest };
  if (isOther) {
    const now = showRoles(here, place, above);
    const refused = { ...errorBody(new AppError('changed-meanwhile')), ...now };
    return { status: 412, headers: { etag: now.tag }, body: refused };
  }
  noteGrants(access, who, place, changes);
  return answerRoles(here, place, above);
}

const folderPlace = (path: string): Extract<Place, { kind: 'folder' }> => {
  const folder = folderIn(path);
  if (folder === undefined) throw new AppError('not-found', 'address');
  return { kind: 'folder', folder: folder === '' ? '' : checkPath(folder) };
};

const aboveOf = (place: Place): readonly string[] => (place.kind === 'folder' ? foldersUp(place.folder).slice(1) : []);

export const accessRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/access',
    action: 'notebook.share',
    target: 'notebook',
    tag,
    summary: 'Who has which role on a notebook, and what its folders add',
    params: WithId,
    answers: { 200: Roles },
    handle({ params, services, ...here }) {
      const { id, path } = notebookOf(services, params.id);
      return answerRoles(here, { kind: 'notebook', notebook: id }, foldersUp(folderOf(path)));
    },
  }),
  route({
    method: 'PUT',
    path: '/notebooks/:id/access',
    action: 'notebook.share',
    target: 'notebook',
    tag,
    summary: 'Set who has which role on a notebook; whoever lost theirs is out within 2 s',
    params: WithId,
    headers: IfMatch,
    body: Wishes,
    answers: { 200: Roles, 412: Changed },
    handle({ params, body, services, ...here }) {
      const { id, path } = notebookOf(services, params.id);
      return change(here, { kind: 'notebook', notebook: id }, body, foldersUp(folderOf(path)));
    },
  }),
  route({
    method: 'GET',
    path: '/folders/*',
    action: 'folder.share',
    target: 'folder',
    tag,
    summary: 'Who has which role on a folder and all below it; the address ends in /access',
    params: WithFolder,
    answers: { 200: Roles },
    handle({ params, ...here }) {
      const place = folderPlace(params.path);
      return answerRoles(here, place, aboveOf(place));
    },
  }),
  route({
    method: 'PUT',
    path: '/folders/*',
    action: 'folder.share',
    target: 'folder',
    tag,
    summary: 'Set who has which role on a folder and all below it; the address ends in /access',
    params: WithFolder,
    headers: IfMatch,
    body: Wishes,
    answers: { 200: Roles, 412: Changed },
    handle({ params, body, ...here }) {
      const place = folderPlace(params.path);
      return change(here, place, body, aboveOf(place));
    },
  }),
  route({
    method: 'DELETE',
    path: '/folders/*',
    action: 'folder.share',
    target: 'folder',
    tag,
    summary: 'Forget what is aside of a folder that is gone; the address ends in /access',
    params: WithFolder,
    answers: { 204: '' },
    handle({ params, access, who }) {
      const place = folderPlace(params.path);
      let changes: ReturnType<typeof forgetAside> = [];
      access.store.commit((book) => {
        changes = forgetAside(book, place.folder);
        return changes;
      });
      noteGrants(access, who, place, changes);
      return { status: 204 };
    },
  }),
];
