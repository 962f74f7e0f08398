/**
 * The one way into a document, for peers, files and the server alike: logged as it came, durable, and only then applied.
 * Entries are settled in the order they were submitted, while their syncs are shared.
 *
 * An update that throws when applied is in the log already: it is marked to be skipped, and the document, half changed
 * by it, is loaded anew.
 */
import * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { watchChanges } from './changes.ts';
import type { Change, Origin } from './contract.ts';
import { holdsDocument, loadDocument } from './load.ts';
import type { Appendable, NotebookStore, Owns } from './store.ts';

export type Entry = {
  readonly record: Appendable;
  /** Whose the client ids are that it writes under. */
  readonly owns: Owns;
  readonly origin: Origin;
  /** It is durable and in the document. */
  readonly applied: () => void;
  /** `refused`: logged, but it does not apply. */
  readonly failed: (why: AppError | 'refused') => void;
};

export type PipelineOptions = {
  readonly store: NotebookStore;
  readonly updates: readonly Uint8Array[];
  readonly warn: (what: string, details?: object) => void;
  /** The disk refused an entry. The error that whoever waits for it gets. */
  readonly fail: (cause: unknown) => AppError;
  readonly onChange: (change: Change) => void;
  /** The document is half changed and cannot be loaded anew: nobody may go on with it. */
  readonly onBroken: () => void;
};

export interface Pipeline {
  /** Another object after a change with `reloaded`. */
  readonly doc: Y.Doc;
  readonly broken: boolean;
  submit(entry: Entry): void;
  /** Calls `work` when everything submitted so far is settled, before anything later is. */
  inTurn(work: () => void): void;
  settled(): Promise<void>;
  /** Writes a snapshot of all that was submitted so far. Rejects with DiskError; the log then stands as it was. */
  compact(): Promise<void>;
}

export function startPipeline(options: PipelineOptions): Pipeline {
  const { store, warn, fail, onChange, onBroken } = options;
  const loaded = loadDocument(options.updates);
  let doc = loaded.doc;
  let changes = watchChanges(doc);
  let broken = false;
  let tail: Promise<void> = Promise.resolve();

  for (const update of loaded.refused) {
    warn('an update in the log does not apply and is skipped', { bytes: update.length });
    store.append({ type: 'skip', update }).catch(fail);
  }

  /** A bug in what is told must not stop what follows. */
  function next(work: () => void | Promise<void>): void {
    tail = tail.then(work).catch((cause) => warn('a listener failed', { cause: String(cause) }));
  }

  function submit(entry: Entry): void {
    const durable = store.append(entry.record, entry.owns);
    durable.catch(() => {});
    next(async () => {
      try {
        await durable;
      } catch (cause) {
        entry.failed(fail(cause));
        return;
      }
      if (broken) entry.failed(new AppError('unavailable'));
      else if (!('update' in entry.record)) entry.applied();
      else if (apply(entry.record.update)) {
        entry.applied();
        tell(entry.origin, false);
      } else await loadAnew(entry, entry.record.update);
    });
  }

  function apply(update: Uint8Array): boolean {
    try {
      Y.applyUpdate(doc, update);
      return true;
    } catch (cause) {
      warn('an update does not apply', { bytes: update.length, cause: String(cause) });
      return false;
    }
  }

  async function loadAnew(entry: Entry, update: Uint8Array): Promise<void> {
    try {
      await store.append({ type: 'skip', update });
      doc = loadDocument(await store.reload()).doc;
      changes = watchChanges(doc);
    } catch (cause) {
      broken = true;
      entry.failed(fail(cause));
      onBroken();
      return;
    }
    entry.failed('refused');
    tell(entry.origin, true);
  }

  function tell(origin: Origin, reloaded: boolean): void {
    const { touched, paragraphs } = changes.take();
    if (touched || reloaded) onChange({ origin, paragraphs, reloaded });
  }

  return {
    get doc() {
      return doc;
    },
    get broken() {
      return broken;
    },
    submit,
    inTurn: (work) => next(work),
    settled: () => tail,
    compact: () => {
      const before = tail;
      const collect = async () => {
        await before;
        return Y.encodeStateAsUpdate(doc);
      };
      return store.compact(collect, (state) => holdsDocument(state, doc));
    },
  };
}
