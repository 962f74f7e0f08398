/**
 * One notebook's file, kept equal to its document. The history in the log is the truth; the file is an export of it.
 *
 * Writing: what is there must be the base (else it is an outside change, taken in first) → `saveBase(next)` → the file
 * (`put.ts`). Taking in: update and new base are one record. `bases.ts` holds what that rests on. All work on a
 * file is done one after another.
 */
import { AppError } from '../errors.ts';
import type { FileState } from '../protocol/messages.ts';
import { notebookOf } from '../storage/format/apply.ts';
import { type KnownBase, type NotebookText, printNotebook, unwrittenIn } from '../storage/format/print.ts';
import { Bases } from './bases.ts';
import type { FileContext, FilePath } from './context.ts';
import type { FileOpening, NotebookFile, TextFailure } from './contract.ts';
import { Due } from './due.ts';
import { baseFor, changeOf, firstOf, formerBase, OUTSIDE, sameBase, sameWords, unreadOf } from './outside.ts';
import { putFile } from './put.ts';
import { readWhenStill } from './steps.ts';
import { decodeText } from './text.ts';
import { Turns } from './turns.ts';

/** Outside changes that may come in between before a write waits for its next turn. */
const MOST_ROUNDS = 5;

export class OpenFile implements NotebookFile {
  readonly #context: FileContext;
  readonly #listeners = new Set<(state: FileState) => void>();
  #path: FilePath;
  #state: FileState = { state: 'fine' };
  readonly #bases: Bases;
  readonly #turns = new Turns();
  readonly #due: Due;
  #by: string | undefined;
  /** The file changed, and taking it in failed. */
  #unread = false;
  #closed = false;

  constructor(path: FilePath, context: FileContext) {
    this.#path = path;
    this.#context = context;
    this.#bases = new Bases(context.room);
    this.#due = new Due(context, () => this.#writeSoon());
  }

  get state(): FileState {
    return this.#state;
  }

  onState(listener: (state: FileState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(): Promise<FileOpening> {
    return this.#turns.take(() => this.#open());
  }

  documentChanged(by?: string): void {
    if (by !== undefined) this.#by = by;
    if (!this.#closed) this.#due.mark(this.#bases.own?.text.length ?? 0);
  }

  /** Told by the watch; equal text means nothing. Failing, it is tried again with the next write. */
  fileChanged(): Promise<void> {
    return this.#turns.take(() => this.#tryTakeIn());
  }

  /** Renames the file by `rename`, between two writes. */
  moved(path: FilePath, rename: () => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      await rename();
      this.#path = path;
      if (this.#state.state === 'missing') await this.#tryTakeIn();
    });
  }

  print(): string {
    return this.#printed().text;
  }

  applyText(base: string, text: string, by: string): Promise<{ readonly state: 'applied' } | TextFailure> {
    return this.#turns.take(async () => {
      const known = formerBase(this.#context.room.doc, this.#printed(), base, this.#context);
      if (!known) throw new AppError('precondition-failed');
      const change = changeOf(this.#context.room.doc, known, text, by, this.#context);
      if ('failure' in change) return { state: 'failed', ...change.failure };
      if (change.update) {
        await this.#bases.change(change.update, this.#printed(), by);
        this.documentChanged(by);
      }
      return { state: 'applied' };
    });
  }

  useMine(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#state.state === 'fine') return;
      const { steps, report } = this.#context;
      const bytes = await steps.read(this.#path.absolute);
      if (bytes) {
        const kept = await steps.setAside(this.#path.absolute, bytes);
        report(`the file ${this.#path.relative} was overwritten as asked; it is kept as ${kept}`);
      }
      const next = this.#printed();
      await this.#bases.announce(next);
      await this.#put(next);
      this.#setFine();
    });
  }

  async flush(): Promise<void> {
    await this.#turns.take(() => this.#write(true));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.flush();
    } finally {
      this.#closed = true;
      this.#due.stop();
      this.#listeners.clear();
      this.#context.onClose();
    }
  }

  #setFine(said = this.#said()): void {
    const unwritten = unwrittenIn(said);
    this.#setState({ state: 'fine', ...(unwritten.length > 0 ? { unwritten } : {}) });
  }

  #setState(state: FileState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) for (const listener of this.#listeners) listener(state);
  }

  #writeSoon(): void {
    this.#turns
      .take(() => this.#write())
      .catch((error: unknown) => {
        this.#context.report(`the file ${this.#path.relative} could not be written; trying again`, error);
        this.#retry();
      });
  }

  #retry(): void {
    if (!this.#closed) this.#due.retry();
  }

  #said(): NotebookText {
    return notebookOf(this.#context.room.doc, this.#path.relative);
  }

  #printed(said = this.#said()): KnownBase {
    return printNotebook(said, this.#context.languages, this.#bases.own);
  }

  async #open(): Promise<FileOpening> {
    const { room, steps } = this.#context;
    const bytes = await steps.read(this.#path.absolute).catch(unreadable);
    this.#bases.load();
    if (!this.#bases.own) {
      if (bytes && 'message' in bytes) return { state: 'failed', ...bytes };
      if (room.doc.store.clients.size > 0) return this.#openWithoutBase(bytes);
      if (!bytes) return { state: 'failed', message: 'its file is missing' };
      const first = firstOf(bytes, this.#context);
      if ('failure' in first) return { state: 'failed', ...first.failure };
      await this.#bases.takeIn(first.update, first.base);
      return { state: 'open' };
    }
    if (bytes && 'message' in bytes) {
      this.#setState({ state: 'unparsable', ...bytes });
      this.#unread = true;
    } else await this.#takeInIfRoom(bytes);
    this.documentChanged();
    return { state: 'open' };
  }

  /** What was unknown when the document was made. */
  async #readUnread(): Promise<void> {
    const { own } = this.#bases;
    const update = own && unreadOf(this.#context.room.doc, own);
    if (own && update) await this.#bases.takeIn(update, own);
  }

  /** A store that takes nothing now is no reason not to show what it has; the change waits for the next write. */
  async #takeInIfRoom(bytes: Uint8Array | undefined): Promise<void> {
    try {
      await this.#takeInBytes(bytes);
      if (this.#state.state === 'fine') await this.#readUnread();
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'storage-read-only')) throw error;
      this.#unread = true;
      this.#context.report(`the change of ${this.#path.relative} waits until something can be written`, error);
    }
  }

  /** The log has a document and no base that can be read: the document is the truth, the file's text is kept aside. */
  async #openWithoutBase(bytes: Uint8Array | undefined): Promise<FileOpening> {
    const { steps, report } = this.#context;
    const next = this.#printed();
    const isSame = bytes !== undefined && Buffer.from(next.text).equals(bytes);
    if (bytes && !isSame) {
      const kept = await steps.setAside(this.#path.absolute, bytes);
      report(`the store of ${this.#path.relative} has no base: the file is kept as ${kept} and written anew`);
    }
    await this.#bases.announce(next);
    if (isSame) this.#bases.reached(next);
    else await this.#put(next);
    return { state: 'open' };
  }

  async #tryTakeIn(): Promise<void> {
    this.#unread = true;
    try {
      await this.#takeIn();
    } catch (error) {
      this.#context.report(`the change of ${this.#path.relative} could not be taken in; trying again`, error);
      this.#retry();
    }
  }

  async #takeIn(): Promise<void> {
    const { steps, wait } = this.#context;
    const { absolute } = this.#path;
    if (this.#bases.own) {
      await this.#takeInBytes(await readWhenStill(steps, absolute, wait, (bytes) => this.#isOwn(bytes)));
    }
    this.#unread = false;
  }

  #isOwn(bytes: Uint8Array): boolean {
    return this.#bases.own !== undefined && Buffer.from(this.#bases.own.text).equals(bytes);
  }

  /** Takes in what the file says. */
  async #takeInBytes(bytes: Uint8Array | undefined): Promise<void> {
    const { room, languages, onText } = this.#context;
    if (!bytes) return this.#setState({ state: 'missing' });
    const decoded = decodeText(bytes);
    if (!('text' in decoded)) return this.#setState({ state: 'unparsable', ...decoded });
    const { text } = decoded;
    const base = baseFor(text, this.#bases.candidates);
    if (!base) return;
    if (base.text !== text || !sameWords(base.languages, languages)) {
      const change = changeOf(room.doc, base, text, OUTSIDE, this.#context);
      if ('failure' in change) return this.#setState({ state: 'unparsable', ...change.failure });
      await this.#bases.takeIn(change.update, change.base);
      onText(text, undefined);
      this.documentChanged();
    } else {
      this.#bases.reached(base);
      if (this.#state.state !== 'fine') this.documentChanged();
    }
    this.#setFine();
  }

  /** `all`: also what changes while it is written. */
  async #write(all = false): Promise<void> {
    this.#due.stop();
    const { steps } = this.#context;
    if (this.#unread) await this.#takeIn();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { own } = this.#bases;
      if (!own || this.#state.state !== 'fine') return;
      const putBack = this.#due.begin();
      try {
        const said = this.#said();
        const next = this.#printed(said);
        this.#setFine(said);
        if (sameBase(next, own)) return;
        const bytes = await steps.read(this.#path.absolute);
        if (!bytes || !this.#isOwn(bytes)) {
          putBack();
          await this.#takeIn();
          continue;
        }
        await this.#bases.announce(next);
        if (next.text === own.text) this.#bases.reached(next);
        else await this.#put(next);
        if (!all || !this.#due.isMarked) return;
      } catch (error) {
        putBack();
        throw error;
      }
    }
    this.#retry();
  }

  async #put(next: KnownBase): Promise<void> {
    const old = this.#state.state === 'fine' ? this.#bases.own : undefined;
    const isChanged = await putFile(this.#context, this.#bases, { path: this.#path, by: this.#by, old, next });
    if (isChanged) this.documentChanged();
  }
}

const unreadable = (error: unknown): { readonly message: string } => ({
  message: `the file can’t be read: ${error instanceof Error ? error.message : String(error)}`,
});
