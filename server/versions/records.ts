/**
 * The records of `versions.log` (the form of `storage/log.ts`), each JSON, deflated but for the head:
 *
 *   1 head      {version}; first in the file
 *   2 contents  [[key, paragraph], …]; what versions name by key is written once, before the first that needs it
 *   3 version   what `StoredVersion` says
 *   4 named     {id, name, by, results}; without a name: it is an automatic one again
 *   5 dropped   {id}
 *   6 touched   [[paragraph, by, at], …]: who changed what since; `by` is empty for what came from outside
 *
 * A version's own records are appended together and its `version` comes last: a torn tail takes all of it or nothing.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { FrontAnnotations } from '../protocol/annotations.ts';
import type { Json, Options, Paragraph } from '../protocol/document.ts';
import type { FrontForms } from '../protocol/forms/list.ts';
import { type ParagraphId, parseId, type ResultId, type VersionId } from '../protocol/ids.ts';
import { sortedJson } from '../protocol/json.ts';
import type { FrontReport } from '../protocol/report/document.ts';
import type { Reason, Touch } from '../protocol/versions/version.ts';
import type { LogRecord } from '../storage/log.ts';

export const VERSIONS_VERSION = 1;
const TYPE = { head: 1, contents: 2, version: 3, named: 4, dropped: 5, touched: 6 } as const;

/** Past this a payload is no record of ours: ten times the longest text a notebook may have. */
const MOST_INFLATED = 640 * 1024 * 1024;

/** Names a paragraph's content; equal content has an equal key. */
export type Key = string;
export type Stored = readonly [id: ParagraphId, key: Key, by?: string, at?: number];
export type Touches = readonly (readonly [id: ParagraphId, by: string, at: number])[];
export type ShownResults = readonly (readonly [id: ParagraphId, results: readonly ResultId[]])[];

export type StoredVersion = {
  readonly id: VersionId;
  readonly at: number;
  readonly reason: Reason;
  readonly name?: string;
  readonly by?: string;
  readonly people: readonly string[];
  readonly title?: string;
  readonly front?: string;
  readonly forms?: FrontForms;
  readonly report?: FrontReport;
  readonly annotations?: FrontAnnotations;
  readonly paragraphs: readonly Stored[];
  readonly results?: ShownResults;
};

export type VersionRecord =
  | { readonly type: 'head' }
  | { readonly type: 'contents'; readonly contents: readonly (readonly [Key, Paragraph])[] }
  | { readonly type: 'version'; readonly version: StoredVersion }
  | {
      readonly type: 'named';
      readonly id: VersionId;
      readonly name?: string;
      readonly by?: string;
      readonly results?: ShownResults;
    }
  | { readonly type: 'dropped'; readonly id: VersionId }
  | { readonly type: 'touched'; readonly touches: Touches };

/** Characters written in one record of contents: each is read whole, and most are wanted for one paragraph or a few. */
export const RECORD_CHARACTERS = 1024 * 1024;

const deflate = promisify(deflateRaw);

export async function encodeRecord(record: VersionRecord): Promise<LogRecord> {
  if (record.type === 'head') {
    return { type: TYPE.head, payload: new TextEncoder().encode(JSON.stringify({ version: VERSIONS_VERSION })) };
  }
  return { type: TYPE[record.type], payload: await deflate(Buffer.from(JSON.stringify(bodyOf(record)))) };
}

function bodyOf(record: Exclude<VersionRecord, { type: 'head' }>): unknown {
  switch (record.type) {
    case 'contents':
      return record.contents;
    case 'version':
      return record.version;
    case 'touched':
      return record.touches;
    case 'named': {
      const { type: _, ...body } = record;
      return body;
    }
    case 'dropped':
      return { id: record.id };
  }
}

/** Throws on what no version up to this one writes: its checksum held, so it is not ours. */
export function decodeRecord({ type, payload }: LogRecord): VersionRecord {
  if (type === TYPE.head) {
    const { version } = fields(JSON.parse(new TextDecoder().decode(payload)));
    if (version !== VERSIONS_VERSION) throw new Error(`it was written by version ${version}, not ${VERSIONS_VERSION}`);
    return { type: 'head' };
  }
  const body: unknown = JSON.parse(inflateRawSync(payload, { maxOutputLength: MOST_INFLATED }).toString());
  switch (type) {
    case TYPE.contents:
      return { type: 'contents', contents: list(body).map(readContent) };
    case TYPE.version:
      return { type: 'version', version: readVersion(fields(body)) };
    case TYPE.named: {
      const { id, name, by, results } = fields(body);
      return {
        type: 'named',
        id: readId(id),
        ...texts({ name, by }),
        ...(results ? { results: readShown(results) } : {}),
      };
    }
    case TYPE.dropped:
      return { type: 'dropped', id: readId(fields(body).id) };
    case TYPE.touched:
      return { type: 'touched', touches: list(body).map(readTouch) };
    default:
      throw new Error(`a record of the unknown type ${type}`);
  }
}

/** Contents as records, none of them long unless one text is. */
export function parted(
  contents: readonly (readonly [Key, Paragraph])[],
): readonly Extract<VersionRecord, { type: 'contents' }>[] {
  const parts: (readonly [Key, Paragraph])[][] = [];
  let characters = 0;
  for (const one of contents) {
    const { length } = one[1].source;
    const part = parts.at(-1);
    if (part && characters + length <= RECORD_CHARACTERS) part.push(one);
    else {
      parts.push([one]);
      characters = 0;
    }
    characters += length;
  }
  return parts.map((part) => ({ type: 'contents', contents: part }));
}

export const keyOf = (paragraph: Paragraph): Key =>
  createHash('sha256').update(sortedJson(paragraph)).digest('base64url').slice(0, 22);

export const touchOf = ([, , by, at]: Stored): Touch | undefined =>
  by === undefined || at === undefined ? undefined : { by, at };

const REASONS: ReadonlySet<unknown> = new Set<Reason>(['asked', 'daily', 'restore', 'outside']);

function readVersion(body: Record<string, unknown>): StoredVersion {
  const { id, at, reason, name, by, people, title, front, forms, report, annotations, paragraphs, results } = body;
  if (typeof at !== 'number' || !REASONS.has(reason)) throw new Error('a version without its time or reason');
  return {
    id: readId(id),
    at,
    reason: reason as Reason,
    people: list(people).map(String),
    paragraphs: list(paragraphs).map(readStored),
    ...texts({ name, by, title, front }),
    ...(forms === undefined ? {} : { forms: list(forms).map(readForm) }),
    ...(report === undefined ? {} : { report: list(report).map(readForm) }),
    ...(annotations === undefined ? {} : { annotations: list(annotations).map(readForm) }),
    ...(results === undefined ? {} : { results: readShown(results) }),
  };
}

function readForm(value: unknown): FrontForms[number] {
  const [name, form] = list(value);
  if (typeof name !== 'string' || form === undefined) throw new Error('an ill-shaped form');
  return [name, form as Json];
}

function readStored(value: unknown): Stored {
  const [id, key, by, at] = list(value);
  const parsed = parseId<ParagraphId>(id);
  if (!parsed || typeof key !== 'string') throw new Error('a version with an ill-shaped paragraph');
  return typeof by === 'string' && typeof at === 'number' ? [parsed, key, by, at] : [parsed, key];
}

function readContent(value: unknown): readonly [Key, Paragraph] {
  const [key, body] = list(value);
  const { id, interpreter, source, name, options } = fields(body);
  const parsed = parseId<ParagraphId>(id);
  if (typeof key !== 'string' || !parsed || typeof interpreter !== 'string' || typeof source !== 'string') {
    throw new Error('an ill-shaped paragraph');
  }
  return [key, { id: parsed, interpreter, source, options: fields(options) as Options, ...texts({ name }) }];
}

function readTouch(value: unknown): Touches[number] {
  const [id, by, at] = list(value);
  const parsed = parseId<ParagraphId>(id);
  if (!parsed || typeof by !== 'string' || typeof at !== 'number') throw new Error('an ill-shaped change');
  return [parsed, by, at];
}

const readShown = (value: unknown): ShownResults =>
  list(value).map((one) => {
    const [id, results] = list(one);
    const parsed = parseId<ParagraphId>(id);
    const found = list(results).map((result) => parseId<ResultId>(result));
    if (!parsed || found.some((result) => result === undefined)) throw new Error('ill-shaped results');
    return [parsed, found.filter((result) => result !== undefined)] as const;
  });

function readId(value: unknown): VersionId {
  const id = parseId<VersionId>(value);
  if (!id) throw new Error('a version without an id');
  return id;
}

const fields = (value: unknown): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a record that is no object');
  return value as Record<string, unknown>;
};

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error('a record that is no list');
  return value;
};

/** Those that are there. */
const texts = <K extends string>(values: Record<K, unknown>): { readonly [key in K]?: string } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string')) as {
    readonly [key in K]?: string;
  };
