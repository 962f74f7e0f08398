/**
 * What all who are in a notebook are told alike: the state of its session, its place, the health of its file. Listened to
 * once for each room, however many are in it, and each frame is built once: two thousand pages have two thousand of
 * nothing here but an entry in a set.
 */
import type { LiveHandlers } from './handlers.ts';
import { controlFrame } from './protocol/frames.ts';
import type { NotebookId } from './protocol/ids.ts';
import type { ServerMessage } from './protocol/messages.ts';
import type { Room, RoomLease } from './rooms/contract.ts';

export type Listener = { send(frame: Uint8Array): void };
type Hall = { readonly inside: Set<Listener>; readonly releases: readonly (() => void)[] };

export class Halls {
  readonly #handlers: Pick<LiveHandlers, 'onSession' | 'onRenamed'>;
  readonly #halls = new Map<Room, Hall>();

  constructor(handlers: Pick<LiveHandlers, 'onSession' | 'onRenamed'>) {
    this.#handlers = handlers;
  }

  enter(notebook: NotebookId, { room, file }: Pick<RoomLease, 'room' | 'file'>, listener: Listener): void {
    const hall = this.#halls.get(room) ?? this.#open(notebook, file);
    this.#halls.set(room, hall);
    hall.inside.add(listener);
  }

  leave(room: Room, listener: Listener): void {
    const hall = this.#halls.get(room);
    if (!hall) return;
    hall.inside.delete(listener);
    if (hall.inside.size > 0) return;
    this.#halls.delete(room);
    for (const release of hall.releases) release();
  }

  #open(notebook: NotebookId, file: RoomLease['file']): Hall {
    const inside = new Set<Listener>();
    const tell = (message: ServerMessage): void => {
      const frame = controlFrame(message);
      for (const listener of [...inside]) listener.send(frame);
    };
    const releases = [
      this.#handlers.onSession(notebook, (session) => tell({ type: 'session', session })),
      this.#handlers.onRenamed(notebook, (path) => tell({ type: 'renamed', path })),
      file.onState((state) => tell({ type: 'file', file: state })),
    ];
    return { inside, releases };
  }
}
