/**
 * The sessions of visitors: at most one of each visitor in a notebook. Opens one when it is first asked to run something,
 * hands out what runs there to that visitor alone, and ends it when its time is over (`ends.ts`) or nobody who came as that
 * visitor may run there any more. Ending goes in this order: nobody finds it, its processes are killed, what was run is
 * kept without outputs (`visited.ts`), its folder is removed. What a killed server left goes the last two steps at the next
 * start. A little long: that one place knows who has which session is what keeps them apart.
 */
import type { Principal } from '../access/principal.ts';
import { AppError } from '../errors.ts';
import {
  type LinkId,
  type NotebookId,
  newId,
  type PersonId,
  type ResultId,
  type RunId,
  type SessionId,
} from '../protocol/ids.ts';
import { type VisitorKey, visitorKey } from '../protocol/keys.ts';
import type { SessionStatus } from '../protocol/messages.ts';
import type { Run } from '../protocol/runs.ts';
import type { Clock } from '../rooms/contract.ts';
import type { NotebookRuns } from '../runs/notebook.ts';
import type { RunSummary } from '../runs/parts.ts';
import type { Runs } from '../runs/runs.ts';
import type { Sessions } from '../sessions/contract.ts';
import { type Bounds, endsNow, type Placed, placeFor, type Seat, TAKEN } from './ends.ts';
import type { Opened } from './open.ts';
import type { Visited } from './visited.ts';
import { type IdleSession, type VisitorId, visitorOf } from './visitor.ts';
import { openWatchers, type Watcher } from './watchers.ts';

/** What was taken away is gone within 2 s, also what only time or another process took. */
const LOOK_MS = 1_000;
/** Ways by which one visitor came, of which one suffices: a dozen browsers, and then some. */
const MOST_WAYS = 32;

/** Of those who are no visitors. */
const NOTHING = { latest: (): readonly Run[] => [], release: (): void => {} };

export type VisitorsParts = {
  readonly runs: Pick<Runs, 'of' | 'onDropped'>;
  readonly sessions: Pick<Sessions, 'leave' | 'status' | 'onStatus'>;
  readonly visited: Visited;
  /** Session and runs of a new key. */
  readonly openOne: (key: VisitorKey, notebook: NotebookRuns) => Promise<Opened>;
  /** Keeps what was run there, and removes its folder. Not before its processes are gone. */
  readonly clear: (key: VisitorKey) => Promise<void>;
  /** The folders of visitors' sessions below all records. */
  readonly left: () => AsyncIterable<VisitorKey>;
  /** Of a browser that opened links, those that let it run there. */
  readonly linksOf: (principal: Principal, notebook: NotebookId) => readonly LinkId[];
  /** Whether they may run there, in a session of their own. */
  readonly mayVisit: (principal: Principal, notebook: NotebookId) => boolean;
  /** When something of that may have changed. */
  readonly onAccess: (listener: () => void) => () => void;
  readonly bounds: Bounds;
  readonly clock: Clock;
  /** Milliseconds since 1970, for people. */
  readonly wall: () => number;
  readonly warn: (what: string, details: object) => void;
};

type Comer = { readonly visitor: VisitorId; readonly principal: Principal };

type VisitorSession = {
  readonly key: VisitorKey;
  readonly notebook: NotebookId;
  readonly visitor: VisitorId;
  readonly link: LinkId | undefined;
  readonly ways: Map<string, Principal>;
  readonly runs: NotebookRuns;
  readonly dropped: Opened['dropped'];
  readonly release: () => void;
  since: number;
};

export class Visitors {
  readonly #parts: VisitorsParts;
  readonly #open = new Map<VisitorKey, VisitorSession>();
  readonly #places = new Map<string, Promise<VisitorSession>>();
  readonly #watchers = openWatchers();
  readonly #ending = new Set<Promise<void>>();
  readonly #releases: readonly (() => void)[];
  #stopLooking: (() => void) | undefined;
  /** Who is being given a place. */
  readonly #opening: Placed[] = [];
  #closed = false;

  constructor(parts: VisitorsParts) {
    this.#parts = parts;
    this.#releases = [
      parts.onAccess(() => this.look()),
      parts.runs.onDropped((results) => this.#dropped(results)),
      parts.sessions.onStatus((key, status) => {
        const session = this.#open.get(key as VisitorKey);
        if (session) this.#tell(session, (watcher) => watcher.visitor(status));
      }),
    ];
  }

  get count(): number {
    return this.#open.size;
  }

  /** Where this visitor's runs happen; opened where there is none yet. Rejects with AppError. */
  async open(notebook: NotebookId, principal: Principal): Promise<NotebookRuns> {
    const visitor = visitorOf(principal);
    if (!visitor) throw new AppError('forbidden', 'who comes so has no session of their own');
    const place = placeOf(notebook, visitor);
    const opening = this.#places.get(place) ?? this.#openNew(place, notebook, { visitor, principal });
    this.#places.set(place, opening);
    const session = await opening;
    session.since = this.#parts.clock.now();
    remember(session.ways, principal);
    if (this.#open.get(session.key) !== session) throw new AppError('unavailable');
    return session.runs;
  }

  /** The runs of their session there, if one is open. */
  find(notebook: NotebookId, principal: Principal): NotebookRuns | undefined {
    return this.#sessionOf(notebook, visitorOf(principal))?.runs;
  }

  /** Their session there, if one is open and nothing runs or waits in it. */
  idle(notebook: NotebookId, principal: Principal): IdleSession | undefined {
    const session = this.#sessionOf(notebook, visitorOf(principal));
    if (!session || session.runs.busy) return undefined;
    return { key: session.key, isOpen: () => this.#open.get(session.key) === session };
  }

  /** Those of this key, for the visitor whose they are alone. */
  byKey(key: VisitorKey, principal: Principal): NotebookRuns | undefined {
    const session = this.#open.get(key);
    return session && session.visitor === visitorOf(principal) ? session.runs : undefined;
  }

  /** What they hear from now on, whenever a session of theirs is open there; and what is there already. */
  watch(notebook: NotebookId, principal: Principal, watcher: Watcher): { latest(): readonly Run[]; release(): void } {
    const visitor = visitorOf(principal);
    if (!visitor) return NOTHING;
    const place = placeOf(notebook, visitor);
    return {
      latest: () => this.#sessionOf(notebook, visitor)?.runs.latest() ?? [],
      release: this.#watchers.add(place, watcher),
    };
  }

  status(notebook: NotebookId, principal: Principal): SessionStatus | undefined {
    const session = this.#sessionOf(notebook, visitorOf(principal));
    return session && this.#parts.sessions.status(session.key);
  }

  /** By which it came, where it is of a browser that opened links. */
  linkOf(key: VisitorKey): LinkId | undefined {
    return this.#open.get(key)?.link;
  }

  /** How long their session there is kept without a run, and until when; undefined where there is none. */
  stay(
    notebook: NotebookId,
    principal: Principal,
  ): { readonly minutes: number; readonly until: number | null } | undefined {
    const session = this.#sessionOf(notebook, visitorOf(principal));
    if (!session) return undefined;
    const { bounds, clock, wall } = this.#parts;
    const left = session.since + bounds.idleMs - clock.now();
    // To the second, so that it is the same whenever one asks.
    const until = session.runs.busy ? null : Math.round((wall() + left) / 1000) * 1000;
    return { minutes: bounds.idleMs / 60_000, until };
  }

  /** What all visitors ran, newest first, without outputs. */
  async history(notebook: NotebookId): Promise<readonly RunSummary[]> {
    await this.#ended();
    const now = [...this.#open.values()].filter((session) => session.notebook === notebook);
    const before = await this.#parts.visited.list(notebook);
    const all = new Map([...before, ...now.flatMap(({ runs }) => runs.history())].map((run) => [run.id, run]));
    return [...all.values()].toSorted((a, b) => b.asked - a.asked);
  }

  /** What they ran in sessions that have ended, newest first, without outputs. */
  async pastOf(notebook: NotebookId, person: PersonId): Promise<readonly RunSummary[]> {
    await this.#ended();
    return (await this.#parts.visited.list(notebook)).filter(({ by }) => by.id === person);
  }

  /** One of those whose session has ended. */
  async past(notebook: NotebookId, run: RunId): Promise<Run | undefined> {
    await this.#ended();
    return this.#parts.visited.get(notebook, run);
  }

  /** Ends their own session there. */
  async end(notebook: NotebookId, principal: Principal): Promise<void> {
    const session = this.#sessionOf(notebook, visitorOf(principal));
    if (session) await this.#end(session);
  }

  /** Ends it where nothing ever ran in it. */
  async endUnused(notebook: NotebookId, principal: Principal): Promise<void> {
    const session = this.#sessionOf(notebook, visitorOf(principal));
    if (session && !session.runs.busy && session.runs.history().length === 0) await this.#end(session);
  }

  /** Ends all of a notebook, which is gone or about to be. */
  async forget(notebook: NotebookId): Promise<void> {
    await Promise.all([...this.#open.values()].filter((one) => one.notebook === notebook).map((one) => this.#end(one)));
  }

  /** Ends those whose time is over. */
  look(): void {
    for (const key of endsNow(this.#seats(), this.#parts.clock.now(), this.#parts.bounds)) {
      const session = this.#open.get(key);
      if (session) void this.#end(session);
    }
  }

  /** Clears what an earlier server left. Resolves when nothing of it is there. */
  async sweep(): Promise<void> {
    for await (const key of this.#parts.left()) {
      if (this.#closed) return;
      if (!this.#open.has(key)) await this.#clear(key);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopLooking?.();
    for (const release of this.#releases) release();
    await Promise.all([...this.#open.values()].map((session) => this.#end(session)));
    await this.#ended();
    await this.#parts.visited.close();
  }

  #openNew(place: string, notebook: NotebookId, who: Comer): Promise<VisitorSession> {
    const opening = this.#make(notebook, who);
    opening.catch(() => {
      if (this.#places.get(place) === opening) this.#places.delete(place);
    });
    return opening;
  }

  async #make(notebook: NotebookId, { visitor, principal }: Comer): Promise<VisitorSession> {
    const { runs, openOne, linksOf, bounds, clock } = this.#parts;
    if (this.#closed) throw new AppError('unavailable');
    // Those that are being opened have their places already.
    const wanting = { visitor, links: linksOf(principal, notebook) };
    const place = placeFor(this.#seats(), wanting, bounds, this.#opening);
    if (!place.given) throw new AppError('places-taken', TAKEN[place.taken]);
    const { link } = place;
    const idle = place.from && this.#open.get(place.from);
    if (idle) void this.#end(idle);
    const key = visitorKey(notebook, newId<SessionId>());
    if (!key) throw new AppError('forbidden', 'the notebook’s id is too long for a session of their own');
    let release = (): void => {};
    const opening = { visitor, link };
    this.#opening.push(opening);
    try {
      const team = await runs.of(notebook);
      // Kept open while somebody stands on its named results.
      ({ release } = team.attach(() => {}));
      const { runs: own, attach, dropped } = await openOne(key, team);
      const session: VisitorSession = {
        key,
        notebook,
        visitor,
        link,
        ways: new Map(),
        runs: own,
        dropped,
        release,
        since: clock.now(),
      };
      this.#open.set(key, session);
      attach((events) => {
        if (this.#open.get(key) !== session) return;
        if (events.some((event) => event.type === 'ended')) session.since = clock.now();
        this.#tell(session, (watcher) => watcher.events(events));
      });
      this.#lookOn();
      this.#tell(session, (watcher) => watcher.visitor(this.#parts.sessions.status(key)));
      return session;
    } catch (error) {
      release();
      throw error;
    } finally {
      this.#opening.splice(this.#opening.indexOf(opening), 1);
    }
  }

  #end(session: VisitorSession): Promise<void> {
    if (this.#open.get(session.key) !== session) return this.#ended();
    this.#open.delete(session.key);
    this.#places.delete(placeOf(session.notebook, session.visitor));
    this.#tell(session, (watcher) => watcher.visitor(undefined));
    session.release();
    const { sessions, warn } = this.#parts;
    // Closed first, so that nothing starts; its run is asked to stop and has no time to. What was not written is lost.
    const closing = session.runs
      .close()
      .catch((error) => warn('the runs of a visitor were not closed', { session: session.key, error: String(error) }));
    const ending = sessions
      .leave(session.key)
      .then(() => closing)
      .then(() => this.#clear(session.key))
      .catch((error) => warn('a visitor’s session was not ended', { session: session.key, error: String(error) }));
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
    return ending;
  }

  /** What ends now is for a moment neither here nor in the history. */
  async #ended(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** What could not be cleared is found at the next start. */
  async #clear(key: VisitorKey): Promise<void> {
    await this.#parts
      .clear(key)
      .catch((error) =>
        this.#parts.warn('a visitor’s session was not cleared', { session: key, error: String(error) }),
      );
  }

  #sessionOf(notebook: NotebookId, visitor: VisitorId | undefined): VisitorSession | undefined {
    if (visitor === undefined) return undefined;
    for (const session of this.#open.values())
      if (session.notebook === notebook && session.visitor === visitor) return session;
    return undefined;
  }

  #seats(): readonly Seat[] {
    return [...this.#open.values()].map(({ key, visitor, link, notebook, runs, since, ways }) => ({
      key,
      visitor,
      link,
      busy: runs.busy,
      since,
      // Nobody is noted yet of one that is being opened.
      allowed: ways.size === 0 || [...ways.values()].some((way) => this.#parts.mayVisit(way, notebook)),
    }));
  }

  #lookOn(): void {
    this.#stopLooking ??= this.#parts.clock.after(LOOK_MS, () => {
      this.#stopLooking = undefined;
      this.look();
      if (this.#open.size > 0 && !this.#closed) this.#lookOn();
    });
  }

  #dropped(results: ReadonlySet<ResultId>): void {
    for (const { dropped } of this.#open.values()) dropped(results);
  }

  #tell({ notebook, visitor }: VisitorSession, tell: (watcher: Watcher) => void): void {
    this.#watchers.tell(placeOf(notebook, visitor), tell);
  }
}

const placeOf = (notebook: NotebookId, visitor: VisitorId): string => `${notebook} ${visitor}`;

/** The newest last: the oldest of too many is forgotten. */
function remember(ways: Map<string, Principal>, principal: Principal): void {
  const way = JSON.stringify(principal);
  ways.delete(way);
  ways.set(way, principal);
  const [oldest] = ways.keys();
  if (ways.size > MOST_WAYS && oldest !== undefined) ways.delete(oldest);
}
