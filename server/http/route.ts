/**
 * An operation of the API as data: its schemas are what it checks, what it is typed by and what the OpenAPI document
 * says. Each names the action that the evaluator decides on and what it is done to; there is no operation without them.
 */
import type { Readable } from 'node:stream';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Access } from '../access/access.ts';
import type { Action, NotebookAt, Target } from '../access/evaluator.ts';
import type { Principal } from '../access/principal.ts';
import type { View } from '../access/view.ts';
import { AppError } from '../errors.ts';
import type { Role } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import type { Services } from './services.ts';
import type { TargetKind } from './targets.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** How a body is taken: parsed JSON; text of a notebook; the bytes as they stream in. */
export type BodyKind = 'none' | 'json' | 'text' | 'stream';

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object becomes JSON; absent: no content. */
  readonly body?: object | string | Uint8Array | Readable;
};

export type Circumstances = {
  readonly services: Services;
  readonly access: Access;
  readonly principal: Principal;
  /** On what the operation is about. */
  readonly role: Role;
  /** Whose name the edit or run bears. */
  readonly who: Who;
  /** As the evaluator decides on something further. Throws AppError. */
  readonly require: (action: Action, target: Target) => Role;
  /** What of the notebook the caller sees. Throws AppError not-found. */
  readonly view: (notebook: NotebookAt) => View;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
};

export type Call<P extends TSchema, Q extends TSchema, B extends TSchema> = Circumstances & {
  readonly params: Static<P>;
  readonly query: Static<Q>;
  readonly body: Static<B>;
  /** The body of a `text` or `stream` operation. */
  readonly text: string;
  readonly stream: Readable;
};

type Raw = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly text: string;
  readonly stream: Readable;
};

type Definition<P extends TSchema, Q extends TSchema, B extends TSchema> = {
  readonly method: Method;
  /** Below `/api/v1`, parameters as `:name`; `*` takes the rest. */
  readonly path: string;
  readonly action: Action;
  /** What it is done to: the workspace, or what `:id` or the path names. */
  readonly target: TargetKind;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly takes?: BodyKind;
  /** Of the body; a JSON body takes `JSON_LIMIT` by default. A stream has no limit. */
  readonly limit?: number;
  readonly headers?: TSchema;
  /** By status. A string is the content type of what is not JSON; empty where there is no body. */
  readonly answers: Readonly<Record<number, TSchema | string>>;
  readonly handle: (call: Call<P, Q, B>) => Promise<Answer> | Answer;
};

export type Route = Omit<Definition<TSchema, TSchema, TSchema>, 'handle' | 'params' | 'query' | 'takes'> & {
  readonly params: TSchema;
  readonly query: TSchema;
  readonly takes: BodyKind;
  readonly run: (raw: Raw, circumstances: Circumstances) => Promise<Answer>;
};

/** Below this lies every operation. */
export const API = '/api/v1';

/** Bodies that are not text or files: ids and titles. */
export const JSON_LIMIT = 1024 * 1024;
/** A notebook's text: room for a paragraph of 10 MB and the rest of it. */
export const TEXT_LIMIT = 32 * 1024 * 1024;

const None = Type.Object({}, { additionalProperties: false });

export function route<P extends TSchema = typeof None, Q extends TSchema = typeof None, B extends TSchema = TSchema>(
  definition: Definition<P, Q, B>,
): Route {
  const { handle, params, query, body, takes, ...rest } = definition;
  return {
    ...rest,
    params: params ?? None,
    query: query ?? None,
    ...(body ? { body } : {}),
    takes: takes ?? (body ? 'json' : 'none'),
    async run(raw, circumstances) {
      return handle({
        ...circumstances,
        text: raw.text,
        stream: raw.stream,
        params: parse<P>(params, raw.params, 'the path', true),
        query: parse<Q>(query, raw.query, 'the query', true),
        body: parse<B>(body, raw.body, 'the body', false),
      });
    },
  };
}

/** What came as what the schema says; AppError `bad-request` names the first place where it differs. */
function parse<T extends TSchema>(schema: T | undefined, value: unknown, place: string, strings: boolean): Static<T> {
  if (!schema) {
    const extra = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (strings && extra.length > 0) throw new AppError('bad-request', `${place} has no "${extra[0]}"`);
    return undefined as Static<T>;
  }
  const given = strings ? fromStrings(schema, value) : value;
  const full = Value.Default(schema, given);
  if (Value.Check(schema, full)) return full;
  const first = Value.Errors(schema, full).First();
  const where = first?.path ? `${place} at ${first.path.slice(0, 200)}` : place;
  throw new AppError('bad-request', `${where}: ${lowerFirst(first?.message ?? 'not as expected')}`);
}

/** Numbers and booleans out of the strings of a path or query, where the schema wants them and the string is one. */
function fromStrings(schema: TSchema, value: unknown): unknown {
  const properties: Readonly<Record<string, TSchema>> = schema.properties ?? {};
  const entries = Object.entries(value ?? {}).map(([key, text]: [string, unknown]) => {
    const type = properties[key]?.type;
    if ((type === 'integer' || type === 'number') && typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text))
      return [key, Number(text)];
    if (type === 'boolean' && (text === 'true' || text === 'false')) return [key, text === 'true'];
    return [key, text];
  });
  return Object.fromEntries(entries);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
