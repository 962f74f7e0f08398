/** Who is here: the caller, the people one could share with, and what everybody did. */
import { Type } from '@sinclair/typebox';
import { shownName } from '../../access/accounts.ts';
import { personOf } from '../../access/evaluator.ts';
import { AppError } from '../../errors.ts';
import { route } from '../route.ts';
import { Id, listOf, literals, RoleShape, Time, Who } from '../schemas.ts';

const tag = 'people';

export const peopleRoutes = [
  route({
    method: 'GET',
    path: '/me',
    action: 'workspace.list',
    target: 'workspace',
    tag,
    summary: 'Who the caller is, and their role in the workspace',
    answers: {
      200: Type.Object({
        kind: literals(['owner', 'person', 'token', 'guest'] as const),
        person: Type.Union(
          [Type.Object({ id: Id, name: Type.String(), groups: Type.Array(Type.String()) }), Type.Null()],
          {
            description: 'Null where no account acts: the name is then the browser’s own',
          },
        ),
        role: RoleShape,
        password: Type.Boolean({ description: 'Whether the account has a password here, which can be changed' }),
        accounts: Type.Boolean({ description: 'Whether anybody has an account' }),
        reach: Type.Optional(
          Type.Object(
            {
              local: Type.Boolean({ description: 'Whether the server answers its own machine only' }),
              others: Type.Array(Type.String(), {
                description: 'Origins by which others find it, the likeliest first',
              }),
              folder: Type.Optional(
                Type.String({ description: 'That is served; told to the owner by the printed address' }),
              ),
            },
            { description: 'Where the server is found; not told to guests' },
          ),
        ),
      }),
    },
    handle({ access, principal, role, services }) {
      // A frame or preview has no workspace.
      const { kind } = principal;
      if (kind === 'stranger' || kind === 'embed' || kind === 'preview') throw new AppError('unauthorised');
      const book = access.store.book();
      const account = personOf(book, principal);
      const person = account ? { id: account.id, name: shownName(account), groups: [...account.groups] } : null;
      const { folder, local, others } = services.reach;
      const reach = { local, others: [...others], ...(kind === 'owner' ? { folder } : {}) };
      return {
        body: {
          kind,
          person,
          role,
          password: account?.password !== undefined,
          accounts: book.accounts.size > 0,
          ...(kind === 'guest' ? {} : { reach }),
        },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/people',
    action: 'workspace.people',
    target: 'workspace',
    tag,
    summary: 'People and groups of the workspace, whom one could share with',
    answers: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            id: Id,
            name: Type.String(),
            account: Type.String({ description: 'The name of the account, which is nobody else’s' }),
          }),
        ),
        next: Type.Null(),
        groups: Type.Array(Type.String()),
      }),
    },
    handle({ access }) {
      const all = [...access.store.book().accounts.values()].filter(({ disabled }) => disabled === undefined);
      const items = all
        .map((one) => ({ id: one.id, name: shownName(one), account: one.name }))
        .sort((one, other) => one.name.localeCompare(other.name));
      const groups = [...new Set(all.flatMap((account) => account.groups))].sort();
      return { body: { items, next: null, groups } };
    },
  }),
  route({
    method: 'GET',
    path: '/audit',
    action: 'workspace.manage',
    target: 'workspace',
    tag,
    summary: 'The audit log, newest first',
    query: Type.Object(
      {
        cursor: Type.Optional(Type.Integer({ minimum: 1, description: '`next` of the list before' })),
        limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
      },
      { additionalProperties: false },
    ),
    answers: {
      200: listOf(
        Type.Object({
          seq: Type.Integer(),
          at: Time,
          event: Type.String(),
          by: Who,
          on: Type.Optional(Type.String()),
          whom: Type.Optional(Type.String()),
          detail: Type.Optional(Type.String()),
          from: Type.Optional(Type.String()),
        }),
      ),
    },
    handle({ query: { cursor, limit }, access }) {
      const items = access.audit.read({ limit, ...(cursor === undefined ? {} : { before: cursor }) });
      const last = items.at(-1);
      return { body: { items: [...items], next: last && items.length === limit ? String(last.seq) : null } };
    },
  }),
];
