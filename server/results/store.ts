/**
 * Results of a workspace: the notebooks' manifests, the budget, and windows by the reader. A notebook's manifest is read when
 * first asked for; a result's id begins with its notebook's, so nothing is read at start and no index is kept. What is still
 * being written lives in memory alone: its first block is all there is to see, and no reader could open its file. Long, as
 * all of them take a shelf and give it back here.
 */
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { planChart } from '../protocol/chart/plan.ts';
import type { NotebookId, ResultId } from '../protocol/ids.ts';
import { keyIn, notebookIn, recordsOf, type SessionKey } from '../protocol/keys.ts';
import type { Column } from '../protocol/outputs.ts';
import { planPivot } from '../protocol/pivot/plan.ts';
import type { PivotSpec } from '../protocol/pivot.ts';
import { EVERYTHING, isNarrow, type Narrow } from '../protocol/table/narrow.ts';
import type { NamedResult } from '../sessions/contract.ts';
import { type Disk, DiskError } from '../storage/disk.ts';
import { handOver, jsonOf } from './answers.ts';
import {
  narrowOf,
  orderOf,
  placeOf,
  readProfile,
  readProgress,
  readStatement,
  readSums,
  undrawable,
  unpivotable,
} from './asked.ts';
import { type Book, type NewEntry, openBook } from './book.ts';
import { type Candidate, candidatesOf, chooseDropped } from './budget.ts';
import { openCensus, readEntries } from './census.ts';
import type { Reader } from './client.ts';
import type { ResultInfo, ResultOwner, Results, WindowQuery } from './contract.ts';
import type { Downloads, Wanted } from './downloads.ts';
import type { ResultFiles } from './files.ts';
import { type Condition, type Linked, watchLinked } from './linked.ts';
import { type Entry, fileOf, sizeOf } from './manifest.ts';
import { openKeptProfiles } from './profiles.ts';
import type {
  ChartRequest,
  PivotRequest,
  ProfileRequest,
  ProgressRequest,
  ReaderSource,
  SumsRequest,
  WindowRequest,
} from './reader/protocol.ts';
import type { Asker } from './reader/turns.ts';
import { holdingsOf } from './weight.ts';

/** Whose share it takes what the server asks for itself: options of forms, reports. */
const SERVER: Asker = 'server';

export type ResultsParts = {
  /** Rooted where `notebooks/ID/` lies, as `files` is. */
  readonly disk: Disk;
  readonly files: ResultFiles;
  readonly reader: Reader;
  readonly downloads: Downloads;
  readonly now: () => number;
  /** Bytes: of a notebook's results that are not their paragraph's latest; of all results. */
  readonly budget: { readonly notebook: number; readonly workspace: number };
  /** Results that named versions of the notebook show. */
  readonly held?: (notebook: NotebookId) => Promise<ReadonlySet<ResultId>>;
  /** Between two manifests that are counted; a few milliseconds by default. */
  readonly pause?: () => Promise<void>;
};

/** Manifests in memory: those of notebooks that people have open, and then some. */
const MAX_BOOKS = 200;
/** Over the workspace's budget, room is made for a while: finding what goes means reading every manifest. */
const WORKSPACE_TARGET = 0.9;

type Open = {
  readonly owner: ResultOwner;
  readonly columns: readonly Column[];
  readonly block: Uint8Array | undefined;
  readonly rows: number;
};
type NamedSource = NamedResult['source'];
type Shelf = { readonly book: Promise<Book>; users: number };

export function openResults(parts: ResultsParts): Results {
  const { disk, files, reader, downloads, now, budget, held = async () => new Set<ResultId>() } = parts;
  const open = new Map<ResultId, Open>();
  const keeping = new Map<ResultId, Promise<unknown>>();
  const shelves = new Map<SessionKey, Shelf>();
  const watched = new Map<ResultId, () => Promise<Condition>>();
  const profiles = openKeptProfiles(disk);
  const census = openCensus(disk, parts.pause ?? pause);
  let enforcing: Promise<readonly ResultId[]> = Promise.resolve([]);
  let closed = false;

  async function use<T>(key: SessionKey, work: (book: Book) => Promise<T> | T): Promise<T> {
    if (closed) throw new AppError('unavailable');
    const shelf = shelves.get(key) ?? { book: openBook(disk, files, recordsOf(key), notebookIn(key)), users: 0 };
    shelves.delete(key);
    shelves.set(key, shelf);
    shelf.users += 1;
    try {
      const book = await shelf.book.catch((error: unknown) => {
        if (shelves.get(key) === shelf) shelves.delete(key);
        throw refusal(error);
      });
      const answer = await work(book);
      census.set(key, book.bytes, book.linked);
      return answer;
    } finally {
      shelf.users -= 1;
      putAway();
    }
  }

  function putAway(): void {
    for (const [key, shelf] of shelves) {
      if (shelves.size <= MAX_BOOKS) return;
      if (shelf.users > 0) continue;
      shelves.delete(key);
      void shelf.book.then((book) => book.close()).catch(() => {});
    }
  }

  async function find(id: ResultId): Promise<Entry | undefined> {
    const key = keyIn(id);
    if (!key) return undefined;
    return use(key, (book) => {
      const entry = book.entries.get(id);
      if (!entry && book.damage) throw new AppError('notebook-damaged', book.damage);
      return entry;
    });
  }

  const entryOf = (owner: ResultOwner, columns: readonly Column[], rows: number): NewEntry => {
    if (notebookIn(keyOf(owner.id)) !== owner.notebook)
      throw new TypeError('a result’s id is made by newResultId(key)');
    return { ...owner, at: now(), columns, rows };
  };

  /** Looked at before each run, so what is known of it is kept. */
  async function linkedSource(id: ResultId, path: string, linked: Linked): Promise<NamedSource | undefined> {
    const look = watched.get(id) ?? watchLinked(path, linked);
    watched.set(id, look);
    return (await look()) === 'same' ? { kind: 'file', path, parquet: true } : undefined;
  }

  function letGo(id: ResultId): void {
    watched.delete(id);
    reader.release(id);
    downloads.drop(id);
    void profiles.drop(id);
  }

  async function drop(key: SessionKey, ids: readonly ResultId[]): Promise<void> {
    await use(key, (book) => book.drop(ids));
    for (const id of ids) letGo(id);
  }

  async function enforce(): Promise<readonly ResultId[]> {
    const dropped: ResultId[] = [];
    await census.count();
    const holdings = await holdingsOf(census.linked(), files);
    for (const key of [...shelves.keys()]) {
      const over = await use(key, async (book) => {
        if (book.damage) return [];
        // A full disk takes no record of it, and room is made all the same.
        await book.weigh(holdings).catch(() => {});
        if (book.bytes <= budget.notebook) return [];
        const candidates = candidatesOf(book.entries.values(), await held(notebookIn(key)));
        return chooseDropped(
          candidates.filter((candidate) => !candidate.latest),
          budget.notebook,
        );
      });
      if (over.length === 0) continue;
      await drop(
        key,
        over.map((candidate) => candidate.id),
      );
      dropped.push(...over.map((candidate) => candidate.id));
    }
    if (census.sum <= budget.workspace) return dropped;
    const candidates: Candidate[] = [];
    for (const key of census.keys()) {
      const entries = await readEntries(disk, key);
      candidates.push(...candidatesOf(entries.values(), await held(notebookIn(key))));
    }
    const over = Map.groupBy(
      chooseDropped(candidates, budget.workspace, budget.workspace * WORKSPACE_TARGET),
      (candidate) => keyOf(candidate.id),
    );
    for (const [key, gone] of over) {
      const ids = gone.map((candidate) => candidate.id);
      // A damaged manifest can't say so; the others make the room.
      const refused = await drop(key, ids).then(
        () => false,
        (error: unknown) => error instanceof AppError && error.code === 'notebook-damaged',
      );
      if (!refused) dropped.push(...ids);
    }
    return dropped;
  }

  async function keep(owner: ResultOwner, work: () => Promise<number>): Promise<number> {
    const kept = work().finally(() => {
      open.delete(owner.id);
      keeping.delete(owner.id);
    });
    keeping.set(owner.id, kept);
    return kept;
  }

  /** A small result is shown before it is durable: who asks more of it than its first block waits those milliseconds. */
  async function beKept(id: ResultId): Promise<void> {
    const kept = keeping.get(id);
    if (!kept) throw new AppError('result-open');
    await kept.catch(() => {});
  }

  const pathOf = ({ id }: Entry, name: string): string => files.path(`${recordsOf(keyOf(id))}/results`, name);

  function sourceOf(entry: Entry): ReaderSource {
    const { id: key, form } = entry;
    if (form.kind === 'linked') return { kind: 'linked', key, path: pathOf(entry, form.name), linked: form.linked };
    return form.kind === 'file' ? { kind: 'file', key, path: pathOf(entry, form.name) } : { kind: 'block', key };
  }

  /** Throws AppError: not-found, result-gone. */
  async function kept(id: ResultId): Promise<Entry> {
    const entry = await find(id);
    if (!entry) throw new AppError('not-found', 'result');
    if (entry.form.kind === 'dropped') throw new AppError('result-gone');
    return entry;
  }

  const tableOf = (entry: Entry) => ({ source: sourceOf(entry), columns: [...entry.columns], rows: entry.rows });

  const blockOf = (entry: Entry): (() => Promise<Uint8Array>) | undefined =>
    fileOf(entry) === undefined ? () => use(keyOf(entry.id), (book) => book.read(entry)) : undefined;

  function requestOf(entry: Entry, query: WindowQuery, asker: Asker): WindowRequest {
    return {
      type: 'window',
      asker,
      ...tableOf(entry),
      bytes: sizeOf(entry),
      offset: query.offset,
      ...(query.limit === undefined ? {} : { limit: query.limit }),
      order: orderOf(entry.columns, query.sort),
      narrow: narrowOf(entry.columns, query.narrow ?? EVERYTHING),
      ...(query.written ? { written: query.written } : {}),
      format: query.format,
    };
  }

  async function pivotRequest(
    id: ResultId,
    spec: PivotSpec | undefined,
    narrow: Narrow,
    asker: Asker,
  ): Promise<[Entry, PivotRequest]> {
    if (open.has(id)) await beKept(id);
    const entry = await kept(id);
    const { source, columns } = tableOf(entry);
    const planned = planPivot(spec, columns);
    if ('problem' in planned) throw unpivotable(planned.problem);
    const placed = narrowOf(columns, narrow);
    return [entry, { type: 'pivot', asker, source, columns, narrow: placed, plan: planned.plan }];
  }

  /** Of a whole result. */
  async function wantedOf(id: ResultId, query: WindowQuery, asker: Asker): Promise<Wanted> {
    if (open.has(id)) await beKept(id);
    const entry = await kept(id);
    const request = requestOf(entry, query, asker);
    const { order, narrow, written, format } = request;
    return {
      result: id,
      key: JSON.stringify([id, format, order, narrow, written]),
      make: (signal, onProgress) => reader.ask(request, blockOf(entry), signal, onProgress),
    };
  }

  return {
    open: (owner, columns, block, rows) => {
      const before = open.get(owner.id);
      open.set(owner.id, { owner, columns, rows, block: block ?? before?.block });
    },
    keepBlock: (owner, columns, rows, block) =>
      keep(owner, async () => {
        const entry = entryOf(owner, columns, rows);
        refuseBeyond(block.length, budget.workspace);
        return (await use(keyOf(owner.id), (book) => book.keepBlock(entry, block))).bytes;
      }),
    keepFile: (owner, columns, rows, file, linked) =>
      keep(owner, async () => {
        const entry = entryOf(owner, columns, rows);
        reader.warm();
        const room = (bytes: number) => refuseBeyond(bytes, budget.workspace);
        const kept = await use(keyOf(owner.id), (book) =>
          linked ? book.keepLinked(entry, file, linked, room) : book.keepFile(entry, file, room),
        );
        return sizeOf(kept);
      }),
    renew: async (ids, run) => {
      for (const [key, group] of Map.groupBy(ids, keyOf))
        if (!(await use(key, (book) => book.renew(group, run, now())))) return false;
      return true;
    },
    abandon: (id) => {
      open.delete(id);
    },
    info: async (id) => {
      const writing = open.get(id);
      if (writing) {
        const { owner, columns, rows } = writing;
        return { id, notebook: owner.notebook, run: owner.run, columns, rows, bytes: 0, state: 'open' };
      }
      const entry = await find(id);
      return entry && infoOf(entry);
    },
    source: async (id) => {
      const entry = await find(id);
      if (!entry || entry.form.kind === 'dropped') return undefined;
      const { form } = entry;
      if (form.kind === 'linked') return linkedSource(id, pathOf(entry, form.name), form.linked);
      if (form.kind !== 'file') return { kind: 'block', read: () => use(keyOf(id), (book) => book.read(entry)) };
      return { kind: 'file', path: pathOf(entry, form.name) };
    },
    window: async (id, query, signal, asker = SERVER) => {
      const isPlain = query.sort.length === 0 && !isNarrow(query.narrow ?? EVERYTHING);
      const whole = query.format === 'arrow' && isPlain && query.offset === 0;
      const writing = open.get(id);
      if (writing) {
        if (whole && query.limit !== undefined && writing.block) return { contentType: ARROW, body: writing.block };
        await beKept(id);
      }
      const entry = await kept(id);
      const request = requestOf(entry, query, asker);
      const block = blockOf(entry);
      if (block && whole && (query.limit ?? entry.rows) >= entry.rows)
        return { contentType: ARROW, body: await block() };
      return handOver(await reader.ask(request, block, signal));
    },
    prepare: async (id, query, signal, asker = SERVER) => downloads.watch(await wantedOf(id, query, asker), signal),
    prepared: async (id, query, wait, signal, asker = SERVER) => {
      const wanted = await wantedOf(id, query, asker);
      if (!wait) return downloads.find(wanted.key);
      return downloads.whole(wanted, signal).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-prepared') return undefined;
        throw error;
      });
    },
    chart: async (id, spec, narrow, signal, asker = SERVER) => {
      if (open.has(id)) await beKept(id);
      const entry = await kept(id);
      const planned = planChart(spec, entry.columns);
      if ('problem' in planned) throw undrawable(planned.problem);
      const request: ChartRequest = {
        type: 'chart',
        asker,
        ...tableOf(entry),
        narrow: narrowOf(entry.columns, narrow),
        plan: planned.plan,
      };
      return handOver(await reader.ask(request, blockOf(entry), signal));
    },
    pivot: async (id, spec, narrow, signal, asker = SERVER) => {
      const [entry, request] = await pivotRequest(id, spec, narrow, asker);
      return handOver(await reader.ask(request, blockOf(entry), signal));
    },
    pivotStatement: async (id, spec, narrow, name, signal, asker = SERVER) => {
      const [entry, request] = await pivotRequest(id, spec, narrow, asker);
      return readStatement(await jsonOf(await reader.ask({ ...request, statement: name }, blockOf(entry), signal)));
    },
    progress: async (id, { sort, narrow }, enough, signal, asker = SERVER) => {
      if (open.has(id)) await beKept(id);
      const entry = await kept(id);
      const [order, placed] = [orderOf(entry.columns, sort), narrowOf(entry.columns, narrow)];
      if (order.length === 0 && !isNarrow(placed)) return { fraction: 1, rows: entry.rows };
      const request: ProgressRequest = { type: 'progress', asker, ...tableOf(entry), order, narrow: placed, enough };
      return readProgress(await jsonOf(await reader.ask(request, blockOf(entry), signal)));
    },
    profile: async (id, column, narrow, signal, asker = SERVER) => {
      if (open.has(id)) await beKept(id);
      const entry = await kept(id);
      const { source, columns } = tableOf(entry);
      const [place, placed] = [placeOf(columns, column), narrowOf(columns, narrow)];
      const isKept = fileOf(entry) !== undefined && !isNarrow(placed);
      const known = isKept ? await profiles.get(id, place) : undefined;
      if (known) return known;
      const request: ProfileRequest = { type: 'profile', asker, source, columns, narrow: placed, place };
      const profile = readProfile(await jsonOf(await reader.ask(request, blockOf(entry), signal)));
      if (isKept) await profiles.put(id, place, profile);
      return profile;
    },
    sums: async (id, { sort, narrow }, { columns: names, from, to }, signal, asker = SERVER) => {
      if (open.has(id)) await beKept(id);
      const entry = await kept(id);
      const { source, columns } = tableOf(entry);
      const request: SumsRequest = {
        type: 'sums',
        asker,
        source,
        columns,
        order: orderOf(columns, sort),
        narrow: narrowOf(columns, narrow),
        places: names.map((name) => placeOf(columns, name)),
        from,
        to,
      };
      return readSums(await jsonOf(await reader.ask(request, blockOf(entry), signal)));
    },
    enforceBudget: () => {
      enforcing = enforcing.catch(() => []).then(enforce);
      return enforcing;
    },
    forget: async (ids) => {
      for (const [key, group] of Map.groupBy(ids, keyIn)) {
        if (!key) continue;
        const shown = await held(notebookIn(key));
        const gone = group.filter((id) => !shown.has(id));
        await use(key, (book) => book.forget(gone));
        for (const id of gone) letGo(id);
      }
    },
    leave: async (key) => {
      const shelf = shelves.get(key);
      shelves.delete(key);
      census.set(key, 0);
      const book = await shelf?.book.catch(() => undefined);
      for (const id of book?.entries.keys() ?? []) letGo(id);
      await book?.close();
      await profiles.leave(key);
    },
    close: async () => {
      await enforcing.catch(() => {});
      closed = true;
      await census.close();
      await profiles.close();
      await downloads.close();
      await reader.close();
      await Promise.all([...shelves.values()].map((shelf) => shelf.book.then((book) => book.close()).catch(() => {})));
      shelves.clear();
    },
  };
}

/** Of a result that is known: its id was made from one. */
function keyOf(id: ResultId): SessionKey {
  const key = keyIn(id);
  if (!key) throw new TypeError('a result’s id is made by newResultId(key)');
  return key;
}

/** A tenth of one core while ten thousand manifests are counted. */
const pause = (): Promise<void> => setTimeout(5, undefined, { ref: false });

const ARROW = 'application/vnd.apache.arrow.stream';

/** A manifest that can't be opened: a disk that is full can't take its mending, any other can't be read. */
function refusal(cause: unknown): unknown {
  if (!(cause instanceof DiskError)) return cause;
  return new AppError(cause.code === 'disk-full' ? 'storage-read-only' : 'result-unreadable', cause.message, { cause });
}

function infoOf(entry: Entry): ResultInfo {
  const { id, notebook, run, columns, rows, form } = entry;
  return {
    ...{ id, notebook, run, columns, rows },
    bytes: sizeOf(entry),
    state: form.kind === 'dropped' ? 'dropped' : 'kept',
  };
}

/** Nothing that could be dropped would make room for it. */
function refuseBeyond(bytes: number, most: number): void {
  if (bytes > most) throw new AppError('quota-exceeded', `${Math.round(most / 1024 / 1024)} MB`);
}
