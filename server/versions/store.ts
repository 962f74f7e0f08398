/**
 * The versions of one notebook: `versions.log` beside its document. Each is durable when `add` resolves. Paragraphs are
 * stored once for all versions that say the same of them; texts are read when they are asked for. What is dropped is
 * taken out by writing the file anew, once that halves it.
 *
 * Nothing of the document depends on this file: damaged, it costs the history and no text. Longer than most files: what
 * is in memory and what is in the file change together.
 */
import { setImmediate } from 'node:timers/promises';
import type { Paragraph } from '../protocol/document.ts';
import type { ParagraphId, ResultId, VersionId } from '../protocol/ids.ts';
import { sameJson } from '../protocol/json.ts';
import type { Moment, Reason, Touch, Version, VersionInfo } from '../protocol/versions/version.ts';
import type { Disk } from '../storage/disk.ts';
import { type Log, type LogRecord, openLog } from '../storage/log.ts';
import {
  decodeRecord,
  encodeRecord,
  type Key,
  keyOf,
  parted,
  type ShownResults,
  type Stored,
  type StoredVersion,
  type Touches,
  touchOf,
  type VersionRecord,
} from './records.ts';
import { type Known, writeAnew } from './rewrite.ts';
import { chooseThinned } from './thin.ts';

/** Below this a file is not worth writing anew. */
const WORTH_BYTES = 1024 * 1024;
/** Of texts, read in one turn of the event loop: a few milliseconds. */
const TURN_CHARACTERS = 512 * 1024;
/** Of one notebook's versions, deflated: past it the oldest automatic ones go. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** Names are for people to find again. */
export const MOST_NAMED = 1_000;

export type NewVersion = {
  readonly id: VersionId;
  readonly at: number;
  readonly reason: Reason;
  readonly moment: Moment;
  readonly name?: string;
  readonly by?: string;
  readonly results?: ShownResults;
};

export type Naming = {
  readonly name: string;
  readonly by?: string | undefined;
  readonly results?: ShownResults;
};

export interface VersionStore {
  /** Newest first. */
  list(): readonly VersionInfo[];
  read(id: VersionId): Version | undefined;
  /** Who edited since the newest version, and since when. */
  readonly since: { readonly people: readonly string[]; readonly at: number } | undefined;
  /** An automatic one that says what the newest says is not made: that one is returned. */
  add(version: NewVersion): Promise<VersionInfo>;
  name(id: VersionId, naming: Naming): Promise<void>;
  /** Without its name it is an automatic one, and thinned as those are. */
  unname(id: VersionId): Promise<void>;
  touch(touches: Touches): Promise<void>;
  /** Drops what has had its time. */
  thin(now: number): Promise<void>;
  /** No more fit, however much was thinned. */
  readonly isFull: boolean;
  /** Of named versions. */
  readonly results: ReadonlySet<ResultId>;
  close(): Promise<void>;
}

export type VersionsOpening =
  | { readonly state: 'open'; readonly store: VersionStore }
  | { readonly state: 'damaged'; readonly detail: string };

export const versionsPath = (folder: string): string => `${folder}/versions.log`;

export async function openVersionStore(disk: Disk, folder: string, most = MOST_BYTES): Promise<VersionsOpening> {
  const path = versionsPath(folder);
  const opening = await openLog(disk, path);
  if (opening.state === 'damaged') return { state: 'damaged', detail: `versions, from byte ${opening.offset} on` };
  try {
    return { state: 'open', store: await Store.over(disk, path, most, opening.log, opening.records) };
  } catch (cause) {
    await opening.log.close();
    return { state: 'damaged', detail: `versions: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

class Store implements VersionStore {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #most: number;
  #log: Log;
  /** In the order they were made. */
  readonly #versions = new Map<VersionId, StoredVersion>();
  /** Where each content stands; read when asked for. */
  #places = new Map<Key, LogRecord>();
  /** Who changed each paragraph last, ever. */
  readonly #touched = new Map<ParagraphId, Touch>();
  #people = new Set<string>();
  #since: number | undefined;
  #bytes = 0;
  #isBegun: boolean;

  private constructor(disk: Disk, path: string, most: number, log: Log, isBegun: boolean) {
    this.#disk = disk;
    this.#path = path;
    this.#most = most;
    this.#log = log;
    this.#isBegun = isBegun;
  }

  /** Others have their turn between records of texts. Throws on what is no record. */
  static async over(
    disk: Disk,
    path: string,
    most: number,
    log: Log,
    records: readonly LogRecord[],
  ): Promise<VersionStore> {
    const store = new Store(disk, path, most, log, records.length > 0);
    let bytes = 0;
    for (const record of records) {
      bytes += store.#take(record);
      if (bytes < TURN_CHARACTERS) continue;
      bytes = 0;
      await setImmediate();
    }
    return store;
  }

  /** Returns the characters of text that were read. */
  #take(record: LogRecord): number {
    const decoded = decodeRecord(record);
    if (decoded.type !== 'contents') {
      this.#know(decoded, record);
      return record.payload.length;
    }
    this.#know({ type: 'contents', keys: decoded.contents.map(([key]) => key) }, record);
    return decoded.contents.reduce((sum, [, { source }]) => sum + source.length, 0);
  }

  #know(decoded: Known, record: LogRecord): void {
    this.#bytes += record.payload.length;
    switch (decoded.type) {
      case 'head':
        return;
      case 'contents':
        for (const key of decoded.keys) this.#places.set(key, record);
        return;
      case 'version':
        this.#versions.set(decoded.version.id, decoded.version);
        for (const stored of decoded.version.paragraphs) {
          // As known when it was made: in a file written anew nothing else tells.
          const touch = touchOf(stored);
          if (touch) this.#touched.set(stored[0], touch);
        }
        this.#people = new Set();
        this.#since = undefined;
        return;
      case 'named': {
        const { type: _, id, ...naming } = decoded;
        const version = this.#versions.get(id);
        if (version) this.#versions.set(id, renamed(version, naming));
        return;
      }
      case 'dropped':
        this.#versions.delete(decoded.id);
        return;
      case 'touched':
        for (const [id, by, at] of decoded.touches) {
          this.#touched.set(id, { by, at });
          this.#people.add(by);
          this.#since = Math.min(this.#since ?? at, at);
        }
    }
  }

  list(): readonly VersionInfo[] {
    return [...this.#versions.values()].map(infoOf).reverse();
  }

  get since() {
    return this.#since === undefined ? undefined : { people: [...this.#people], at: this.#since };
  }

  get isFull(): boolean {
    return this.#bytes > this.#most;
  }

  get results(): ReadonlySet<ResultId> {
    const named = [...this.#versions.values()].filter(({ name }) => name !== undefined);
    return new Set(named.flatMap(({ results }) => (results ?? []).flatMap(([, ids]) => ids)));
  }

  read(id: VersionId): Version | undefined {
    const version = this.#versions.get(id);
    if (!version) return undefined;
    const contents = this.#contents(version.paragraphs.map(([, key]) => key));
    const { title, front, forms, report, annotations } = version;
    return {
      ...infoOf(version),
      moment: {
        paragraphs: version.paragraphs.map(([, key]) => contents.get(key)!),
        ...(title === undefined ? {} : { title }),
        ...(front === undefined ? {} : { front }),
        ...(forms ? { forms } : {}),
        ...(report ? { report } : {}),
        ...(annotations ? { annotations } : {}),
      },
      touched: new Map(
        version.paragraphs.flatMap((stored) => {
          const touch = touchOf(stored);
          return touch ? [[stored[0], touch] as const] : [];
        }),
      ),
      since: new Map([...this.#touched].filter(([, { at }]) => at > version.at)),
      results: new Map(version.results ?? []),
    };
  }

  /** Throws where one is missing: its record was not damaged, so a bug took it. */
  #contents(keys: readonly Key[]): ReadonlyMap<Key, Paragraph> {
    const found = new Map<Key, Paragraph>();
    const records = new Set(keys.map((key) => this.#places.get(key)));
    for (const record of records) {
      const decoded = record && decodeRecord(record);
      if (decoded?.type === 'contents') for (const [key, paragraph] of decoded.contents) found.set(key, paragraph);
    }
    for (const key of keys) if (!found.has(key)) throw new Error(`the text ${key} of a version is missing`);
    return found;
  }

  async add(wanted: NewVersion): Promise<VersionInfo> {
    const { moment, results, ...rest } = wanted;
    const { title, front, forms, report, annotations } = moment;
    const keyed = moment.paragraphs.map((paragraph) => [keyOf(paragraph), paragraph] as const);
    const last = [...this.#versions.values()].at(-1);
    if (wanted.name === undefined && last && says(last, moment, keyed)) return infoOf(last);
    const version: StoredVersion = {
      ...rest,
      people: [...this.#people],
      paragraphs: keyed.map(([key, { id }]): Stored => {
        const touch = this.#touched.get(id);
        return touch ? [id, key, touch.by, touch.at] : [id, key];
      }),
      ...(title === undefined ? {} : { title }),
      ...(front === undefined ? {} : { front }),
      ...(forms ? { forms } : {}),
      ...(report ? { report } : {}),
      ...(annotations ? { annotations } : {}),
      ...(results && results.length > 0 ? { results } : {}),
    };
    const contents = [...new Map(keyed.filter(([key]) => !this.#places.has(key)))];
    await this.#append([...parted(contents), { type: 'version', version }]);
    return infoOf(version);
  }

  name(id: VersionId, naming: Naming): Promise<void> {
    const { name, by, results } = naming;
    return this.#append([
      { type: 'named', id, name, ...(by === undefined ? {} : { by }), ...(results === undefined ? {} : { results }) },
    ]);
  }

  unname(id: VersionId): Promise<void> {
    return this.#append([{ type: 'named', id }]);
  }

  async touch(touches: Touches): Promise<void> {
    if (touches.length > 0) await this.#append([{ type: 'touched', touches }]);
  }

  async thin(now: number): Promise<void> {
    do {
      const all = [...this.#versions.values()];
      const gone = new Set(chooseThinned(all, now));
      if (this.isFull) {
        const old = all.filter(({ id, name }) => name === undefined && !gone.has(id)).slice(0, -1);
        for (const { id } of old.slice(0, Math.ceil(old.length / 4))) gone.add(id);
      }
      if (gone.size === 0) return;
      await this.#append([...gone].map((id): VersionRecord => ({ type: 'dropped', id })));
      await this.#compact();
    } while (this.isFull);
  }

  async #append(records: readonly VersionRecord[]): Promise<void> {
    const head: readonly VersionRecord[] = this.#isBegun ? [] : [{ type: 'head' }];
    const encoded = await Promise.all([...head, ...records].map(encodeRecord));
    await this.#log.append(...encoded);
    this.#isBegun = true;
    for (const record of encoded) this.#take(record);
  }

  /** Writes the file anew without what no version names any more, if that is worth it. */
  async #compact(): Promise<void> {
    const used = new Set([...this.#versions.values()].flatMap(({ paragraphs }) => paragraphs.map(([, key]) => key)));
    const contents = new Map<LogRecord, Key[]>();
    for (const [key, record] of this.#places) {
      const keys = contents.get(record);
      if (keys) keys.push(key);
      else contents.set(record, [key]);
    }
    const live = [...contents].filter(([, keys]) => keys.some((key) => used.has(key)));
    const kept = live.reduce((sum, [{ payload }]) => sum + payload.length, 0);
    const isWorth = this.#bytes > this.#most || kept * 2 <= this.#log.length;
    if (this.#log.length < WORTH_BYTES || !isWorth) return;
    const touches: Touches = [...this.#touched].map(([id, { by, at }]) => [id, by, at]);
    const late = touches.filter(([, , at]) => this.#since !== undefined && at >= this.#since);
    const versions = [...this.#versions.values()].map((version) => ({ type: 'version' as const, version }));
    await this.#log.close();
    const { log, written } = await writeAnew(this.#disk, this.#path, {
      contents: live,
      used,
      rest: late.length > 0 ? [...versions, { type: 'touched', touches: late }] : versions,
    });
    this.#log = log;
    this.#bytes = 0;
    this.#places = new Map();
    this.#versions.clear();
    this.#touched.clear();
    for (const { known, record } of written) this.#know(known, record);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }
}

function renamed(version: StoredVersion, { name, by, results }: Partial<Naming>): StoredVersion {
  const { name: _name, results: _results, ...rest } = version;
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(by === undefined ? {} : { by }),
    ...(results && results.length > 0 ? { results } : {}),
  };
}

const infoOf = ({ id, at, reason, name, by, people, paragraphs }: StoredVersion): VersionInfo => ({
  id,
  at,
  reason,
  people,
  paragraphs: paragraphs.length,
  ...(name === undefined ? {} : { name }),
  ...(by === undefined ? {} : { by }),
});

const says = (
  version: StoredVersion,
  { title, front, forms = [], report = [], annotations = [] }: Moment,
  keyed: readonly (readonly [Key, Paragraph])[],
): boolean =>
  version.title === title &&
  version.front === front &&
  sameJson(version.forms ?? [], forms) &&
  sameJson(version.report ?? [], report) &&
  sameJson(version.annotations ?? [], annotations) &&
  version.paragraphs.length === keyed.length &&
  version.paragraphs.every(([, key], index) => key === keyed[index]![0]);
