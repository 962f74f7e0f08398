/**
 * The named tables of one notebook: the list of `names.ts` kept up to date, with how a session gets at each. The list
 * is the server's; the session database holds none of it.
 */
import { failure as failureOf } from '../../interpreters/errors.ts';
import type { Failure } from '../../interpreters/protocol.ts';
import { viewAt } from '../protocol/chart/option.ts';
import type { Outline, Paragraph } from '../protocol/document.ts';
import type { ParagraphId, ResultId } from '../protocol/ids.ts';
import type { SessionTable } from '../protocol/messages.ts';
import type { Column, Output } from '../protocol/outputs.ts';
import { publishedColumns } from '../protocol/published.ts';
import type { RunSpec } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';
import type { NamedResult } from '../sessions/contract.ts';
import { type GoneTable, goneIn, type Held, listNames, namedResult, takenBy } from './names.ts';

export class NamedTables {
  readonly #results: Pick<Results, 'source'>;
  readonly #read: () => Outline | undefined;
  readonly #beneath: (() => Held) | undefined;
  readonly #gone = new Set<ResultId>();
  readonly #held: Map<ParagraphId, ResultId>;
  /** As it was when the document was last open. */
  #outline: Outline = [];

  constructor(held: Held, results: Pick<Results, 'source'>, read: () => Outline | undefined, beneath?: () => Held) {
    this.#held = new Map(held);
    this.#results = results;
    this.#read = read;
    this.#beneath = beneath;
  }

  /** What stands for the names of paragraphs, whoever ran them. */
  get held(): Held {
    return this.#beneath ? new Map([...this.#beneath(), ...this.#held]) : this.#held;
  }

  outline(): Outline {
    this.#outline = this.#read() ?? this.#outline;
    return this.#outline;
  }

  /** A run that was done: its named result stands for its paragraph's name from now on. */
  hold(paragraph: ParagraphId, outputs: readonly Output[]): ResultId | undefined {
    const result = namedResult(outputs);
    if (result) this.#held.set(paragraph, result);
    return result;
  }

  clear(): void {
    this.#held.clear();
  }

  drop(results: Iterable<ResultId>): void {
    for (const result of results) this.#gone.add(result);
  }

  async list(): Promise<{ readonly tables: readonly NamedResult[]; readonly gone: readonly GoneTable[] }> {
    const { held } = this;
    if (held.size === 0) return { tables: [], gone: [] };
    const outline = this.outline();
    const first = listNames(held, outline, (result) => this.#gone.has(result));
    const tables: NamedResult[] = [];
    for (const { name, result } of first.tables) {
      const source = await this.#results.source(result);
      if (source) tables.push({ name, result, source });
      else this.#gone.add(result);
    }
    if (tables.length === first.tables.length) return { tables, gone: first.gone };
    return { tables, gone: listNames(held, outline, (result) => this.#gone.has(result)).gone };
  }

  /** Why a run that was done is of no use: what stood for a name that its text says was written into while it read. */
  async overtaken(run: Pick<RunSpec, 'source'>, given: readonly NamedResult[]): Promise<Failure | undefined> {
    const text = run.source.toLowerCase();
    for (const { name, result, source } of given) {
      if (source.kind !== 'file' || !source.parquet || !text.includes(name.toLowerCase())) continue;
      if (await this.#results.source(result)) continue;
      const message = `The file that ${name} shows was written into while the paragraph read it.`;
      return failureOf('named-result-gone', message);
    }
    return undefined;
  }

  /** Why the run may not have its name. */
  refuse(run: RunSpec): Failure | undefined {
    if (run.name === undefined) return undefined;
    const owner = takenBy(this.outline(), run.paragraph, run.name);
    if (!owner) return undefined;
    return failureOf('name-taken', `The name ${run.name} belongs to paragraph ${owner.place}, which comes first.`, {
      hint: 'Give this paragraph another name, or take the name away from the other.',
    });
  }
}

/** The named tables for who may know of no others; `options`: of the paragraphs, while the document is open. */
export function publishedTables(
  tables: readonly NamedResult[],
  held: Held,
  options: ReadonlyMap<ParagraphId, Paragraph['options']>,
  results: Pick<Results, 'info'>,
): Promise<readonly SessionTable[]> {
  const makers = new Map([...held].map(([paragraph, result]) => [result, paragraph]));
  return Promise.all(
    tables.map(async ({ name, result }) => {
      const { columns = [], rows = 0, bytes = 0 } = (await results.info(result)) ?? {};
      const maker = makers.get(result);
      const listed = listedColumns(maker && options.get(maker), columns);
      return { name, source: 'named' as const, columns: listed, rows, bytes };
    }),
  );
}

/**
 * Of the table that a paragraph's name stands for, to who may not read its rows: where the paragraph shows a chart or a pivot
 * the columns that it draws. Which of several tables has the name is not asked: the first chart stands for all. None of who is not known.
 */
export function listedColumns(
  options: Paragraph['options'] | undefined,
  columns: readonly Column[],
): readonly Column[] {
  if (!options) return [];
  const { chart, download } = options;
  const drawn = [chart].flat().findIndex((_, index) => viewAt(chart, index) !== 'table');
  if (drawn === -1 || download === true) return columns;
  return publishedColumns(chart, drawn, columns);
}

/** An unknown table whose name stood for a result that was removed to keep the budget: says which paragraph to run again. */
export function explain(run: RunSpec, failure: Failure, gone: readonly GoneTable[]): Failure {
  if (failure.code !== 'unknown-table' || gone.length === 0) return failure;
  const line = failure.line === undefined ? undefined : run.source.split('\n')[failure.line - 1];
  const at = (failure.column ?? 1) - 1;
  const named = failure.length === undefined ? undefined : line?.slice(at, at + failure.length);
  const table = goneIn(gone, named ?? failure.message);
  if (!table) return failure;
  const { fix: _, code: __, message: ___, ...rest } = failure;
  return failureOf(
    'named-result-gone',
    `The rows of ${table.name} are gone: the budget had no room for them, or their file was written into since.`,
    {
      ...rest,
      hint: `Run paragraph ${table.place} again.`,
    },
  );
}
