/**
 * Run events to one viewer of a notebook, on a bounded lane of their own: whoever is too slow for them gets all runs anew
 * once it has caught up. Those who see all that runs put out share each event's frame.
 */
import type { Principal } from './access/principal.ts';
import type { LiveHandlers, RunsWatcher, WatchedRuns } from './handlers.ts';
import { controlFrame } from './protocol/frames.ts';
import type { NotebookId } from './protocol/ids.ts';
import type { ServerMessage, SessionStatus } from './protocol/messages.ts';
import type { RunEvent } from './protocol/runs.ts';
import { type PublishedBy, publishedEvents, publishedRun } from './published.ts';
import type { Clock, Port, RoomLease } from './rooms/contract.ts';
import { Lane, type Source } from './rooms/lane.ts';

export type RunLaneOptions = {
  readonly handlers: Pick<LiveHandlers, 'watchRuns'>;
  readonly clock: Clock;
  /** Frames of run events, shared by all who watch them. */
  readonly frames: WeakMap<readonly RunEvent[], Uint8Array>;
};

/** Whose runs they are told of. */
export type Viewer = Port & {
  /** How runs are told to this viewer; asked each time, as roles and settings change. Undefined: whole. */
  publishedBy(lease: RoomLease): PublishedBy | undefined;
};

export class RunLane implements Source, RunsWatcher {
  readonly #lane: Lane;
  readonly #options: RunLaneOptions;
  readonly #viewer: Viewer;
  readonly #lease: RoomLease;
  #watched: WatchedRuns | undefined;
  #begun = false;
  /** Whether the viewer was told of a session of their own, and not yet of its end. */
  #toldVisitor = false;

  constructor(viewer: Viewer, options: RunLaneOptions, lease: RoomLease) {
    this.#viewer = viewer;
    this.#lease = lease;
    this.#options = options;
    this.#lane = new Lane(viewer, options.clock, this);
  }

  async open(notebook: NotebookId, principal: Principal): Promise<void> {
    this.#watched = await this.#options.handlers.watchRuns(notebook, principal, this);
  }

  events(events: readonly RunEvent[]): void {
    if (this.#begun) this.#lane.send(this.#frameOf(events));
  }

  visitor(status: SessionStatus | undefined): void {
    if (!this.#begun) return;
    // Its runs are told after it, and once it has ended no more.
    this.#lane.send(this.#visitorFrame(status));
    if (!status) this.#lane.send(this.#latestFrame());
  }

  /** What came before is in the first list. */
  begin(): void {
    this.#begun = true;
    for (const frame of this.catchUp()) this.#viewer.send(frame);
  }

  fellBehind(): void {}

  catchUp(): readonly Uint8Array[] {
    const status = this.#watched?.visitor();
    return [...(status || this.#toldVisitor ? [this.#visitorFrame(status)] : []), this.#latestFrame()];
  }

  #visitorFrame(session: SessionStatus | undefined): Uint8Array {
    this.#toldVisitor = session !== undefined;
    return controlFrame({ type: 'visitor', ...(session ? { session } : {}) } satisfies ServerMessage);
  }

  #latestFrame(): Uint8Array {
    const by = this.#viewer.publishedBy(this.#lease);
    const latest = this.#watched?.latest() ?? [];
    const runs = by ? latest.map((run) => publishedRun(run, by)) : latest;
    return controlFrame({ type: 'runs', runs } satisfies ServerMessage);
  }

  release(): void {
    this.#lane.release();
    this.#watched?.release();
  }

  #frameOf(events: readonly RunEvent[]): Uint8Array {
    const by = this.#viewer.publishedBy(this.#lease);
    if (by) {
      const runs = new Map(this.#watched?.latest().map((run) => [run.id, run]));
      const told = publishedEvents(events, (id) => runs.get(id), by);
      return controlFrame({ type: 'run', events: told } satisfies ServerMessage);
    }
    const { frames } = this.#options;
    const frame = frames.get(events) ?? controlFrame({ type: 'run', events } satisfies ServerMessage);
    frames.set(events, frame);
    return frame;
  }
}
