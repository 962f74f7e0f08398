/**
 * Identifiers. Each is a string of its own brand, so that a run's id can't stand where a paragraph's is wanted.
 * Ids that Gondola makes are 10 characters of `a–z2–7` (50 bits): two people offline must not make the same one.
 * Ids read from files or the network pass `parseId` first.
 */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type NotebookId = Id<'notebook'>;
export type ParagraphId = Id<'paragraph'>;
export type RunId = Id<'run'>;
/** All runs asked for together share one. */
export type RequestId = Id<'request'>;
export type SessionId = Id<'session'>;
export type ResultId = Id<'result'>;
export type PersonId = Id<'person'>;
/** Names one history of a document; two epochs are never merged. */
export type Epoch = Id<'epoch'>;
export type VersionId = Id<'version'>;
/** Of a browser that is signed in. */
export type SignInId = Id<'sign-in'>;
/** Of a program's way in. */
export type TokenId = Id<'token'>;
/** Of what is shared with whoever has its address. */
export type LinkId = Id<'link'>;
export type InvitationId = Id<'invitation'>;
/** One opening of a notebook in a browser: what it keeps there is its own. */
export type PageId = Id<'page'>;
/** Text of one's own that could not be merged. */
export type DraftId = Id<'draft'>;

export type AnyId =
  | NotebookId
  | ParagraphId
  | RunId
  | RequestId
  | SessionId
  | ResultId
  | PersonId
  | Epoch
  | VersionId
  | SignInId
  | TokenId
  | LinkId
  | InvitationId
  | PageId
  | DraftId;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const PATTERN = /^[a-z0-9-]{1,32}$/;

/** Fills `bytes` with random bytes; passed in so that tests own randomness. */
export type FillRandom = (bytes: Uint8Array) => Uint8Array;

export const cryptoRandom: FillRandom = (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);

export function newId<T extends AnyId>(random: FillRandom = cryptoRandom): T {
  let id = '';
  for (const byte of random(new Uint8Array(10))) id += ALPHABET[byte & 31];
  return id as T;
}

/** The id if `value` is one (`[a-z0-9-]{1,32}`), else undefined. */
export function parseId<T extends AnyId>(value: unknown): T | undefined {
  return typeof value === 'string' && PATTERN.test(value) ? (value as T) : undefined;
}
