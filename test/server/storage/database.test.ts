import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, DatabaseError, openDatabase } from '../../../server/storage/database.ts';
import { steps } from '../../../server/storage/schema.ts';
import { readSealed, writeSealed } from '../../../server/storage/sealed.ts';

let folder: string;
let path: string;
const opened: Database[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-database-'));
  path = join(folder, 'deep', 'gondola.db');
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true });
});

function open(schema?: readonly string[]): Database {
  const database = openDatabase(path, schema);
  opened.push(database);
  return database;
}
const put = (database: Database, id: string, body: object | undefined) =>
  writeSealed(database, () => [{ table: 'accounts', id, body }]);

describe('the database', () => {
  it('is absent until something is written, then its owner’s alone', () => {
    const database = open();
    expect([database.state(), database.all('select 1'), readSealed(database, 'accounts')]).toEqual([
      { state: 'absent' },
      [],
      [],
    ]);
    put(database, 'a', { name: 'Ada' });
    expect(database.state()).toEqual({ state: 'open' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(database.all('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(database.all('pragma synchronous')).toEqual([{ synchronous: 2 }]);
  });

  it('keeps what was written, all of it or nothing', () => {
    put(open(), 'a', { name: 'Ada' });
    const again = open();
    expect(readSealed(again, 'accounts')).toEqual([{ id: 'a', body: { name: 'Ada' } }]);
    expect(() =>
      again.write((run) => {
        run('delete from accounts');
        throw new Error('in between');
      }),
    ).toThrow('in between');
    expect(readSealed(again, 'accounts')).toHaveLength(1);
  });

  it('tells one process what another wrote', () => {
    const [one, other] = [open(), open()];
    put(one, 'a', {});
    const before = other.version();
    put(one, 'b', {});
    expect(other.version()).not.toBe(before);
    expect(readSealed(other, 'accounts')).toHaveLength(2);
  });

  it('reads what is of one moment, whatever another process writes meanwhile', () => {
    const [one, other] = [open(), open()];
    put(one, 'a', {});
    const seen = other.read(() => {
      const before = other.all('select count(*) as n from accounts');
      put(one, 'b', {});
      return [...before, ...other.all('select count(*) as n from accounts')];
    });
    expect(seen).toEqual([{ n: 1 }, { n: 1 }]);
    expect(readSealed(other, 'accounts')).toHaveLength(2);
  });

  it('of an older schema is brought up to date; a newer one is read and never written', () => {
    put(open(), 'a', { name: 'Ada' });
    opened.pop()!.close();
    const newer = [...steps, 'create table later (x integer) strict'];
    expect(open(newer).all('select count(*) as n from later')).toEqual([{ n: 0 }]);
    opened.pop()!.close();
    const old = open();
    expect(old.state()).toMatchObject({ state: 'read-only' });
    expect(readSealed(old, 'accounts')).toHaveLength(1);
    expect(() => put(old, 'b', {})).toThrow(DatabaseError);
  });

  it('refuses to change or remove an entry of the audit log', () => {
    const database = open();
    database.write((run) => run("insert into audit (at, body, crc) values (1, '{}', 0)"));
    expect(() => database.write((run) => run('update audit set at = 2'))).toThrow(/append-only/);
    expect(() => database.write((run) => run('delete from audit'))).toThrow(/append-only/);
  });
});

describe('sealed rows', () => {
  const damaged = (change: string) => {
    const database = open();
    for (const id of ['a', 'b']) put(database, id, { name: id });
    database.write((run) => run(change));
    return () => readSealed(database, 'accounts');
  };

  it.each([
    ['changed', `update accounts set body = '{"name":"c"}' where id = 'a'`],
    ['given another id', `update accounts set id = 'c' where id = 'a'`],
    ['lost', `delete from accounts where id = 'a'`],
    ['brought back', `insert into accounts select 'c', body, crc from accounts where id = 'a'`],
    ['lost with their seal’s count', `update seals set rows = 1`],
  ])('that were %s are not believed', (_what, change) => {
    expect(damaged(change)).toThrow(/not as it was written/);
  });

  it('are whole after changes in any order', () => {
    const database = open();
    for (const id of ['a', 'b', 'c']) put(database, id, { name: id });
    put(database, 'b', undefined);
    put(database, 'missing', undefined);
    put(database, 'a', { name: 'again' });
    expect(readSealed(open(), 'accounts').map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('with any bit of the file flipped are as they were, or told as damaged', () => {
    const database = open();
    for (let at = 0; at < 20; at += 1) put(database, `person${at}`, { name: `Person ${at}`, role: 'reader' });
    const whole = JSON.stringify(readSealed(database, 'accounts'));
    opened.pop()!.close();
    const bytes = readFileSync(path);
    let told = 0;
    // A step that is prime to the size of a page falls on every part of one.
    for (let bit = 5; bit < bytes.length * 8; bit += 1009) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, flipped);
      const one = openDatabase(path);
      try {
        expect([bit, JSON.stringify(readSealed(one, 'accounts'))]).toEqual([bit, whole]);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        told += 1;
      } finally {
        one.close();
      }
    }
    expect(told).toBeGreaterThan(5);
  });
});
