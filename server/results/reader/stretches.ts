/**
 * Stretches of a view in memory. Rows at neighbouring positions are scattered over the file, and fetching two hundred of them
 * costs as much as fetching twenty thousand; so whole stretches of positions are fetched, and windows are served from those.
 */
import type { Engine } from './engine.ts';
import type { Found } from './found.ts';
import type { Table } from './tables.ts';
import { type Asker, HOUSE } from './turns.ts';

/** `place` names the column of positions, counted from `first`. */
export type Stretch = { readonly table: string; readonly place: string; readonly first: number; readonly rows: number };
export type Range = { readonly from: number; readonly to: number };
/** What stretches are of. */
export type Owner = { readonly key: string; readonly asker: Asker; readonly table: Table; readonly found: Found };

export type Held = {
  readonly owner: Owner;
  readonly name: string;
  readonly stretch: Promise<Stretch>;
  /** Aborted when nobody waits for it before it has come: someone drags through the whole result. */
  readonly stop: AbortController;
  users: number;
  come: boolean;
};

export interface Stretches {
  /** The stretch of these positions, fetched if it is not there. */
  take(owner: Owner, range: Range): Held;
  /** Lets go of what was taken. */
  give(held: readonly Held[]): void;
  /** Drops what is made of these owners and in nobody's use; with `all`, whatever is. */
  forget(which: (owner: Owner) => boolean, all: boolean): Promise<void>;
}

/** Stretches in memory, the longest unused goes first: someone's way through a result, and back. */
const MAX_STRETCHES = 24;

export function openStretches(engine: Engine): Stretches {
  const held = new Map<string, Held>();
  const never = new AbortController().signal;
  let count = 0;

  async function fetchStretch(owner: Owner, name: string, { from, to }: Range, signal: AbortSignal): Promise<Stretch> {
    await owner.found.reach(to);
    const rows = owner.found.part(from, to);
    const place = freshName(owner.table);
    await engine.use('stretch', owner.asker, signal, async (connection) => {
      await connection.run(`create table p${name} (${place} integer, at_row bigint)`);
      try {
        const appender = await connection.connection.createAppender(`p${name}`);
        rows.forEach((row, position) => {
          appender.appendInteger(position);
          appender.appendBigInt(BigInt(row));
          appender.endRow();
        });
        appender.closeSync();
        await connection.run(
          `create table ${name} as select p.${place}, t.* from p${name} p join ${owner.table.sql} t on t.__row = p.at_row order by p.${place}`,
        );
      } finally {
        await connection.run(`drop table p${name}`);
      }
    });
    return { table: name, place, first: from, rows: rows.length };
  }

  async function discard(key: string, one: Held): Promise<void> {
    if (held.get(key) === one) held.delete(key);
    await one.stretch.catch(() => undefined);
    await engine
      .use('window', HOUSE, never, (connection) => connection.run(`drop table if exists ${one.name}`))
      .catch(() => {});
  }

  return {
    take: (owner, range) => {
      const key = `${owner.key}:${range.from}-${range.to}`;
      const existing = held.get(key);
      // One that was given up has not ended yet, and would end whoever takes it.
      if (existing && !existing.stop.signal.aborted) {
        held.delete(key);
        held.set(key, existing);
        existing.users += 1;
        return existing;
      }
      count += 1;
      const name = `s${count}`;
      const stop = new AbortController();
      const stretch = fetchStretch(owner, name, range, stop.signal);
      const one: Held = { owner, name, users: 1, come: false, stop, stretch };
      held.set(key, one);
      stretch.then(
        () => {
          one.come = true;
          // Given up too late, and asked for anew meanwhile.
          if (held.get(key) !== one) void discard(key, one);
        },
        () => {
          if (held.get(key) === one) held.delete(key);
        },
      );
      return one;
    },
    give: (used) => {
      for (const one of used) {
        one.users -= 1;
        if (one.users === 0 && !one.come) one.stop.abort();
      }
      for (const [key, one] of held) {
        if (held.size <= MAX_STRETCHES) return;
        if (one.users === 0) void discard(key, one);
      }
    },
    forget: async (which, all) => {
      const gone = [...held].filter(([, one]) => which(one.owner) && (all || one.users === 0));
      await Promise.all(gone.map(([key, one]) => discard(key, one)));
    },
  };
}

/** A name that no column has. */
function freshName(table: Table): string {
  const taken = new Set(table.columns.map((column) => column.name.toLowerCase()));
  let name = '__place';
  while (taken.has(`"${name}"`)) name += '_';
  return name;
}
