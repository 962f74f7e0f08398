/**
 * Functions and operators of the engine that give the same for the same; what is not among them may not, a user's macro too.
 * The engine takes a tenth of a second to list them, so the list of the version that Gondola comes with is written down
 * (`steady-names.ts`, which a test compares), and only another version is asked.
 */
import duckdb from '@duckdb/node-bindings';
import { type Engine, readTexts } from '../database.ts';
import { NAMES, VERSION } from './steady-names.ts';

export async function steadyFunctions(connection: Engine['meta']): Promise<ReadonlySet<string>> {
  return new Set(duckdb.library_version() === VERSION ? NAMES.split(/\s+/) : await listSteady(connection));
}

/** In the definition of a macro of the engine: it tells of the moment, or of the session. */
const MOVING = 'current_|sleep|random|uuid|duckdb_|pragma_';
/** The engine says of these that they are steady; they look at the clock, at settings, or at some rows only. */
const SWAYED: ReadonlySet<string> = new Set([
  ...['current_localtime', 'current_localtimestamp', 'age', 'current_setting', 'getvariable', 'reservoir_quantile'],
]);

/** As the engine tells, sorted. */
export async function listSteady(connection: Engine['meta']): Promise<readonly string[]> {
  const rows = await readTexts(
    connection,
    `select lower(function_name) from duckdb_functions() where internal
       and not coalesce(regexp_matches(macro_definition, '${MOVING}'), false)
     group by 1 having bool_and(coalesce(stability, 'CONSISTENT') = 'CONSISTENT')`,
  );
  return rows.flatMap(([name]) => (name == null || SWAYED.has(name) ? [] : [name])).toSorted();
}
