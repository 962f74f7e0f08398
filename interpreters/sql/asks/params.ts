/** What a call brings, checked: a program of the user's making may send anything. */
import { Failed, failure } from '../../errors.ts';
import type { Bound, EngineMethod, EngineMethods, Query } from '../../protocol.ts';

type Params<M extends EngineMethod> = EngineMethods[M]['params'];

/** Values of one query; the engine itself allows 65,535. */
const MAX_VALUES = 10_000;

export const parseParams: { readonly [M in EngineMethod]: (params: unknown) => Params<M> } = {
  describe: query,
  show: (params) => ({
    ...query(params),
    table: count(params, 'table'),
    ...optional('named', flag(params, 'named')),
    ...optional('hidden', flag(params, 'hidden')),
    ...optional('limit', has(params, 'limit') ? count(params, 'limit') : undefined),
  }),
  read: query,
  fetch: (params) => ({ cursor: count(params, 'cursor'), rows: count(params, 'rows') }),
  close: (params) => ({ cursor: count(params, 'cursor') }),
  write: (params) => ({
    file: text(params, 'file'),
    ...optional('table', has(params, 'table') ? text(params, 'table') : undefined),
  }),
  keep: query,
  save: (params) => ({ ...query(params), name: text(params, 'name') }),
  names: (params) => ({ names: list(params, 'names').map(string) }),
  export: (params) => optional('names', has(params, 'names') ? list(params, 'names').map(string) : undefined),
};

export const isMethod = (name: string): name is EngineMethod => Object.hasOwn(parseParams, name);

function query(params: unknown): Query {
  const values = has(params, 'values') ? list(params, 'values') : undefined;
  if (values && values.length > MAX_VALUES) throw wrong(`more than ${MAX_VALUES} values`);
  return { sql: text(params, 'sql'), ...optional('values', values?.map(bound)) };
}

const TEXT_FORMS = ['bigint', 'double', 'date', 'timestamp', 'timestamptz', 'blob'] as const;

function bound(value: unknown): Bound {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    return value;
  }
  const type = TEXT_FORMS.find((form) => form === get(value, 'type'));
  if (!type) throw wrong('a value of no known type');
  return { type, value: text(value, 'value') };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V };
function optional(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}

const get = (params: unknown, key: string): unknown =>
  typeof params === 'object' && params !== null && Object.hasOwn(params, key) ? Reflect.get(params, key) : undefined;
const has = (params: unknown, key: string): boolean => get(params, key) !== undefined;

function count(params: unknown, key: string): number {
  const value = get(params, key);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(`${key} is no count`);
}

function flag(params: unknown, key: string): boolean | undefined {
  const value = get(params, key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrong(`${key} is neither true nor false`);
}

const text = (params: unknown, key: string): string => string(get(params, key));

function string(value: unknown): string {
  if (typeof value === 'string') return value;
  throw wrong('a text is missing');
}

function list(params: unknown, key: string): readonly unknown[] {
  const value = get(params, key);
  if (Array.isArray(value)) return value;
  throw wrong(`${key} is no list`);
}

const wrong = (what: string): Failed => new Failed(failure('protocol', `The call can’t be read: ${what}.`));
