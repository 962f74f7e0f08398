/**
 * A value as text for a person, as a console prints it: strings bare at the top and quoted below, class names, cycles
 * marked, everything bounded: depth, entries of one object, characters of a string, and characters altogether. Getters are
 * not called; a proxy, or an object that throws, is shown as far as it can be.
 */
const MAX_DEPTH = 4;
/** Entries of one object or array. */
const MAX_ENTRIES = 100;
const MAX_STRING = 10_000;
/** Characters of one value: what a person may want to read. */
const MAX_CHARACTERS = 100_000;
/** Shorter than this, an object stands in one line. */
const LINE = 76;

export const inspect = (value: unknown): string => show(value, { seen: [], left: { characters: MAX_CHARACTERS } });

type State = { readonly seen: readonly object[]; readonly left: { characters: number } };

function show(value: unknown, state: State): string {
  const text = typeof value === 'object' && value !== null ? object(value, state) : primitive(value);
  state.left.characters -= text.length;
  return text;
}

function primitive(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return value.toString();
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'function':
      return shownFunction(value);
    default:
      return String(value);
  }
}

export function quote(text: string): string {
  const cut = text.length > MAX_STRING ? text.slice(0, MAX_STRING) : text;
  const mark = cut.includes("'") ? (cut.includes('"') ? '`' : '"') : "'";
  const escaped = cut.replace(/[\\\p{Cc}]/gu, (one) => ESCAPES[one] ?? hex(one));
  const quoted = mark + (mark === '`' ? escaped.replaceAll('`', '\\`') : escaped) + mark;
  return cut === text ? quoted : `${quoted}… ${text.length - cut.length} more characters`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const hex = (one: string): string => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`;

function shownFunction(value: object): string {
  const name = own(value, 'name');
  const isClass = attempt(() => Function.prototype.toString.call(value).startsWith('class')) ?? false;
  const called = typeof name === 'string' && name !== '' ? name : '(anonymous)';
  return isClass ? `[class ${called}]` : `[Function: ${called}]`;
}

function object(value: object, state: State): string {
  if (state.seen.includes(value)) return '[Circular]';
  if (state.left.characters <= 0) return '…';
  const label = classOf(value);
  if (state.seen.length > MAX_DEPTH) return Array.isArray(value) ? '[Array]' : `[${label ?? 'Object'}]`;
  const inner: State = { seen: [...state.seen, value], left: state.left };
  return attempt(() => special(value, label, inner) ?? plain(value, label, inner)) ?? `[${label ?? 'Object'}]`;
}

/** Frames have nothing to see before they run; rows are what people print them for. */
const QUERIES = ['DataFrame', 'GroupedFrame'];

/** What is shown by its content rather than its properties. */
function special(value: object, label: string | undefined, state: State): string | undefined {
  if (Array.isArray(value)) return list(value, label === 'Array' ? '' : `${label ?? 'Array'}(${value.length}) `, state);
  if (value instanceof Error) return errorText(value, state);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
  if (value instanceof Map) {
    const entries = take(value.entries()).map(([key, one]) => `${show(key, state)} => ${show(one, state)}`);
    return braces(`${label ?? 'Map'}(${value.size}) `, [...entries, ...more(value.size)], '{', '}');
  }
  if (value instanceof Set) {
    const entries = take(value.values()).map((one) => show(one, state));
    return braces(`${label ?? 'Set'}(${value.size}) `, [...entries, ...more(value.size)], '{', '}');
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return `${label ?? 'ArrayBuffer'} { byteLength: ${value.byteLength} }`;
  }
  if (ArrayBuffer.isView(value)) {
    if (value instanceof DataView) return `DataView { byteLength: ${value.byteLength} }`;
    // Of views without elements there is only that.
    const elements = value as unknown as ArrayLike<number | bigint>;
    return list(elements, `${label ?? 'TypedArray'}(${elements.length}) `, state);
  }
  if (label === 'URL' && 'href' in value) return `URL ${quote(String(value.href))}`;
  if (label === 'URLSearchParams') return `URLSearchParams ${quote(String(value))}`;
  if (value instanceof Promise) return 'Promise {}';
  if (label !== undefined && QUERIES.includes(label) && Object.keys(value).length === 0)
    return `${label} (a query; end with it or display() it for its rows)`;
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return `${label} {}`;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `[${label}: ${show(value.valueOf(), state)}]`;
  }
  return undefined;
}

function list(value: ArrayLike<unknown>, prefix: string, state: State): string {
  const parts: string[] = [];
  let holes = 0;
  const flush = (): void => {
    if (holes > 0) parts.push(`<${holes} empty>`);
    holes = 0;
  };
  const shown = Math.min(value.length, MAX_ENTRIES);
  for (let index = 0; index < shown && state.left.characters > 0; index += 1) {
    if (!(index in value)) holes += 1;
    else {
      flush();
      parts.push(show(value[index], state));
    }
  }
  flush();
  return braces(prefix, [...parts, ...more(value.length)], '[', ']');
}

function plain(value: object, label: string | undefined, state: State): string {
  const keys = Reflect.ownKeys(value).filter((key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable);
  const parts = keys.slice(0, MAX_ENTRIES).flatMap((key) => {
    if (state.left.characters <= 0) return [];
    return [`${keyText(key)}: ${property(Object.getOwnPropertyDescriptor(value, key), state)}`];
  });
  const prefix = label === 'Object' ? '' : label === undefined ? '[Object: null prototype] ' : `${label} `;
  return braces(prefix, [...parts, ...more(keys.length)], '{', '}');
}

function property(descriptor: PropertyDescriptor | undefined, state: State): string {
  if (!descriptor) return 'undefined';
  if (descriptor.get) return descriptor.set ? '[Getter/Setter]' : '[Getter]';
  if (descriptor.set) return '[Setter]';
  return show(descriptor.value, state);
}

const keyText = (key: string | symbol): string =>
  typeof key === 'symbol'
    ? `[${key.toString()}]`
    : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
      ? key
      : quote(key);

const more = (size: number): readonly string[] => (size > MAX_ENTRIES ? [`… ${size - MAX_ENTRIES} more`] : []);

function take<T>(values: Iterable<T>): readonly T[] {
  const taken: T[] = [];
  for (const value of values) {
    if (taken.length >= MAX_ENTRIES) break;
    taken.push(value);
  }
  return taken;
}

function braces(prefix: string, parts: readonly string[], open: string, close: string): string {
  if (parts.length === 0) return `${prefix}${open}${close}`;
  const line = open === '[' ? `[ ${parts.join(', ')} ]` : `{ ${parts.join(', ')} }`;
  if (prefix.length + line.length <= LINE && !parts.some((part) => part.includes('\n'))) return prefix + line;
  const rows = open === '[' ? filled(parts) : parts;
  const indented = rows.map((row) => `  ${row.replaceAll('\n', '\n  ')}`);
  return `${prefix}${open}\n${indented.join(',\n')}\n${close}`;
}

/** Short elements of an array share lines. */
function filled(parts: readonly string[]): readonly string[] {
  if (parts.some((part) => part.includes('\n') || part.length > LINE / 4)) return parts;
  const rows: string[] = [];
  let row = '';
  for (const part of parts) {
    if (row !== '' && row.length + part.length + 2 > LINE) {
      rows.push(row);
      row = part;
    } else row = row === '' ? part : `${row}, ${part}`;
  }
  return [...rows, row];
}

/** A stack's first frame is enough here; where it was thrown is told with the run's failure. */
function errorText(error: Error, state: State): string {
  const name = attempt(() => String(error.name)) ?? 'Error';
  const message = attempt(() => String(error.message)) ?? '';
  const head = message === '' ? name : `${name}: ${message}`;
  const keys = Object.keys(error).filter((key) => !['name', 'message', 'stack', 'failure'].includes(key));
  const parts = keys.map((key) => `${keyText(key)}: ${property(Object.getOwnPropertyDescriptor(error, key), state)}`);
  if (Object.hasOwn(error, 'cause'))
    parts.push(
      `[cause]: ${show(
        attempt(() => error.cause),
        state,
      )}`,
    );
  return parts.length === 0 ? head : braces(`${head} `, parts, '{', '}');
}

/** The name of an object's class; undefined without a prototype. */
function classOf(value: object): string | undefined {
  return attempt(() => {
    for (let at: unknown = value; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
      const made = own(at, 'constructor');
      const name = typeof made === 'function' ? own(made, 'name') : undefined;
      if (typeof name === 'string' && name !== '') return name;
    }
    return undefined;
  });
}

const own = (value: object, key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value;

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
