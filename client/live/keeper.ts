/**
 * Keeps in the browser what the server has not acknowledged, and brings back what earlier pages kept. `here` is said only
 * of edits whose transaction has completed.
 *
 * First a whole state is kept, then each update behind it, other people's too: own edits may build on them. One
 * transaction is under way at a time, what comes meanwhile goes into the next. Once the server has all, it is taken
 * away; and if it has all before a moment has passed, nothing is written. Longer than most files: one machine, whose steps
 * share what is known to be kept.
 */
import * as Y from 'yjs';
import { metaOf, paragraphsOf } from '../../server/protocol/document.ts';
import { type DraftId, type Epoch, newId, type PageId, parseId } from '../../server/protocol/ids.ts';
import type { Role } from '../../server/protocol/messages.ts';
import {
  type Draft,
  type DraftWhy,
  KeepError,
  type KeepFailure,
  type Kept,
  type KeptEdits,
  type KeptMark,
  type KeptStore,
  type Scope,
  TITLE,
} from '../drafts/contract.ts';
import { isEmpty, keptText, type Own, ownText } from '../drafts/draft.ts';
import type { Pages } from '../drafts/pages.ts';
import type { Timer } from './connection.ts';
import type { Keeping } from './contract.ts';
import type { Ledger } from './ledger.ts';

/** Acknowledgements take some milliseconds: what a working line takes is not written at all. */
const PROMPT_MS = 250;
/** Reading back a few hundred updates takes some 10 ms; then a whole state again. */
const MOST_UPDATES = 300;
/** A full disk, or a database that fails: asked again so often, and at each edit. */
const RETRY_MS = 5_000;

export type KeeperOptions = {
  readonly store: KeptStore;
  readonly pages: Pages;
  readonly scope: Scope;
  readonly page: PageId;
  readonly doc: Y.Doc;
  readonly ledger: Ledger;
  readonly timer: Timer;
  readonly now: () => number;
  /** What is known of the notebook; without an epoch nothing can be kept. */
  readonly known: () => { readonly epoch: Epoch | undefined; readonly role: Role; readonly path: string };
  /** Whether the line takes edits, and acknowledges them soon. */
  readonly prompt: () => boolean;
  /** Origins of what is not made here. */
  readonly foreign: (origin: unknown) => boolean;
  readonly changed: () => void;
};

type Stored = { readonly epoch: Epoch; readonly number: number; readonly updates: number };
/** `stored`: it is in the browser, and nothing else of it is. */
export type Drafted = { readonly draft?: Draft; readonly stored: boolean };

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #release: () => void;
  /** The edit that last touched a paragraph. */
  readonly #touched = new Map<string, number>();
  /** Of earlier pages, in the document now. */
  #adopted: KeptMark[] = [];
  #queue: Uint8Array[] = [];
  /** What can be added to; undefined when a whole state is due. */
  #stored: Stored | undefined;
  /** What of this page is surely there. */
  #mark: KeptMark | undefined;
  #number = 0;
  #keptMade = 0;
  #failure: KeepFailure | undefined;
  #planned: { readonly at: number; readonly made: number; callOff(): void } | undefined;
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#release = options.pages.hold(options.page);
    const { doc, ledger, foreign } = options;
    const touch = (id: string): void => void this.#touched.set(id, ledger.made + 1);
    paragraphsOf(doc).observeDeep((events, { origin }) => {
      if (foreign(origin)) return;
      for (const event of events) {
        if (event.path.length > 0) touch(String(event.path[0]));
        else if (event instanceof Y.YMapEvent) for (const key of event.keysChanged) touch(key);
      }
    });
    metaOf(doc).observe((_event, { origin }) => {
      if (!foreign(origin)) touch(TITLE);
    });
  }

  /** How safe what is not acknowledged is. */
  get keeping(): Keeping {
    const { made, unsent } = this.#options.ledger;
    if (unsent === 0 || this.#keptMade >= made) return 'here';
    return this.#failure ?? 'writing';
  }

  /** What was kept by pages that are gone; those of live ones are theirs. */
  async read(): Promise<readonly KeptEdits[]> {
    const { store, pages, scope, page } = this.#options;
    try {
      const [found, alive] = await Promise.all([store.read(scope), pages.alive().catch(() => new Set<string>())]);
      const mine = new Set(this.#adopted.map((mark) => String(mark.page)));
      return found.filter((one) => one.page !== page && !alive.has(one.page) && !mine.has(one.page));
    } catch (cause) {
      this.#failure = failureOf(cause);
      return [];
    }
  }

  /** They are in the document from now on, and counted as edits. */
  adopt(kept: KeptEdits): void {
    const { ledger } = this.#options;
    const allKept = this.keeping === 'here';
    ledger.edit(Math.max(1, kept.edits));
    for (const id of kept.touched) this.#touched.set(id, ledger.made);
    this.#adopted.push(markOf(kept));
    if (allKept) this.#keptMade = ledger.made;
  }

  /** An own edit, counted already, or one from others. */
  changed(update: Uint8Array): void {
    if (this.#closed) return;
    if (this.#stored) this.#queue.push(update);
    if (this.#options.ledger.unsent > 0 || this.#stored) this.#plan(this.#options.prompt() ? PROMPT_MS : 0);
  }

  /** The line came, went, or acknowledged. */
  judge(): void {
    const { ledger, prompt } = this.#options;
    if (ledger.unsent === 0) {
      if (this.#marks().length > 0) this.#plan(0);
    } else if (!prompt() && this.keeping === 'writing') this.#plan(0);
  }

  /** What is not acknowledged becomes a draft in place of what was kept. */
  async draft(why: DraftWhy): Promise<Drafted> {
    const { doc, known } = this.#options;
    const own = ownText(doc, this.#unsentTouched());
    const { epoch } = known();
    this.close();
    await this.#writing;
    if (epoch === undefined) return { stored: false };
    return this.#keepDraft(own, epoch, why, this.#options.page, this.#marks());
  }

  /** The same of edits that were kept in another epoch and never came into the document. */
  draftOf(kept: KeptEdits): Promise<Drafted> {
    return this.#keepDraft(keptText(kept), kept.epoch, 'other-epoch', kept.page, [markOf(kept)]);
  }

  /** Writes what is due; resolves when it is. */
  async flush(): Promise<void> {
    this.#planned?.callOff();
    this.#planned = undefined;
    await this.#writing;
    await this.#write();
  }

  /** Nothing is written after what is under way. */
  close(): void {
    this.#closed = true;
    this.#planned?.callOff();
    this.#release();
  }

  /** Named by the page whose edits it holds: whoever finds them, it is one draft. */
  async #keepDraft(own: Own, epoch: Epoch, why: DraftWhy, page: PageId, marks: readonly KeptMark[]): Promise<Drafted> {
    const { store, scope, now } = this.#options;
    const id = parseId<DraftId>(page) ?? newId<DraftId>();
    const draft: Draft = { ...scope, id, epoch, why, at: now(), ...own };
    const made = isEmpty(own) ? {} : { draft };
    try {
      await (isEmpty(own) ? store.remove(marks) : store.putDraft(draft, marks));
      return { ...made, stored: true };
    } catch {
      return { ...made, stored: false };
    }
  }

  #unsentTouched(): string[] {
    const { safe } = this.#options.ledger;
    return [...this.#touched].flatMap(([id, number]) => (number > safe ? [id] : []));
  }

  #marks(): KeptMark[] {
    return this.#mark ? [...this.#adopted, this.#mark] : this.#adopted;
  }

  #plan(ms: number): void {
    const { timer, now, ledger } = this.#options;
    const at = now() + ms;
    if (this.#closed || (this.#planned && this.#planned.at <= at)) return;
    this.#planned?.callOff();
    const { made } = ledger;
    const callOff = timer(ms, () => {
      this.#planned = undefined;
      // On a line that answers, what was typed meanwhile has its own moment.
      if (ms > 0 && !this.#stored && ledger.safe >= made && ledger.unsent > 0) this.#plan(PROMPT_MS);
      else void this.#write();
    });
    this.#planned = { at, made, callOff };
  }

  #write(): Promise<void> {
    this.#writing ??= this.#steps().then((did) => {
      this.#writing = undefined;
      if (did) this.#options.changed();
    });
    return this.#writing;
  }

  /** Whether there was anything to do. */
  async #steps(): Promise<boolean> {
    let did = false;
    try {
      for (let step = this.#next(); step; step = this.#next()) {
        did = true;
        await step();
        this.#failure = undefined;
        if (this.#closed) break;
      }
    } catch (cause) {
      this.#failure = failureOf(cause);
      // What is there is short of an update now.
      this.#stored = undefined;
      this.#plan(RETRY_MS);
    }
    return did;
  }

  /** What is to be done now; its first part happens at once. */
  #next(): (() => Promise<void>) | undefined {
    const { ledger, known } = this.#options;
    const { epoch } = known();
    if (ledger.unsent === 0) return this.#marks().length > 0 ? () => this.#clear() : undefined;
    if (epoch === undefined) return undefined;
    const stored = this.#stored;
    if (stored && stored.updates < MOST_UPDATES) return this.#queue.length > 0 ? () => this.#more(stored) : undefined;
    return this.#keptMade >= ledger.made && this.#queue.length === 0 ? undefined : () => this.#whole(epoch);
  }

  async #whole(epoch: Epoch): Promise<void> {
    const { store, doc, ledger } = this.#options;
    const { made } = ledger;
    const kept = this.#facts(epoch);
    const state = Y.encodeStateAsUpdate(doc);
    const instead = this.#adopted;
    this.#queue = [];
    this.#stored = { epoch, number: kept.number, updates: 0 };
    await store.keepWhole(kept, state, instead);
    this.#mark = markOf(kept);
    this.#adopted = this.#adopted.filter((mark) => !instead.includes(mark));
    this.#keptMade = made;
  }

  async #more(stored: Stored): Promise<void> {
    const { store, ledger } = this.#options;
    const { made } = ledger;
    const kept = this.#facts(stored.epoch);
    const update = Y.mergeUpdates(this.#queue);
    this.#queue = [];
    this.#stored = { epoch: stored.epoch, number: kept.number, updates: stored.updates + 1 };
    if ((await store.keepMore(kept, update, stored.number)) === 'gone') {
      this.#stored = undefined;
      this.#mark = undefined;
    } else {
      this.#mark = markOf(kept);
      this.#keptMade = made;
    }
  }

  async #clear(): Promise<void> {
    const marks = this.#marks();
    this.#stored = undefined;
    this.#queue = [];
    this.#touched.clear();
    await this.#options.store.remove(marks);
    this.#adopted = this.#adopted.filter((mark) => !marks.includes(mark));
    if (this.#mark && marks.includes(this.#mark)) this.#mark = undefined;
  }

  #facts(epoch: Epoch): Kept {
    const { scope, page, ledger, known, now } = this.#options;
    const { role, path } = known();
    this.#number += 1;
    return {
      ...scope,
      page,
      epoch,
      number: this.#number,
      edits: ledger.unsent,
      touched: this.#unsentTouched(),
      path,
      role,
      at: now(),
    };
  }
}

const markOf = ({ person, notebook, epoch, page, number }: KeptMark): KeptMark => ({
  person,
  notebook,
  epoch,
  page,
  number,
});

const failureOf = (cause: unknown): KeepFailure => (cause instanceof KeepError ? cause.code : 'failed');
