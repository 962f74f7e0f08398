/**
 * One notebook's file, kept equal to its document. The history in the log is the truth; the file is an export of it.
 *
 * Writing: what is there must be the base (else it is an outside change, taken in first) → `saveBase(next)` → temporary
 * file → the old file is opened → rename → the old file is read once more: whoever wrote into it meanwhile made an
 * outside change too. Taking in: update and new base are one record. So the file goes back to one of the last two bases
 * in the log, at whatever step the process ends; before a new base is saved over one that never reached the file, the
 * file's own base is saved again.
 *
 * All work on a file is done one after another.
 */
import { AppError } from '../errors.ts';
import type { FileState } from '../protocol/messages.ts';
import { notebookOf } from '../storage/format/apply.ts';
import type { Base } from '../storage/format/base.ts';
import { type KnownBase, knowBase, printNotebook } from '../storage/format/print.ts';
import type { FileOpening, FileRoom, NotebookFile, TextFailure } from './contract.ts';
import { baseFor, changeOf, firstOf, formerBase, plainBase, type Reading, sameBase, sameWords } from './outside.ts';
import type { FileSteps } from './steps.ts';
import { decodeText } from './text.ts';

/** A file is written this long after the last edit, and at the latest so long after the first: within 2 s. */
const SETTLE_MS = 400;
const LATEST_MS = 1_500;
/** After a failed write. */
const RETRY_MS = 2_000;
/** A file that is being written by another program is read when it stopped changing for this long. */
const STILL_MS = 60;
/** Looks at a file that does not stop changing; then it is read as it is. */
const MOST_LOOKS = 20;
/** Outside changes that may come in between before a write waits for its next turn. */
const MOST_ROUNDS = 5;

export type FileContext = Reading & {
  readonly room: FileRoom;
  readonly steps: FileSteps;
  readonly wait: (ms: number) => Promise<void>;
  /** Calls `work` after `ms`; returns what takes that back. */
  readonly later: (ms: number, work: () => void) => () => void;
  /** The file says this now: for lists and search. */
  readonly onText: (text: string, by: string | undefined) => void;
  /** A write failed and will be tried again, or something was set aside. */
  readonly report: (message: string, error?: unknown) => void;
  readonly onClose: () => void;
};

export type FilePath = { readonly absolute: string; readonly relative: string };

/** Who deletes paragraphs that a changed file has not any more. */
const OUTSIDE = 'file';

export class OpenFile implements NotebookFile {
  readonly #context: FileContext;
  readonly #listeners = new Set<(state: FileState) => void>();
  #path: FilePath;
  #state: FileState = { state: 'fine' };
  /** What the file said when it was last read or written. */
  #base: KnownBase | undefined;
  /** The other base that the file may go back to, while it could not be read since the start. */
  #older: KnownBase | undefined;
  /** The newest base in the log; not `#base` while a write has not reached the file. */
  #saved: Base | undefined;
  #by: string | undefined;
  #dirtySince: number | undefined;
  /** The file changed, and taking it in failed. */
  #unread = false;
  #cancelTimer: (() => void) | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(path: FilePath, context: FileContext) {
    this.#path = path;
    this.#context = context;
  }

  get state(): FileState {
    return this.#state;
  }

  onState(listener: (state: FileState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(): Promise<FileOpening> {
    return this.#inTurn(() => this.#open());
  }

  documentChanged(by?: string): void {
    if (by !== undefined) this.#by = by;
    this.#dirtySince ??= this.#context.now();
    this.#schedule(Math.min(SETTLE_MS, Math.max(0, this.#dirtySince + LATEST_MS - this.#context.now())));
  }

  /** Told by the watch; equal text means nothing. Failing, it is tried again with the next write. */
  fileChanged(): Promise<void> {
    return this.#inTurn(() => this.#tryTakeIn());
  }

  /** Renames the file by `rename`, between two writes. */
  moved(path: FilePath, rename: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await rename();
      this.#path = path;
      if (this.#state.state === 'missing') await this.#tryTakeIn();
    });
  }

  print(): string {
    return this.#printed().text;
  }

  applyText(base: string, text: string, by: string): Promise<{ readonly state: 'applied' } | TextFailure> {
    return this.#inTurn(async () => {
      const known = formerBase(this.#context.room.doc, this.#printed(), base, this.#context);
      if (!known) throw new AppError('precondition-failed');
      const change = changeOf(this.#context.room.doc, known, text, by, this.#context);
      if ('failure' in change) return { state: 'failed', ...change.failure };
      if (change.update) {
        await this.#saveImport(change.update, this.#base ?? this.#printed());
        this.documentChanged(by);
      }
      return { state: 'applied' };
    });
  }

  useMine(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state.state === 'fine') return;
      const { steps, report } = this.#context;
      const bytes = await steps.read(this.#path.absolute);
      if (bytes) {
        const kept = await steps.setAside(this.#path.absolute, bytes);
        report(`the file ${this.#path.relative} was overwritten as asked; it is kept as ${kept}`);
      }
      const next = this.#printed();
      await this.#saveBase(next);
      await this.#put(next);
      this.#setState({ state: 'fine' });
    });
  }

  async flush(): Promise<void> {
    await this.#inTurn(() => this.#write());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.flush();
    } finally {
      this.#closed = true;
      this.#unschedule();
      this.#listeners.clear();
      this.#context.onClose();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #setState(state: FileState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) for (const listener of this.#listeners) listener(state);
  }

  #unschedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(ms: number): void {
    this.#unschedule();
    if (this.#closed) return;
    this.#cancelTimer = this.#context.later(ms, () => {
      this.#inTurn(() => this.#write()).catch((error: unknown) => {
        this.#context.report(`the file ${this.#path.relative} could not be written; trying again`, error);
        this.#schedule(RETRY_MS);
      });
    });
  }

  #printed(): KnownBase {
    const { room, languages } = this.#context;
    return printNotebook(notebookOf(room.doc, this.#path.relative), languages, this.#base);
  }

  async #open(): Promise<FileOpening> {
    const { room, steps } = this.#context;
    const bytes = await steps.read(this.#path.absolute).catch(unreadable);
    const bases = room.bases.map(knowBase).filter((base) => base !== undefined);
    this.#saved = room.bases.at(-1);
    if (bases.length === 0) {
      if (bytes && 'message' in bytes) return { state: 'failed', ...bytes };
      if (room.doc.store.clients.size > 0) return this.#openWithoutBase(bytes);
      if (!bytes) return { state: 'failed', message: 'its file is missing' };
      const first = firstOf(bytes, this.#context);
      if ('failure' in first) return { state: 'failed', ...first.failure };
      await this.#import(first.update, first.base);
      return { state: 'open' };
    }
    this.#base = bases.at(-1);
    this.#older = bases.at(-2);
    if (bytes && 'message' in bytes) {
      this.#setState({ state: 'unparsable', ...bytes });
      this.#unread = true;
    } else await this.#takeInBytes(bytes);
    this.documentChanged();
    return { state: 'open' };
  }

  /** The log has a document and no base that can be read: the document is the truth, the file's text is kept aside. */
  async #openWithoutBase(bytes: Uint8Array | undefined): Promise<FileOpening> {
    const { room, steps, report } = this.#context;
    const next = this.#printed();
    const isSame = bytes !== undefined && Buffer.from(next.text).equals(bytes);
    if (bytes && !isSame) {
      const kept = await steps.setAside(this.#path.absolute, bytes);
      report(`the store of ${this.#path.relative} has no base: the file is kept as ${kept} and written anew`);
    }
    await room.saveBase(plainBase(next));
    this.#saved = next;
    if (isSame) this.#base = next;
    else await this.#put(next);
    return { state: 'open' };
  }

  async #tryTakeIn(): Promise<void> {
    this.#unread = true;
    try {
      await this.#takeIn();
    } catch (error) {
      this.#context.report(`the change of ${this.#path.relative} could not be taken in; trying again`, error);
      this.#schedule(RETRY_MS);
    }
  }

  async #takeIn(): Promise<void> {
    if (this.#base) await this.#takeInBytes(await this.#readWhenStill());
    this.#unread = false;
  }

  async #readWhenStill(): Promise<Uint8Array | undefined> {
    const { steps, wait } = this.#context;
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const before = await steps.stamp(this.#path.absolute);
      const bytes = await steps.read(this.#path.absolute);
      if (!bytes || (this.#base && Buffer.from(this.#base.text).equals(bytes))) return bytes;
      await wait(STILL_MS);
      const after = await steps.stamp(this.#path.absolute);
      if (before?.mark === after?.mark) return bytes;
    }
    return steps.read(this.#path.absolute);
  }

  /** Takes in what the file says. */
  async #takeInBytes(bytes: Uint8Array | undefined): Promise<void> {
    const { room, languages, onText } = this.#context;
    if (!bytes) return this.#setState({ state: 'missing' });
    const decoded = decodeText(bytes);
    if (!('text' in decoded)) return this.#setState({ state: 'unparsable', ...decoded });
    const { text } = decoded;
    const bases = [this.#older, this.#base].filter((base) => base !== undefined);
    const base = baseFor(text, bases);
    if (!base) return;
    if (base.text !== text || !sameWords(base.languages, languages)) {
      const change = changeOf(room.doc, base, text, OUTSIDE, this.#context);
      if ('failure' in change) return this.#setState({ state: 'unparsable', ...change.failure });
      await this.#import(change.update, change.base);
      onText(text, undefined);
      this.documentChanged();
    } else {
      this.#base = base;
      if (this.#state.state !== 'fine') this.documentChanged();
    }
    this.#older = undefined;
    this.#setState({ state: 'fine' });
  }

  async #import(update: Uint8Array | undefined, base: KnownBase): Promise<void> {
    if (update) await this.#saveImport(update, base);
    else await this.#context.room.saveBase(plainBase(base));
    this.#base = base;
    this.#saved = base;
  }

  async #saveImport(update: Uint8Array, base: Base): Promise<void> {
    if (this.#older) await this.#context.room.saveBase(plainBase(this.#older));
    await this.#context.room.saveImport(update, plainBase(base));
    this.#saved = base;
  }

  async #write(): Promise<void> {
    this.#unschedule();
    const { steps, room } = this.#context;
    if (this.#unread) await this.#takeIn();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (!this.#base || this.#state.state !== 'fine') return;
      const since = this.#dirtySince;
      this.#dirtySince = undefined;
      try {
        const next = this.#printed();
        if (sameBase(next, this.#base)) return;
        const bytes = await steps.read(this.#path.absolute);
        if (!bytes || !Buffer.from(this.#base.text).equals(bytes)) {
          this.#dirtySince = since;
          await this.#takeIn();
          continue;
        }
        if (next.text === this.#base.text) {
          await room.saveBase(plainBase(next));
          this.#base = next;
          this.#saved = next;
        } else {
          await this.#saveBase(next);
          await this.#put(next);
        }
        if (this.#dirtySince === undefined) return;
      } catch (error) {
        this.#dirtySince ??= since;
        throw error;
      }
    }
    this.#schedule(SETTLE_MS);
  }

  /** Keeps the file's own base among the last two: it is saved again if the newest never reached the file. */
  async #saveBase(next: KnownBase): Promise<void> {
    const { room } = this.#context;
    const own = this.#older ?? this.#base;
    if (own && this.#saved && !sameBase(this.#saved, own)) {
      await room.saveBase(plainBase(own));
      this.#saved = own;
    }
    await room.saveBase(plainBase(next));
    this.#saved = next;
  }

  async #put(next: KnownBase): Promise<void> {
    const { steps, report, onText, room } = this.#context;
    const { absolute, relative } = this.#path;
    const old = this.#state.state === 'fine' ? this.#base : undefined;
    const temporary = await steps.writeTemporary(absolute, new TextEncoder().encode(next.text));
    const held = await steps.hold(absolute);
    let left: Uint8Array | undefined;
    try {
      await steps.replace(temporary, absolute);
      this.#base = next;
      this.#older = undefined;
      left = await held?.read();
    } finally {
      await held?.close();
    }
    onText(next.text, this.#by);
    if (!left || !old || Buffer.from(old.text).equals(left)) return;
    const decoded = decodeText(left);
    const change =
      'text' in decoded ? changeOf(room.doc, old, decoded.text, OUTSIDE, this.#context) : { failure: decoded };
    if ('failure' in change) {
      const kept = await steps.setAside(absolute, left);
      report(`the file ${relative} changed while it was written, to what is no notebook; it is kept as ${kept}`);
    } else if (change.update) {
      await this.#saveImport(change.update, next);
      this.documentChanged();
    }
  }
}

const unreadable = (error: unknown): { readonly message: string } => ({
  message: `the file can’t be read: ${error instanceof Error ? error.message : String(error)}`,
});
