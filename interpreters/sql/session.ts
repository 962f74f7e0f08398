/** What one engine process holds for its notebook, made at the start. */
import type { StartRequest } from '../protocol.ts';
import type { Columns } from './columns.ts';
import type { Engine } from './database.ts';
import type { Guard } from './guard.ts';
import type { NamedTables } from './named.ts';
import type { Ragged } from './ragged.ts';
import type { Sheets } from './sheets.ts';

export type Session = {
  readonly start: StartRequest;
  readonly engine: Engine;
  readonly named: NamedTables;
  readonly guard: Guard;
  readonly columns: Columns;
  readonly sheets: Sheets;
  readonly ragged: Ragged;
  /** Whether temporary tables were made, which `main` alone sees. */
  readonly temporary: { made: boolean };
  /** Whether statements may have left what later ones meet and nobody can look up: settings, variables, prepared statements. */
  readonly altered: { unseen: boolean /** How often tables and views may have come or gone. */; tables: number };
};
