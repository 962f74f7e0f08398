/**
 * What comes from pages, as the schemas that the server parses it by. A page needs their types alone: it is spared the
 * library of schemas.
 */
import { type Static, Type } from '@sinclair/typebox';
import type { AnyId, Epoch, ParagraphId, PersonId, RequestId, RunId } from './ids.ts';

/** By its letters alone: whether there is such a one, nobody has looked. */
const idOf = <T extends AnyId>() => Type.Unsafe<T>(Type.String({ pattern: '^[a-z0-9-]{1,32}$' }));
const Person = idOf<PersonId>();
const Paragraph = idOf<ParagraphId>();
const Name = Type.String({ minLength: 1, maxLength: 80 });

export const ClientMessage = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    protocol: Type.Integer(),
    person: Type.Object({ id: Person, name: Name }),
    /** The epoch the client's document belongs to; absent when its document is empty. */
    epoch: Type.Optional(idOf<Epoch>()),
    /** The client id its edits carry. */
    client: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
  }),
  Type.Object({
    type: Type.Literal('run'),
    /** Chosen by the client, returned in `asked`. */
    request: idOf<RequestId>(),
    /** All code paragraphs when absent. They run in notebook order, */
    paragraphs: Type.Optional(Type.Array(Paragraph, { maxItems: 100_000 })),
    /** or as they are named here. */
    ordered: Type.Optional(Type.Boolean()),
    /** Those of them whose kept result is used instead of running; where one can't be, nothing runs. */
    use: Type.Optional(Type.Array(Paragraph, { maxItems: 1_000 })),
    /** Values of forms by name, as JSON; those that are absent have the notebook's own. */
    forms: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 1_000 })),
    after: Type.Integer({ minimum: 0 }),
  }),
  /** One run, or without `run` every queued and running one. */
  Type.Object({ type: Type.Literal('cancel'), run: Type.Optional(idOf<RunId>()) }),
  Type.Object({ type: Type.Literal('interrupt') }),
  Type.Object({ type: Type.Literal('restart'), clear: Type.Boolean() }),
  /** Completion at `offset` (UTF-16 units) of a paragraph's text as sent; none in a text of more than a million units. */
  Type.Object({
    type: Type.Literal('complete'),
    call: Type.Integer(),
    paragraph: Paragraph,
    text: Type.String(),
    offset: Type.Integer({ minimum: 0 }),
  }),
  /** What is wrong with a paragraph's text as sent, without running it; nothing of a text of more than a million units. */
  Type.Object({ type: Type.Literal('check'), call: Type.Integer(), paragraph: Paragraph, text: Type.String() }),
  Type.Object({ type: Type.Literal('tables'), call: Type.Integer() }),
  /** What to do with a file that stopped parsing, or changed under a read-only document. */
  Type.Object({ type: Type.Literal('file'), action: Type.Literal('use-mine') }),
  /** "Is everything up to here on disk?" Answered by an acknowledgement. */
  Type.Object({ type: Type.Literal('ping') }),
]);
export type ClientMessage = Static<typeof ClientMessage>;

/** What awareness carries of each person. Parsed by readers: it comes from other pages. */
export const Presence = Type.Object({
  person: Type.Object({ id: Person, name: Name }),
  /** Index into the palette of the page, 0–7. */
  color: Type.Integer({ minimum: 0, maximum: 7 }),
  /** When the page came, in ms: of two with one colour the later takes another. */
  since: Type.Optional(Type.Number()),
  paragraph: Type.Optional(Paragraph),
  /** Relative positions (Y.encodeRelativePosition, base64) of the selection in the paragraph's source. */
  anchor: Type.Optional(Type.String({ maxLength: 400 })),
  head: Type.Optional(Type.String({ maxLength: 400 })),
});
export type Presence = Static<typeof Presence>;
