/**
 * The catalogue of what can go wrong in a run: a stable code and what to do about it. The message says what happened and
 * is made where it happens; a hint there goes before the one here. `docs/interpreters.md` lists the codes, compared by a
 * test. Codes are outputs of runs; what the server itself answers stands in `server/errors.ts`.
 */
import type { Failure } from './protocol.ts';

export const failures = {
  syntax: 'Look at the marked place: a word, comma or bracket is missing or too much.',
  'unknown-table': 'The Tables panel lists what there is; a paragraph with name= has to run first.',
  'unknown-column': 'The Tables panel lists the columns of each table.',
  'unknown-function': 'Type the first letters of a function for a list.',
  'unknown-name': 'Check the name, or create it first.',
  'ambiguous-column': 'Put the table before the column: table.column.',
  'already-exists': 'Use “create or replace”, or “create … if not exists”.',
  'not-grouped':
    'Add the column to “group by” (or use “group by all”), or wrap it in an aggregate such as any_value().',
  type: 'Convert the value first: x::INTEGER fails on bad values, try_cast(x as INTEGER) gives null for them.',
  'out-of-range': 'Use a wider type, such as x::BIGINT, x::HUGEINT or x::DOUBLE.',
  'file-not-found': 'Files lie in data/: drop one on the page, or pick one from the Tables panel.',
  'file-unreadable': 'Check that the file is what its ending says; read_csv() and its kin take options for others.',
  'xlsx-too-large': 'Save the part that is needed as a file of its own, or as CSV.',
  'unknown-sheet': "Name a sheet that the file has: from 'data/FILE.xlsx#SHEET'.",
  'file-encoding':
    "Say the encoding: from read_csv('data/FILE', encoding = 'latin-1'), or skip bad lines with ignore_errors = true.",
  refused: 'A notebook sees its data/ folder and its own session folder, and writes to the session folder only.',
  'setting-locked': 'Engine settings are fixed when a session starts.',
  parameter: 'Parameters are forms: declare one where it is used, ${day=2015-01-01}, or in the notebook’s forms.',
  'unknown-form': 'Declare it where it is used, ${day=2015-01-01}, or in the notebook’s forms.',
  'form-place':
    'A value can stand where a text or a number can. Elsewhere, such as for a table, declare a select and write its options down.',
  constraint: 'The rows break a constraint of the table; look at the detail for which.',
  transaction: 'Begin and commit in the same paragraph.',
  'in-use': 'Drop what depends on it first, or use “drop … cascade”.',
  'out-of-memory': 'Read fewer columns or rows, aggregate earlier, or give sessions more memory.',
  'out-of-disk': 'Free space, or restart and clear the session.',
  'too-wide': 'Select fewer columns.',
  'name-taken': 'Give the paragraph another name, or drop the table of this name.',
  'no-data': 'Name a table that it draws: "data": {"name": "flights"}.',
  'no-result': 'End the paragraph with a query, or take its name away.',
  'named-result-gone': 'Run the paragraph that makes it again.',
  'session-damaged':
    'Restart and clear the session, then run the paragraphs again; files and named results are not touched.',
  'too-large': 'Aggregate, filter or sample first: fewer rows are needed.',
  'too-many-cursors': 'Read one query’s rows to their end, or close them, before reading the next.',
  'rows-gone': 'Run the paragraph again: the engine was started anew, and what the run had there is gone.',
  'no-query': 'Begin with select, from or with; other statements belong in a SQL paragraph.',
  'name-unfit': 'Use letters, digits and _ for a table’s name.',
  'exit-code': 'A paragraph stops at the first command that fails; “set +e” at its top lets it go on.',
  'no-bash': 'Shell paragraphs need bash and coreutils on the machine that runs the server.',
  'lambda-failed': 'Look at the row in the message, and guard the value before it is used.',
  'lambda-promise': 'A lambda gives its value at once: await what it needs before, and use that value in it.',
  'lambda-unreadable': 'Write the function where it is used: row => …',
  'past-safe-integer':
    'Numbers in a lambda are exact up to 2^53. Compare such a column in SQL, or make it a text there: id::VARCHAR.',
  'mixed-values': 'A column has one type: give one kind of value for every row, or null.',
  argument: 'The completion list shows what the verb takes, with an example.',
  'chart-spec': 'A specification is plain Vega-Lite JSON; its data goes in the first argument.',
  thrown: 'Catch it with try … catch, or mend what threw it; the detail has the calls that led there.',
  'never-settles': 'Look at what is awaited: nothing that could settle it is left, neither a timer nor a query.',
  import: "Packages can’t be imported. Put code into a .ts file beside the notebook: import { f } from './helpers.ts'.",
  'not-granted':
    'The operator grants hosts to notebooks: the setting "network". A granted name must lead to a public address, or be granted as private.',
  'fetch-failed': 'Look at the address, and whether the service answers; catch it with try … catch.',
  'out-of-isolate-memory':
    'Work on fewer rows or columns at once, let the engine do it (filter, summarize), or give sessions more memory (setting "memory"). Tables are kept; variables are gone.',
  unsupported: 'The engine can’t do this.',
  engine: 'The engine’s own words are in the detail.',
  internal: 'This is a fault of the interpreter: restart the session, and report it with the detail.',
  protocol: 'The server and the interpreter speak different versions: restart the server.',
} as const satisfies Record<string, string>;

export type FailureCode = keyof typeof failures;

export type FailureParts = Omit<Failure, 'code' | 'message'>;

/** A failure with the catalogue's hint where it brings none of its own. */
export const failure = (code: FailureCode, message: string, parts: FailureParts = {}): Failure => ({
  code,
  message,
  hint: failures[code],
  ...parts,
});

/** Carries a failure out of a depth; the run's outcome is the failure. */
export class Failed extends Error {
  readonly failure: Failure;
  constructor(cause: Failure) {
    super(cause.message);
    this.failure = cause;
  }
}
