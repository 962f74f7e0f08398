/**
 * Hostile statements: each asks the engine for something beyond its folders, or for another setting of the engine, in a way
 * of its own. All run in one notebook whose folder other code has prepared with links. `lawful` is the control: the same
 * way, within bounds.
 */
import type { Class as EnclosureClass } from './enclosure.ts';

export type StatementProbe = {
  readonly class: EnclosureClass | 'settings' | 'other sessions' | 'the session’s own';
  readonly what: string;
  readonly hostile: string;
  readonly lawful: string;
  /** It may end well (a link that leads nowhere matches no file): what it shows is looked at all the same. */
  readonly harmless?: true;
};

/** `HOST` is a file with the secret in a place of the host, `OTHER` one of another notebook, `SERVER` a port of the host. */
const same = (what: string, statement: string, own: string, of = 'HOST', harmless?: true): StatementProbe => ({
  class: 'files',
  what,
  hostile: statement.replaceAll('?', of),
  lawful: statement.replaceAll('?', own),
  ...(harmless ? { harmless } : {}),
});

export const STATEMENTS: readonly StatementProbe[] = [
  same('reads a file as text', "select * from read_text('?')", 'data/mine.csv'),
  same('reads a file as bytes', "select * from read_blob('?')", 'data/mine.csv'),
  same('reads a file as CSV', "select * from read_csv('?', header = false, sep = '~')", 'data/mine.csv'),
  same('reads a file as JSON', "select * from read_json('?', format = 'unstructured')", 'data/lines.json'),
  same('reads a file as lines of JSON', "select * from read_ndjson_objects('?')", 'data/lines.json'),
  same('reads a file as Parquet', "select * from read_parquet('?')", 'data/fine.parquet', 'OTHER.parquet'),
  same(
    'reads what a Parquet file tells of itself',
    "select * from parquet_metadata('?')",
    'data/fine.parquet',
    'OTHER.parquet',
  ),
  same('names a file in the place of a table', "select * from '?.csv'", 'data/mine', 'OTHER'),
  same('looks which files there are', "select * from glob('?')", 'data/*', 'HOSTFOLDER/*'),
  same('guesses the form of a file', "select * from sniff_csv('?')", 'data/mine.csv'),
  same(
    'copies a file into a table',
    "create or replace table t(a varchar); copy t from '?' (header false, delimiter '~')",
    'data/mine.csv',
  ),
  same('climbs out by ..', "select * from read_text('?')", 'data/../data/mine.csv', '/session/../HOST'),
  same('climbs out by an address of files', "select * from read_text('?')", 'data/mine.csv', 'file://HOST'),
  same('climbs out by a pattern', "select * from read_text('?')", 'data/m*.csv', '/session/*/../../HOST'),
  same('hands over a list of files', "select * from read_text(['data/mine.csv', '?'])", 'data/mine.csv'),
  same(
    'hides the file’s name in a variable',
    "set variable f = '?'; select * from read_text(getvariable('f'))",
    'data/mine.csv',
  ),
  same(
    'hides the reading in a macro',
    "create or replace macro m() as table select * from read_text('?'); select * from m()",
    'data/mine.csv',
  ),
  same(
    'hides the reading in a view',
    "create or replace view v as select * from read_text('?'); select * from v",
    'data/mine.csv',
  ),
  same(
    'hides the reading in a prepared statement',
    "prepare p as select * from read_text('?'); execute p",
    'data/mine.csv',
  ),
  same(
    'hides the reading in text that is run',
    "select * from query('select * from read_text(''?'')')",
    'data/mine.csv',
  ),
  same(
    'hides the reading in a serialized statement',
    "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''?'')'))",
    'data/mine.csv',
  ),
  same('follows a link that other code made', "select * from read_text('?')", 'link-own', 'link-host', true),
  same(
    'follows a folder’s link that other code made',
    "select * from read_text('?/mine.csv')",
    'data',
    'link-folder',
    true,
  ),
  same(
    'reads the environment of the first process',
    "select * from read_text('?')",
    'data/mine.csv',
    '/proc/1/environ',
  ),
  same('opens another notebook’s tables', "attach '?' as stranger (read_only)", 'own.duckdb', 'OTHERDB'),
  {
    class: 'network',
    what: 'reads an address of the web',
    hostile: "select * from read_csv('http://127.0.0.1:SERVER/x.csv')",
    lawful: "select * from read_csv('data/mine.csv')",
  },
  {
    class: 'network',
    what: 'reads an object store',
    hostile: "select * from 's3://bucket/x.parquet'",
    lawful: "select * from 'data/fine.parquet'",
  },
  {
    class: 'network',
    what: 'attaches a server’s database',
    hostile: "attach 'host=127.0.0.1 port=SERVER' as pg (type postgres)",
    lawful: "attach ':memory:' as mine; detach mine",
  },
  {
    class: 'network',
    what: 'installs an extension',
    hostile: 'install httpfs',
    lawful: "select json_valid('1')",
  },
  {
    class: 'kernel',
    what: 'loads a library that other code wrote',
    hostile: "load '/session/evil.duckdb_extension'",
    lawful: "select json_valid('1')",
  },
  {
    class: 'environment',
    what: 'asks for a variable of the environment',
    hostile: "select getenv('GONDOLA_PROBE_SECRET')",
    lawful: "set variable mine = 1; select getvariable('mine')",
  },
  {
    class: 'read-only places',
    what: 'copies over its own data',
    hostile: "copy (select 1) to 'data/mine.csv'",
    lawful: "copy (select 1) to 'copied.csv'",
  },
  {
    class: 'read-only places',
    what: 'copies into the programs',
    hostile: "copy (select 1) to '/app/x.csv'",
    lawful: "copy (select 1) to '/session/x.csv'",
  },
  {
    class: 'read-only places',
    what: 'writes through a link that other code made',
    hostile: "copy (select 1) to 'link-data/x.csv'",
    lawful: "copy (select 1) to 'folder/x.csv'",
  },
  {
    class: 'read-only places',
    what: 'writes files named by values',
    hostile: "copy (select 1 as a, '../../../app' as b) to 'data/parts' (partition_by (b), overwrite_or_ignore)",
    lawful: "copy (select 1 as a, '../../x' as b) to 'parts' (partition_by (b), overwrite_or_ignore)",
  },
  {
    class: 'read-only places',
    what: 'writes files named by a pattern',
    hostile:
      "copy (select 1 as a, 2 as b) to 'data/parts2' (partition_by (b), filename_pattern '../../../app/x_{i}', overwrite_or_ignore)",
    lawful:
      "copy (select 1 as a, 2 as b) to 'parts2' (partition_by (b), filename_pattern 'x_{i}', overwrite_or_ignore)",
  },
  {
    class: 'read-only places',
    what: 'exports the database elsewhere',
    hostile: "export database '/app/out'",
    lawful: "export database 'exported'",
  },
  {
    class: 'read-only places',
    what: 'makes a database among the results',
    hostile: "attach '/results/x.duckdb' as planted",
    lawful: "attach 'own2.duckdb' as own2; detach own2",
  },
  {
    class: 'read-only places',
    what: 'writes a log to a file',
    hostile: "call enable_logging(storage = 'file', storage_path = '/app/logs')",
    lawful: 'select count(*) from duckdb_logs',
  },
  {
    class: 'read-only places',
    what: 'writes profiles to a file',
    hostile: "set profiling_output = '/app/x.json'; pragma enable_profiling = 'json'; select 1",
    lawful: 'explain select 1',
  },
  ...(
    [
      ['opens the outside', 'set enable_external_access = true'],
      ['unlocks the settings', 'set lock_configuration = false'],
      ['resets what the server set', 'reset allowed_directories'],
      ['adds a folder', "set allowed_directories = ['/']"],
      ['adds a single file', "set allowed_paths = ['/etc/passwd']"],
      ['spills elsewhere', "set temp_directory = '/app'"],
      ['takes extensions from its own folder', "set extension_directory = '/session'"],
      ['takes extensions of anyone', 'set allow_unsigned_extensions = true'],
      ['takes more memory', "set memory_limit = '900GB'"],
      ['takes more threads', 'set threads = 512'],
      ['sets for all connections', 'set global enable_external_access = true'],
      ['sets by a pragma', 'pragma enable_external_access = true'],
    ] as const
  ).map(
    ([what, hostile]): StatementProbe => ({
      class: 'settings',
      what,
      hostile,
      lawful: "select current_setting('enable_external_access')",
    }),
  ),
  {
    class: 'settings',
    what: 'keeps a secret on disk',
    hostile: "create persistent secret s (type s3, key_id 'a', secret 'b')",
    lawful: 'select count(*) from duckdb_secrets()',
  },
  {
    class: 'other sessions',
    what: 'reads the statements of other connections',
    hostile: 'call enable_logging(); select * from duckdb_logs',
    lawful: 'select 1',
    harmless: true,
  },
  {
    class: 'other sessions',
    what: 'lists every database that is open',
    hostile: 'select * from duckdb_databases()',
    lawful: 'select current_database()',
    harmless: true,
  },
  {
    class: 'other sessions',
    what: 'lists every file that is open',
    hostile: 'select * from pragma_database_size()',
    lawful: 'select current_database()',
    harmless: true,
  },
  {
    class: 'the session’s own',
    what: 'takes away the session’s database',
    hostile: 'use memory; detach session',
    lawful: "attach ':memory:' as gone; detach gone",
  },
  {
    class: 'the session’s own',
    what: 'forges a named result',
    hostile: 'create table named.forged as select 1',
    lawful: 'create or replace table mine as select 1',
  },
  {
    class: 'the session’s own',
    what: 'speaks to the server in the engine’s name',
    hostile: "copy (select 'x') to 'link-protocol' (header false)",
    lawful: "copy (select 'x') to 'plain' (header false)",
  },
];
