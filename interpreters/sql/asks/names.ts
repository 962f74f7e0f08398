/** Which names are tables, so that a program can offer each under its own. */
import { readTexts, SESSION_CATALOG } from '../database.ts';
import type { Session } from '../session.ts';

const OWN = `
  select table_name from duckdb_tables()
  where database_name = '${SESSION_CATALOG}' and schema_name = 'main' and not internal
  union select view_name from duckdb_views()
  where database_name = '${SESSION_CATALOG}' and schema_name = 'main' and not internal`;

export async function namesAmong({ engine, named }: Session, asked: readonly string[]): Promise<readonly string[]> {
  const own = await readTexts(engine.meta, OWN);
  const known = new Set([...named.offered().map(({ name }) => name), ...own.flatMap(([name]) => name ?? [])]);
  return asked.filter((name) => known.has(name));
}
