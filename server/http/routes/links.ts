/** The links of a notebook, and the embeds among them: for its owners. */
import { type Static, Type } from '@sinclair/typebox';
import type { Embed, Link } from '../../access/book.ts';
import { LONGEST_ORIGIN, MOST_ORIGINS, originOf } from '../../access/embeds.ts';
import { addLink, linksAt } from '../../access/links.ts';
import { hashPassword } from '../../access/password.ts';
import { newSecret } from '../../access/token.ts';
import { notebookTarget } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import { type LinkId, type ParagraphId, parseId } from '../../protocol/ids.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../protocol/passwords.ts';
import { route } from '../route.ts';
import { Id, listOf, literals, Time, WithId } from '../schemas.ts';
import { notebookOf } from './notebooks.ts';

const tag = 'access';
const LinkShape = Type.Object({
  id: Id,
  role: literals(['reader', 'runner'] as const),
  label: Type.Optional(Type.String()),
  password: Type.Boolean({ description: 'Whether it wants one' }),
  expires: Type.Optional(Time),
  paragraphs: Type.Optional(Type.Array(Id)),
  code: Type.Boolean(),
  embed: Type.Optional(
    Type.Object({ origins: Type.Array(Type.String()), open: Type.Boolean() }, { description: 'Shown in frames alone' }),
  ),
  made: Time,
  by: Type.String(),
});

function showLink({
  id,
  role,
  label,
  password,
  expires,
  paragraphs,
  code,
  embed,
  made,
  by,
}: Link): Static<typeof LinkShape> {
  return {
    id,
    role,
    code,
    made,
    by,
    password: password !== undefined,
    ...(label === undefined ? {} : { label }),
    ...(expires === undefined ? {} : { expires }),
    ...(paragraphs === undefined ? {} : { paragraphs: [...paragraphs] }),
    ...(embed === undefined ? {} : { embed: { ...embed, origins: [...embed.origins] } }),
  };
}

/** Throws AppError bad-request: what is embedded is one paragraph, to be seen without a question, in pages of origins. */
function embedIn(wish: {
  readonly paragraphs?: readonly string[];
  readonly password?: string;
  readonly embed: Embed;
}): Embed {
  const { origins, open } = wish.embed;
  const wrong = origins.find((text) => originOf(text) === undefined);
  if (wrong !== undefined)
    throw new AppError('bad-request', `${wrong.slice(0, 200)} is no origin such as https://wiki.example.com`);
  if (wish.paragraphs?.length !== 1) throw new AppError('bad-request', 'one paragraph is embedded');
  if (wish.password !== undefined) throw new AppError('bad-request', 'what is embedded is shown without a password');
  return { origins: [...new Set(origins)], open };
}

export const linkRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/links',
    action: 'notebook.share',
    target: 'notebook',
    tag,
    summary: 'The links of a notebook; never their addresses, which are told once',
    params: WithId,
    answers: { 200: listOf(LinkShape) },
    handle({ params, services, access }) {
      const { id } = notebookOf(services, params.id);
      return { body: { items: linksAt(access.store.book(), id).map(showLink), next: null } };
    },
  }),
  route({
    method: 'POST',
    path: '/notebooks/:id/links',
    action: 'notebook.share',
    target: 'notebook',
    tag,
    summary: 'Make a link; its address is told here and never again',
    params: WithId,
    body: Type.Object(
      {
        role: Type.Union([Type.Literal('reader'), Type.Literal('runner')], {
          default: 'reader',
          description: 'Of an embed, runner: its address may fill in the forms, and what it shows runs with that',
        }),
        label: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        password: Type.Optional(Type.String({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD })),
        expires: Type.Optional(Time),
        paragraphs: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000, description: 'All when absent' })),
        code: Type.Boolean({ default: false, description: 'Whether sources are shown' }),
        embed: Type.Optional(
          Type.Object(
            {
              origins: Type.Array(Type.String({ maxLength: LONGEST_ORIGIN }), {
                minItems: 1,
                maxItems: MOST_ORIGINS,
                description: 'Whose pages may show it: https://wiki.example.com, without a path or wildcard',
              }),
              open: Type.Boolean({ default: false, description: 'Whether the frame leads to the notebook' }),
            },
            { additionalProperties: false, description: 'The address is then one for a frame, and opens nothing' },
          ),
        ),
      },
      { additionalProperties: false, default: {} },
    ),
    answers: {
      201: Type.Object({
        ...LinkShape.properties,
        url: Type.String({ description: 'Its path, /s/SECRET; of an embed /e/SECRET' }),
      }),
    },
    async handle({ params, body, services, access, who, require }) {
      const { id } = notebookOf(services, params.id);
      const { password, paragraphs, label, expires, role, code } = body;
      const embed = body.embed && embedIn({ ...body, embed: body.embed });
      const hash = password === undefined ? undefined : await access.attempts.turn(() => hashPassword(password));
      const chosen = paragraphs?.flatMap((one) => parseId<ParagraphId>(one) ?? []);
      const secret = newSecret();
      const wish = {
        role,
        code,
        ...(label === undefined ? {} : { label }),
        ...(expires === undefined ? {} : { expires }),
        ...(chosen === undefined ? {} : { paragraphs: chosen }),
        ...(embed === undefined ? {} : { embed }),
        ...(hash === undefined ? {} : { password: hash }),
      };
      // Hashing takes a while, and longer where many wait for it: an owner no more makes no link that outlives them.
      require('notebook.share', notebookTarget(notebookOf(services, id)));
      let made: Link | undefined;
      access.store.commit((book) => {
        const { link, changes } = addLink(book, id, wish, { secret, by: who.name, at: Date.now() });
        made = link;
        return changes;
      });
      if (!made) throw new AppError('internal', 'link');
      access.audit.note({ event: 'link-made', by: who, on: id, detail: `${made.id}: ${embed ? 'embed' : role}` });
      return { status: 201, body: { ...showLink(made), url: `/${embed ? 'e' : 's'}/${secret}` } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/notebooks/:id/links/:link',
    action: 'notebook.share',
    target: 'notebook',
    tag,
    summary: 'Withdraw a link; whoever came by it is out within 2 s',
    params: Type.Object({ id: Id, link: Id }),
    answers: { 204: '' },
    handle({ params, services, access, who }) {
      const { id } = notebookOf(services, params.id);
      access.store.commit((book) => {
        const link = book.links.get(params.link as LinkId);
        if (link?.notebook !== id) throw new AppError('not-found', 'link');
        return [{ table: 'links', id: link.id, body: undefined }];
      });
      access.audit.note({ event: 'link-revoked', by: who, on: id, detail: params.link });
      return {};
    },
  }),
];
