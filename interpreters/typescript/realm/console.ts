/** `console`: values as text on stdout and stderr, `%s` and its kin, indented groups, counts, times and tables. */
import { inspect } from './inspect.ts';
import type { Stream } from './outer.ts';

/** Characters of one call that are printed: what a run keeps altogether. */
const MAX_CALL = 1_000_000;

export function createConsole(print: (stream: Stream, text: string) => void, now: () => number) {
  const counts = new Map<string, number>();
  const times = new Map<string, number>();
  let indent = '';

  const line = (stream: Stream, text: string): void => {
    const short = cut(text);
    print(stream, `${indent === '' ? short : indent + short.replaceAll('\n', `\n${indent}`)}\n`);
  };
  const out = (...values: unknown[]): void => line('stdout', format(values));
  const err = (...values: unknown[]): void => line('stderr', format(values));
  const spent = (label: unknown, ...values: unknown[]): void => {
    const began = times.get(String(label ?? 'default'));
    if (began !== undefined) out(`${label ?? 'default'}: ${(now() - began).toFixed(1)} ms`, ...values);
  };
  return {
    log: out,
    info: out,
    debug: out,
    warn: err,
    error: err,
    trace: (...values: unknown[]): void => err('Trace:', ...values),
    dir: (value: unknown): void => out(inspect(value)),
    table: (value: unknown, columns?: readonly string[]): void => out(tableText(value, columns) ?? value),
    group(...values: unknown[]): void {
      if (values.length > 0) out(...values);
      indent += '  ';
    },
    groupCollapsed(...values: unknown[]): void {
      if (values.length > 0) out(...values);
      indent += '  ';
    },
    groupEnd(): void {
      indent = indent.slice(2);
    },
    assert(fine?: unknown, ...values: unknown[]): void {
      if (!fine) err('Assertion failed', ...values);
    },
    count(label: unknown = 'default'): void {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      out(`${label}: ${count}`);
    },
    countReset(label: unknown = 'default'): void {
      counts.delete(String(label));
    },
    time(label: unknown = 'default'): void {
      times.set(String(label), now());
    },
    timeLog: spent,
    timeEnd(label: unknown = 'default'): void {
      spent(label);
      times.delete(String(label));
    },
  };
}

/** A text that is not longer than what a run keeps; says what is missing. */
export function cut(text: string): string {
  const rest = text.length - MAX_CALL;
  return rest > 0 ? `${text.slice(0, MAX_CALL)}\n… ${rest} more characters of this text were left out.` : text;
}

/** The values of one call, a format string's places filled. */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string' || rest.length === 0 || !first.includes('%')) return values.map(bare).join(' ');
  let next = 0;
  const text = first.replace(/%([sdifoOjc%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    if (next >= rest.length) return whole;
    const value = rest[next];
    next += 1;
    if (kind === 'c') return '';
    if (kind === 's') return bare(value);
    if (kind === 'o' || kind === 'O') return inspect(value);
    if (kind === 'j') return JSON.stringify(value) ?? 'undefined';
    const number = typeof value === 'bigint' ? value : typeof value === 'symbol' ? Number.NaN : Number(value);
    return String(kind === 'i' && typeof number === 'number' ? Math.trunc(number) : number);
  });
  return [text, ...rest.slice(next).map(bare)].join(' ');
}

const bare = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));

/** Rows that a table in text shows. */
const MAX_ROWS = 200;
const MAX_CELL = 60;

function tableText(value: unknown, wanted?: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map
      ? [...value]
      : value instanceof Set
        ? [...value].map((one, index) => [index, one])
        : Object.entries(value);
  const shown = entries.slice(0, MAX_ROWS);
  const columns = new Set<string>(wanted ?? []);
  let plain = false;
  for (const [, row] of shown) {
    if (typeof row !== 'object' || row === null) plain = true;
    else if (!wanted) for (const name of Object.keys(row)) columns.add(name);
  }
  const header = ['', ...columns, ...(plain ? ['value'] : [])];
  const rows = shown.map(([key, row]) => {
    const isObject = typeof row === 'object' && row !== null;
    const fields: ReadonlyMap<string, unknown> = new Map(isObject ? Object.entries(row) : []);
    const cells = [...columns].map((name) => (fields.has(name) ? cell(fields.get(name)) : ''));
    return [String(key), ...cells, ...(plain ? [isObject ? '' : cell(row)] : [])];
  });
  const widths = header.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]!.length)));
  const print = (row: readonly string[]): string =>
    row
      .map((text, index) => text.padEnd(widths[index]!))
      .join('  ')
      .trimEnd();
  const rest = entries.length > MAX_ROWS ? [`… ${entries.length - MAX_ROWS} more rows`] : [];
  return [print(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(print), ...rest].join('\n');
}

function cell(value: unknown): string {
  const text = bare(value).replaceAll(/\s+/g, ' ');
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
