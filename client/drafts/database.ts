/**
 * The browser's IndexedDB as `KeptStore`. Transactions are strict: they complete when the bytes are on the disk, for
 * "kept here" is said on nothing less. The database is opened at the first call and again after the browser closed it.
 */
import type { PersonId } from '../../server/protocol/ids.ts';
import {
  type Draft,
  KeepError,
  type Kept,
  type KeptEdits,
  type KeptKey,
  type KeptMark,
  type KeptStore,
} from './contract.ts';
import { parseDraft, parseKept, parseUpdate } from './rows.ts';

const NAME = 'gondola';
const VERSION = 1;
const STORES = ['kept', 'updates', 'drafts'] as const;
const KEY = ['person', 'notebook', 'epoch', 'page'];

export function openDatabase(factory: IDBFactory): KeptStore {
  let opened: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    opened ??= connect(factory, () => {
      opened = undefined;
    });
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  }

  /** `work` asks only; what it returns is read once all is done. */
  async function transact<T>(mode: IDBTransactionMode, work: (stores: Stores) => () => T): Promise<T> {
    try {
      const database = await open();
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(STORES, mode, { durability: 'strict' });
        const read = work({
          kept: transaction.objectStore('kept'),
          updates: transaction.objectStore('updates'),
          drafts: transaction.objectStore('drafts'),
        });
        transaction.oncomplete = () => resolve(read());
        transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
      });
    } catch (cause) {
      const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
      throw new KeepError(isFull ? 'full' : 'failed', cause);
    }
  }

  return {
    read: ({ person, notebook }) =>
      transact('readonly', ({ kept, updates }) => {
        const found: KeptEdits[] = [];
        every(kept, [person, notebook], (value) => {
          const one = parseKept(value);
          if (!one) return;
          const list: Uint8Array[] = [];
          found.push({ ...one, updates: list });
          every(updates, keyOf(one), (update) => {
            const bytes = parseUpdate(update);
            if (bytes) list.push(bytes);
          });
        });
        return () => found;
      }),
    list: (person) =>
      transact('readonly', ({ kept }) => {
        const found: Kept[] = [];
        every(kept, [person], (value) => {
          const one = parseKept(value);
          if (one) found.push(one);
        });
        return () => found;
      }),
    keepWhole: (one, state, instead) =>
      transact('readwrite', (stores) => {
        stores.updates.delete(within(keyOf(one)));
        stores.kept.put(one);
        stores.updates.put({ ...keyed(one), number: one.number, update: state });
        for (const mark of instead) take(stores, mark);
        return () => undefined;
      }),
    keepMore: (one, update, after) =>
      transact('readwrite', ({ kept, updates }) => {
        let answer: 'kept' | 'gone' = 'gone';
        const asked = kept.get(keyOf(one));
        asked.onsuccess = () => {
          if (parseKept(asked.result)?.number !== after) return;
          answer = 'kept';
          kept.put(one);
          updates.put({ ...keyed(one), number: one.number, update });
        };
        return () => answer;
      }),
    remove: (marks) =>
      transact('readwrite', (stores) => {
        for (const mark of marks) take(stores, mark);
        return () => undefined;
      }),
    drafts: ({ person, notebook }) =>
      transact('readonly', ({ drafts }) => {
        const found: Draft[] = [];
        every(drafts, notebook === undefined ? [person] : [person, notebook], (value) => {
          const draft = parseDraft(value);
          if (draft) found.push(draft);
        });
        return () => found.sort((a, b) => a.at - b.at);
      }),
    putDraft: (draft, instead) =>
      transact('readwrite', (stores) => {
        stores.drafts.put(draft);
        for (const mark of instead) take(stores, mark);
        return () => undefined;
      }),
    removeDraft: ({ person, notebook, id }) =>
      transact('readwrite', ({ drafts }) => {
        drafts.delete([person, notebook, id]);
        return () => undefined;
      }),
    forget: (person: PersonId) =>
      transact('readwrite', (stores) => {
        for (const name of STORES) stores[name].delete(within([person]));
        return () => undefined;
      }),
  };
}

type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>;

function connect(factory: IDBFactory, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore('kept', { keyPath: KEY });
      database.createObjectStore('updates', { keyPath: [...KEY, 'number'] });
      database.createObjectStore('drafts', { keyPath: ['person', 'notebook', 'id'] });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = onClosed;
      // A newer version of the page wants to change its shape: this page goes on in memory, and says so.
      database.onversionchange = () => {
        database.close();
        onClosed();
      };
      resolve(database);
    };
  });
}

const keyed = ({ person, notebook, epoch, page }: KeptKey): KeptKey => ({ person, notebook, epoch, page });
const keyOf = ({ person, notebook, epoch, page }: KeptKey): string[] => [person, notebook, epoch, page];
/** All keys that begin with `start`: a list stands behind every number and text. */
const within = (start: readonly string[]): IDBKeyRange => IDBKeyRange.bound([...start], [...start, []]);

function every(store: IDBObjectStore, start: readonly string[], use: (value: unknown) => void): void {
  const asked = store.getAll(within(start));
  asked.onsuccess = () => {
    for (const value of asked.result) use(value);
  };
}

function take({ kept, updates }: Stores, mark: KeptMark): void {
  const asked = kept.get(keyOf(mark));
  asked.onsuccess = () => {
    if (parseKept(asked.result)?.number !== mark.number) return;
    kept.delete(keyOf(mark));
    updates.delete(within(keyOf(mark)));
  };
}
