/**
 * Lambdas that SQL can't say, run over columns: the rows are kept in the engine, the columns a lambda reads come by
 * cursor, batch by batch, a loop over them is compiled, and what it gives goes back as a table beside the kept rows. So
 * memory is bounded by a batch, whatever the number of rows.
 */
import { quoteName } from '../../arrow/names.ts';
import { type ColumnUse, printColumns } from '../lambda/columns.ts';
import { columnSql, type Kind } from '../lambda/kinds.ts';
import type { Lambda } from '../lambda/lambda.ts';
import { join, q, raw, type Sql } from '../lambda/pieces.ts';
import { runtime } from '../lambda/values.ts';
import { BATCH_ROWS, Encoder, kindOf, type Target, type ValueKind } from './encode.ts';
import type { Engine } from './engine.ts';
import { type Call, fail, LibraryError } from './failures.ts';
import { type Known, print, type Relation, relation } from './relation.ts';
import type { Batch, Vector } from './vectors.ts';

export type Task = {
  /** The column that is made. */
  readonly name: string;
  readonly lambda: Lambda;
  readonly as: 'value' | 'condition';
  /** What the translation knows of it. */
  readonly kind: Kind;
  readonly call: Call;
};

/** Rows that are gathered before they go to the engine. */
const WRITE_ROWS = 64 * BATCH_ROWS;

/** The relation with a column more for each task. `columns` are typed. */
export async function overColumns(
  engine: Engine,
  one: Relation,
  types: ReadonlyMap<string, string>,
  tasks: readonly Task[],
): Promise<Relation> {
  const kept = await engine.keep(print(one));
  const loops = tasks.map((task) => compileLoop(task, types));
  const used = [...new Set(loops.flatMap(({ columns }) => columns))];
  const sources = used.map((name) => columnSql(name, types.get(name) ?? 'VARCHAR').sql);
  const query = q`select ${used.length > 0 ? sources.join(', ') : '1'} from ${kept}`;
  const written = await run(engine, query, loops, used);
  const added = tasks.map(({ name }, index) => raw(`w.${RESULT}${index} as ${quoteName(name)}`));
  const columns: readonly Known[] = [
    ...one.columns,
    ...tasks.map(({ name }, index) => ({ name, type: TYPE[written.kinds[index] ?? 'string'] })),
  ];
  return relation(
    q`(select k.*, ${join(added, ', ')} from ${kept} as k positional join ${written.table} as w)`,
    columns,
  );
}

const RESULT = 'x';
const TYPE: Readonly<Record<ValueKind, string>> = {
  number: 'DOUBLE',
  bigint: 'BIGINT',
  string: 'VARCHAR',
  json: 'JSON',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
  blob: 'BLOB',
};

type State = { row: number };
type Loop = {
  readonly task: Task;
  /** Columns that it reads. */
  readonly columns: readonly string[];
  /** Fills `out` from the columns, which come in the order of `columns`. */
  run(rows: number, base: number, out: unknown[], state: State, vectors: readonly Vector[]): void;
};

function compileLoop(task: Task, types: ReadonlyMap<string, string>): Loop {
  const { lambda } = task;
  const printed = printColumns(lambda);
  const columns = printed.whole ? [...types.keys()] : printed.columns.map(({ column }: ColumnUse) => column);
  const kinds = columns.map((name) => columnSql(name, types.get(name) ?? 'VARCHAR').kind);
  const reads = kinds.map((kind, index) => read(kind, index));
  const args = printed.whole
    ? [`{ ${columns.map((name, index) => `${JSON.stringify(name)}: ${reads[index]}`).join(', ')} }`]
    : reads;
  const setup = kinds.map(
    (_, index) =>
      `const v${index} = vectors[${index}].validity, d${index} = vectors[${index}].values, g${index} = vectors[${index}].get;`,
  );
  const names = Object.keys(lambda.captures);
  // The lambda stands outside the loop, where it sees none of the loop's own names.
  const body = `'use strict';
    return (lambda => {
      const fn = lambda;
      return (rows, base, out, state, vectors) => {
        ${setup.join('\n')}
        let i = 0;
        try {
          for (; i < rows; i += 1) out[i] = fn(${[...args, ...(lambda.index ? ['base + i'] : [])].join(', ')});
        } catch (error) {
          state.row = i;
          throw error;
        }
      };
    })(${printed.code});`;
  const make: unknown = new Function(printed.runtime, ...names, body);
  if (typeof make !== 'function') throw new TypeError('no function was made');
  return {
    task,
    columns,
    run: Reflect.apply(make, undefined, [runtime, ...names.map((name) => lambda.captures[name])]),
  };
}

/** The value of column `index` at row `i`, null-safe and without a call for numbers. */
function read(kind: Kind, index: number): string {
  if (kind !== 'number' && kind !== 'date') return `g${index}(i)`;
  const value = kind === 'date' ? `new Date(d${index}[i])` : `d${index}[i]`;
  return `(v${index} === undefined || (v${index}[i >> 3] >> (i & 7)) & 1 ? ${value} : null)`;
}

type Written = { readonly table: string; readonly kinds: readonly ValueKind[] };

async function run(engine: Engine, query: Sql, loops: readonly Loop[], used: readonly string[]): Promise<Written> {
  const sink = new Sink(engine, loops);
  const places = loops.map(({ columns }) => columns.map((name) => used.indexOf(name)));
  let base = 0;
  for await (const batch of engine.read(query)) {
    const results = loops.map((loop, index) => fill(loop, batch, base, places[index] ?? []));
    await sink.add(results, batch.rows);
    base += batch.rows;
  }
  return sink.end();
}

function fill(loop: Loop, batch: Batch, base: number, places: readonly number[]): unknown[] {
  const out: unknown[] = new Array(batch.rows);
  const state = { row: 0 };
  const vectors = places.map((place) => batch.columns[place]!);
  try {
    loop.run(batch.rows, base, out, state, vectors);
  } catch (error) {
    throw lambdaFailed(loop, error, base + state.row, (index) => vectors[index]?.get(state.row));
  }
  if (loop.task.as === 'condition') {
    for (let row = 0; row < out.length; row += 1) {
      if (typeof out[row] === 'object') refuse(loop, out[row]);
      out[row] = Boolean(out[row]);
    }
  }
  return out;
}

function refuse({ task: { lambda, call } }: Loop, value: unknown): void {
  if (kindOf(value) === 'promise') {
    throw fail('lambda-promise', 'The lambda gave a promise, which can’t be waited for row by row.', { call, lambda });
  }
}

/** Characters of one value in a message. */
const MAX_SHOWN = 40;

function lambdaFailed(loop: Loop, error: unknown, row: number, value: (index: number) => unknown): LibraryError {
  if (error instanceof LibraryError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const values = loop.columns.slice(0, 8).map((name, index) => `${name} = ${brief(value(index))}`);
  const shown = values.length > 0 ? ` There ${values.join(', ')}.` : '';
  return fail('lambda-failed', `The lambda failed on row ${group(row + 1)}: ${said}.${shown}`, {
    call: loop.task.call,
    lambda: loop.task.lambda,
  });
}

const group = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function brief(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : value instanceof Date ? value.toISOString() : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Gathers batches of results, finds their kinds, and writes them. */
class Sink {
  readonly #engine: Engine;
  readonly #loops: readonly Loop[];
  readonly #kinds: (ValueKind | undefined)[];
  #encoder: Encoder | undefined;
  #table: string | undefined;
  #rows = 0;
  /** Not yet encoded: while a column has had nothing but nulls. */
  #held: { readonly columns: readonly (readonly unknown[])[]; readonly rows: number }[] = [];

  constructor(engine: Engine, loops: readonly Loop[]) {
    this.#engine = engine;
    this.#loops = loops;
    this.#kinds = loops.map(() => undefined);
  }

  async add(columns: readonly unknown[][], rows: number): Promise<void> {
    columns.forEach((values, index) => {
      this.#check(values, index);
    });
    this.#rows += rows;
    this.#held.push({ columns, rows });
    const open = this.#kinds.some((kind) => kind === undefined);
    if (open && this.#held.length * BATCH_ROWS < WRITE_ROWS) return;
    this.#release();
    if (this.#pending >= WRITE_ROWS) await this.#write();
  }

  async end(): Promise<Written> {
    this.#release();
    if (this.#pending > 0 || this.#table === undefined) await this.#write();
    return { table: this.#table ?? '', kinds: this.#kinds.map((kind) => kind ?? 'string') };
  }

  #pending = 0;

  /** Encodes what was held; a column without any value yet is what the translation took it for. */
  #release(): void {
    this.#loops.forEach(({ task }, index) => {
      this.#kinds[index] ??= KINDS[task.kind] ?? 'string';
    });
    const held = this.#held;
    this.#held = [];
    for (const { columns, rows } of held) this.#encode(columns, rows);
  }

  #encode(columns: readonly (readonly unknown[])[], rows: number): void {
    for (let start = 0; start < rows; start += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, rows - start);
      const piece = rows <= BATCH_ROWS ? columns : columns.map((values) => values.slice(start, start + count));
      this.#stream().add(piece, count);
    }
    this.#pending += rows;
  }

  #stream(): Encoder {
    const targets: Target[] = this.#kinds.map((kind, index) => ({ name: `${RESULT}${index}`, kind: kind ?? 'string' }));
    this.#encoder ??= new Encoder(targets);
    return this.#encoder;
  }

  async #write(): Promise<void> {
    const file = await this.#engine.host.give(this.#stream().take());
    const { table } = await this.#engine.host.call(
      'write',
      this.#table === undefined ? { file } : { file, table: this.#table },
    );
    this.#table = table;
    this.#pending = 0;
  }

  /** Every value is of the column's kind; undefined becomes null. */
  #check(values: unknown[], index: number): void {
    const loop = this.#loops[index]!;
    let known = this.#kinds[index];
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (value === null || value === undefined) continue;
      if (typeof value === known) continue;
      const kind = kindOf(value);
      if (kind === known) continue;
      if (kind === 'promise') refuse(loop, value);
      if (known === undefined && kind && kind !== 'promise' && kind !== 'function') {
        known = kind;
        this.#kinds[index] = kind;
        continue;
      }
      const { call, lambda } = loop.task;
      const what = kind === 'function' ? 'a function' : `a ${kind}`;
      const before = known === undefined ? 'no value of a column' : `where other rows gave a ${known}`;
      throw fail('mixed-values', `On row ${group(this.#rows + row + 1)} the lambda gave ${what}, ${before}.`, {
        call,
        lambda,
      });
    }
  }
}

const KINDS: Readonly<Record<Kind, ValueKind | undefined>> = {
  number: 'number',
  string: 'string',
  boolean: 'boolean',
  date: 'date',
  null: undefined,
  other: undefined,
};
