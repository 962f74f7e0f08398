/** A peer told by hand: what it was sent is kept, and it sends only what the test says. */
import * as Y from 'yjs';
import { type Frame, readFrame } from '../../../server/protocol/frames.ts';
import type { Epoch, NotebookId, PersonId } from '../../../server/protocol/ids.ts';
import type { Peer, Port } from '../../../server/rooms/contract.ts';
import { type HeldRoom, openRoom } from '../../../server/rooms/room.ts';
import { openStore } from '../../../server/rooms/store.ts';
import type { Disk } from '../../../server/storage/disk.ts';
import type { TestClock } from './house.ts';

export class Guest implements Port {
  readonly doc = new Y.Doc();
  readonly frames: Frame[] = [];
  readonly bytes: Uint8Array[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  paused = false;
  /** What waits to leave the process; the test drains it. */
  buffered = 0;
  stuck = false;
  #flushed: (() => void)[] = [];
  peer!: Peer;

  constructor(client: number) {
    this.doc.clientID = client;
  }

  send(bytes: Uint8Array, flushed?: () => void): void {
    const frame = readFrame(bytes);
    if (!frame) throw new Error('the server sent what is no frame');
    this.frames.push(frame);
    this.bytes.push(bytes);
    if (frame.kind === 'sync' && frame.step !== 0) Y.applyUpdate(this.doc, frame.bytes, 'remote');
    if (this.stuck) {
      this.buffered += bytes.length;
      if (flushed) this.#flushed.push(flushed);
    } else flushed?.();
  }

  sendAll(frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.send(frame);
  }

  drain(): void {
    this.buffered = 0;
    this.stuck = false;
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const call of flushed) call();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  cut(): void {
    this.closed = { code: 1006, reason: '' };
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  /** The number of the last acknowledgement. */
  get acknowledged(): number {
    return this.frames.reduce((last, frame) => (frame.kind === 'acknowledge' ? frame.count : last), 0);
  }

  /** The update that `change` makes in its own document. */
  make(change: (doc: Y.Doc) => void): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    this.doc.transact(() => change(this.doc));
    return Y.encodeStateAsUpdate(this.doc, before);
  }

  edit(change: (doc: Y.Doc) => void): void {
    this.peer.sync(2, this.make(change));
  }

  text(id = 'first'): string {
    const map = this.doc.getMap('paragraphs').get(id);
    return map instanceof Y.Map ? String(map.get('source')) : '';
  }

  control(): unknown[] {
    return this.frames.flatMap((frame) => (frame.kind === 'control' ? [frame.message] : []));
  }
}

export const sourceIn = (doc: Y.Doc, id = 'first'): Y.Text => {
  const map = doc.getMap('paragraphs').get(id);
  const text = map instanceof Y.Map ? map.get('source') : undefined;
  if (!(text instanceof Y.Text)) throw new Error(`no paragraph ${id}`);
  return text;
};

export async function roomOn(disk: Disk, time: TestClock, client = 1): Promise<HeldRoom> {
  const opening = await openStore(disk, 'n', 'epoch' as Epoch);
  if (opening.state !== 'open') throw new Error(opening.detail);
  return openRoom({
    id: 'n' as NotebookId,
    store: opening.store,
    updates: opening.updates,
    clock: time.clock,
    today: time.now,
    client,
    warn: () => {},
  });
}

/** Joins and syncs, both ways, as a page does. */
export function join(room: HeldRoom, name: string, client: number): Guest {
  const guest = new Guest(client);
  guest.peer = room.join(guest, { id: name as PersonId, name }, client);
  guest.peer.sync(0, Y.encodeStateVector(guest.doc));
  return guest;
}
