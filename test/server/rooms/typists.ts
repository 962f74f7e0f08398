/**
 * People who type into a live notebook of a real server, each edit a mark found nowhere else, and what they know of it:
 * which marks were acknowledged, and how long that took.
 */
import { WebSocket } from 'ws';
import type { SocketLike } from '../../../client/live/connection.ts';
import type { LiveNotebook } from '../../../client/live/contract.ts';
import { openLive } from '../../../client/live/live.ts';
import { orderOf, sourceOf } from '../../../server/protocol/document.ts';
import type { NotebookId, PersonId } from '../../../server/protocol/ids.ts';

export type Door = { readonly address: () => string; readonly token: string };

export function openTyped(door: Door, id: NotebookId, name: string): LiveNotebook {
  return openLive({
    id,
    person: { id: name as PersonId, name },
    connect: () => {
      const url = `${door.address()}/api/v1/notebooks/${id}/live`;
      return new WebSocket(url, { headers: { authorization: `Bearer ${door.token}` } }) as unknown as SocketLike;
    },
  });
}

/** Resolves once `condition` holds, looked at on each event of the notebook. */
export function until(live: LiveNotebook, condition: () => boolean): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve) => {
    const release = live.on(() => {
      if (!condition()) return;
      release();
      resolve();
    });
  });
}

/** A paragraph that is spared. */
export const BUSY = 'busy';

export class Typist {
  readonly live: LiveNotebook;
  /** Every mark typed, in order; the first `acknowledged` of them are on disk. */
  readonly marks: string[] = [];
  readonly latencies: number[] = [];
  acknowledged = 0;
  onAcknowledged: () => void = () => {};
  readonly #name: string;
  readonly #made: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(door: Door, id: NotebookId, name: string) {
    this.#name = name;
    this.live = openTyped(door, id, name);
    this.live.on((event) => {
      if (event.type !== 'save') return;
      const unsent = 'unsent' in event.save ? event.save.unsent : 0;
      const before = this.acknowledged;
      this.acknowledged = Math.max(before, this.marks.length - unsent);
      for (let index = before; index < this.acknowledged; index += 1) {
        this.latencies.push(performance.now() - this.#made[index]!);
      }
      if (this.acknowledged > before) this.onAcknowledged();
    });
  }

  /** Goes on typing, more slowly, while the server is away. */
  start(pause: number): void {
    const step = (): void => {
      this.#type();
      this.#timer = setTimeout(step, this.live.save.state === 'offline' ? 40 * pause : pause);
    };
    step();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #type(): void {
    const { doc, origin } = this.live;
    const order = orderOf(doc).filter((id) => id !== BUSY);
    const text = sourceOf(doc, order[Math.floor(Math.random() * order.length)] ?? '');
    if (!text) return;
    const mark = `<${this.#name}.${this.marks.length}>`;
    this.marks.push(mark);
    this.#made.push(performance.now());
    // Between marks only, so that none is split by another's: behind the next end of one, or at the front.
    const at = text.toString().indexOf('>', Math.floor(Math.random() * text.length)) + 1;
    doc.transact(() => text.insert(at, mark), origin);
  }
}

/** How often each mark stands in `text`. */
export function countMarks(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [mark] of text.matchAll(/<[a-z]+\.\d+>/g)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return counts;
}
