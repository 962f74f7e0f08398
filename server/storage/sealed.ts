/**
 * Records of `gondola.db` that open doors. SQLite finds few flipped bits by itself, so each record has a checksum over its
 * id and body, and each table a seal: how many rows it has and the sum of their checksums. A changed, lost or resurrected
 * row breaks one of them, and `readSealed` then throws: what is damaged is told, and opens nothing.
 */
import { crc32 } from 'node:zlib';
import { type Database, DatabaseError } from './database.ts';

export const SEALED = ['accounts', 'grants', 'links', 'tokens', 'signins', 'invitations'] as const;
export type SealedTable = (typeof SEALED)[number];

export type SealedRow = { readonly id: string; readonly body: unknown };

/** What a transaction changes of the tables; `undefined` removes. */
export type Change = { readonly table: SealedTable; readonly id: string; readonly body: object | undefined };

const checksum = (id: string, body: string): number => crc32(`${id}\u0000${body}`);

/** Sums wrap, so that the order of changes does not matter. */
const SUM = 2 ** 32;

/** Throws DatabaseError `damaged`. */
export function readSealed(database: Pick<Database, 'all'>, table: SealedTable): readonly SealedRow[] {
  let sum = 0;
  const rows = database.all(`select id, body, crc from ${table}`).map(({ id, body, crc }) => {
    if (typeof id !== 'string' || typeof body !== 'string' || typeof crc !== 'number') throw damaged(table, 'a row');
    if (checksum(id, body) !== crc) throw damaged(table, 'a row');
    sum = (sum + crc) % SUM;
    return { id, body: parse(table, body) };
  });
  const [seal] = database.all('select rows, crc from seals where tab = ?', table);
  if ((seal?.rows ?? 0) !== rows.length || (seal?.crc ?? 0) !== sum) throw damaged(table, 'the count of rows');
  return rows;
}

/** What `decide` gives is written, all or nothing; nobody else writes between the two. Throws DatabaseError. */
export function writeSealed(database: Database, decide: () => readonly Change[]): readonly Change[] {
  return database.write((run) => {
    const changes = decide();
    for (const { table, id, body } of changes) {
      const [old] = database.all(`select crc from ${table} where id = ?`, id);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const crc = text === undefined ? 0 : checksum(id, text);
      if (text === undefined) run(`delete from ${table} where id = ?`, id);
      else run(`insert or replace into ${table} (id, body, crc) values (?, ?, ?)`, id, text, crc);
      const rows = (text === undefined ? 0 : 1) - (old ? 1 : 0);
      const sum = (crc - Number(old?.crc ?? 0) + SUM) % SUM;
      run('insert or ignore into seals (tab, rows, crc) values (?, 0, 0)', table);
      run(`update seals set rows = rows + ?, crc = (crc + ?) % ${SUM} where tab = ?`, rows, sum, table);
    }
    return changes;
  });
}

function parse(table: SealedTable, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw damaged(table, 'a row');
  }
}

const damaged = (table: SealedTable, what: string): DatabaseError =>
  new DatabaseError('damaged', `gondola.db: ${what} of ${table} is not as it was written`);
