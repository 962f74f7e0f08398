/**
 * The tables of `gondola.db`, as steps: step n brings version n to n + 1, and is never changed once it was shipped. Add
 * a table by adding a step at the end. A record is JSON with a checksum over id and body (`sealed.ts`); what is asked for
 * by time or in pages has columns of its own.
 */
const sealed = (table: string): string =>
  `create table ${table} (id text primary key, body text not null, crc integer not null) strict, without rowid;`;

/** Rows are added and never changed: the database itself refuses anything else. */
const appendOnly = (table: string): string => `
  create trigger ${table}_unchanged before update on ${table} begin select raise(abort, '${table} is append-only'); end;
  create trigger ${table}_kept before delete on ${table} begin select raise(abort, '${table} is append-only'); end;`;

export const steps: readonly string[] = [
  `create table seals (tab text primary key, rows integer not null, crc integer not null) strict, without rowid;
  ${['accounts', 'grants', 'links', 'tokens', 'signins'].map(sealed).join('\n')}
  create table audit (seq integer primary key autoincrement, at integer not null, body text not null, crc integer not null) strict;
  create index audit_at on audit (at);
  ${appendOnly('audit')}`,
  sealed('invitations'),
  // The oldest entries of the audit log may go, below a mark that stays.
  `create table audit_trims (at integer not null, upto integer not null) strict;
  ${appendOnly('audit_trims')}
  drop trigger audit_kept;
  create trigger audit_kept before delete on audit when old.seq > coalesce((select max(upto) from audit_trims), 0)
    begin select raise(abort, 'audit is append-only'); end;`,
];
