/**
 * One client under load. It joins, types when told to, and knows when each of its edits was acknowledged. Of what it receives
 * it keeps a Yjs document; or the marks alone, as hundreds of documents in one process are slower than the server; or, in a
 * crowd of thousands, the frames, which all of the crowd share: frames are the same bytes for everybody.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { orderOf, readParagraphs, sourceOf } from '../../../server/protocol/document.ts';
import type { Dialect, Heard } from './dialect.ts';
import type { Histogram } from './histogram.ts';
import { type Mark, markOf, marksIn, marksInBytes } from './marks.ts';
import { Pen } from './pen.ts';
import { openWire, type Wire } from './wire.ts';

/** Marks that one client may write. */
const MOST_MARKS = 2 ** 24;
const pack = ({ client, number }: Mark): number => client * MOST_MARKS + number;
const unpack = (packed: number): Mark => ({ client: Math.floor(packed / MOST_MARKS), number: packed % MOST_MARKS });

/** Frames that were received by any of a crowd, each once. */
export class Frames {
  readonly #all: { readonly frame: Buffer; readonly marks: readonly Mark[] }[] = [];
  /** Looked through from the newest: all of a crowd get the same frame at nearly the same time. */
  readonly #recent: number;

  constructor(recent = 64) {
    this.#recent = recent;
  }

  idOf(frame: Buffer): number {
    const { length } = this.#all;
    for (let id = length - 1; id >= Math.max(0, length - this.#recent); id -= 1) {
      if (this.#all[id]!.frame.equals(frame)) return id;
    }
    const copy = Buffer.from(frame);
    this.#all.push({ frame: copy, marks: marksInBytes(copy) });
    return length;
  }

  frame(id: number): Buffer {
    return this.#all[id]!.frame;
  }

  marks(id: number): readonly Mark[] {
    return this.#all[id]!.marks;
  }
}

/** Milliseconds, the same in each process of this machine. */
export const clock = (): number => performance.timeOrigin + performance.now();

/** What all clients of one process share. */
export type Shared = {
  readonly host: string;
  readonly port: number;
  readonly buffer: Buffer;
  readonly acknowledged: Histogram;
  readonly delivered: Histogram;
  /** When each mark of each client of this process was sent. */
  readonly sent: Map<number, number[]>;
  readonly frames: Frames;
  readonly onFrame: () => void;
  readonly onLost: (what: string) => void;
};

export type ClientOptions = {
  readonly number: number;
  readonly dialect: Dialect;
  /** Yjs client id that it writes under. */
  readonly yjs: number;
  readonly keeps: 'document' | 'marks' | 'frames';
  /** It keeps frames, and when they came. */
  readonly timed: boolean;
  readonly person: { readonly id: string; readonly name: string };
};

export class Client {
  readonly options: ClientOptions;
  readonly #shared: Shared;
  readonly #wire: Wire;
  readonly #doc: Y.Doc | undefined;
  readonly #kept: number[] = [];
  /** As `pack` has them: a load of ten minutes makes millions. */
  readonly #marks: number[] = [];
  /** When each of those came, as `clock` has it; of those alone who are timed. */
  readonly #came: number[] = [];
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #state: Uint8Array | undefined;
  #pen: Pen | undefined;
  #updates = 0;
  /** Updates sent before the first mark. */
  #before = 0;
  #acknowledged = 0;
  #written = 0;
  /** Marks that arrived, its own not counted. */
  received = 0;
  #presences = 0;

  constructor(options: ClientOptions, shared: Shared) {
    this.options = options;
    this.#shared = shared;
    this.#doc = options.keeps === 'document' ? new Y.Doc() : undefined;
    const { dialect } = options;
    this.#wire = openWire({
      host: shared.host,
      port: shared.port,
      path: dialect.path,
      headers: dialect.headers,
      buffer: shared.buffer,
      onOpen: () => {
        const greeting = dialect.greeting();
        for (const frame of greeting) this.#wire.send(frame);
        // Nothing is said, and nothing will be answered.
        if (greeting.length === 0) this.#ready.resolve();
      },
      onFrame: (frame) => this.#receive(frame),
      onClose: (code, reason) => {
        const what = `client ${options.number} was closed: ${code} ${reason}`;
        this.#ready.reject(new Error(what));
        shared.onLost(what);
      },
    });
  }

  /** Resolves once it has all that the server had. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get written(): number {
    return this.#written;
  }

  /** Edits that were sent and not acknowledged. */
  get waiting(): number {
    if (this.#written === 0) return 0;
    return this.#written + this.#before - this.#acknowledged;
  }

  type(): void {
    this.#pen ??= this.#takePen();
    const { number, dialect, keeps } = this.options;
    const update = this.#pen.write(markOf(number, this.#written));
    if (keeps === 'marks') this.#marks.push(pack({ client: number, number: this.#written }));
    const times = this.#shared.sent.get(number) ?? [];
    this.#shared.sent.set(number, times);
    times.push(clock());
    this.#written += 1;
    this.#updates += 1;
    this.#wire.send(dialect.update(update));
    if (this.#doc) Y.applyUpdate(this.#doc, update);
  }

  /** Says that it is here. */
  show(): void {
    this.#presences += 1;
    const { person, yjs, dialect } = this.options;
    const update = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, yjs);
      encoding.writeVarUint(encoder, this.#presences);
      encoding.writeVarString(encoder, JSON.stringify({ person, color: yjs % 8, since: this.#presences }));
    });
    this.#wire.send(dialect.presence(update));
  }

  /** All marks that this client has, each as often as it has it. */
  marks(): Iterable<Mark> {
    if (this.#doc) return marksIn(textOf(this.#doc));
    if (this.options.keeps === 'marks') return this.#marks.values().map(unpack);
    return this.#kept.flatMap((id) => this.#shared.frames.marks(id));
  }

  /** Of one that is timed: how long each mark was on its way, by when it was sent. */
  journeys(sent: ReadonlyMap<number, readonly number[]>): readonly number[] {
    return this.#came.flatMap((at, index) =>
      this.#shared.frames.marks(this.#kept[index]!).flatMap(({ client, number }) => {
        const since = sent.get(client)?.[number];
        return since === undefined ? [] : [at - since];
      }),
    );
  }

  /** Of one that keeps frames: what a document would be that had received them. */
  replayed(): readonly Mark[] {
    const doc = new Y.Doc();
    if (this.#state) Y.applyUpdate(doc, this.#state);
    doc.transact(() => {
      for (const id of this.#kept) {
        const heard = this.options.dialect.hear(this.#shared.frames.frame(id));
        if (heard.kind === 'update') Y.applyUpdate(doc, heard.update);
      }
    });
    return marksIn(textOf(doc));
  }

  close(): void {
    this.#wire.close();
  }

  #receive(frame: Buffer): void {
    this.#shared.onFrame();
    if (this.options.keeps !== 'frames' || !this.#state) {
      this.#hear(this.options.dialect.hear(frame));
      return;
    }
    const { frames } = this.#shared;
    const id = frames.idOf(frame);
    this.#kept.push(id);
    if (this.options.timed) this.#came.push(clock());
    this.received += frames.marks(id).length;
  }

  #hear(heard: Heard): void {
    switch (heard.kind) {
      case 'answer':
        for (const frame of heard.frames) this.#wire.send(frame);
        this.#updates += heard.counts;
        this.#before += heard.counts;
        return;
      case 'acknowledged':
        this.#acknowledge(heard.count);
        return;
      case 'update':
        if (this.#doc) Y.applyUpdate(this.#doc, heard.update);
        if (heard.state) {
          this.#state = Buffer.from(heard.update);
          this.#ready.resolve();
        } else this.#note(heard.update);
        return;
      case 'nothing':
    }
  }

  #acknowledge(count: number): void {
    const now = clock();
    const times = this.#shared.sent.get(this.options.number);
    for (let index = Math.max(this.#acknowledged, this.#before); index < count; index += 1) {
      const at = times?.[index - this.#before];
      if (at !== undefined) this.#shared.acknowledged.add(now - at);
    }
    this.#acknowledged = Math.max(this.#acknowledged, count);
  }

  #note(update: Uint8Array): void {
    const now = clock();
    for (const { client, number } of marksInBytes(update)) {
      const at = this.#shared.sent.get(client)?.[number];
      if (this.options.keeps === 'marks') this.#marks.push(pack({ client, number }));
      if (client === this.options.number) continue;
      this.received += 1;
      if (at !== undefined) this.#shared.delivered.add(now - at);
    }
  }

  /** A paragraph for each, as far as there are some; several share one where there are more people. */
  #takePen(): Pen {
    const doc = new Y.Doc();
    if (this.#state) Y.applyUpdate(doc, this.#state);
    const order = orderOf(doc);
    const item = sourceOf(doc, order[this.options.number % order.length] ?? '')?._item;
    if (!item) throw new Error('the notebook has no paragraph to write in');
    return new Pen(this.options.yjs, item.id);
  }
}

export const textOf = (doc: Y.Doc): string =>
  readParagraphs(doc)
    .paragraphs.map(({ source }) => source)
    .join('\n');
