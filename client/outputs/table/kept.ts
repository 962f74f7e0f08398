/** What each viewer made of a table or of a pivot, kept in the browser: bounded, the longest untouched goes first. */
import { readSettings, type TableSettings } from '../../../server/protocol/table/settings.ts';

type Storing = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'gondola.tables';
/** Tables that are remembered, and characters of all of them: a browser gives a site some millions. */
const MAX_TABLES = 200;
const MAX_CHARACTERS = 400_000;

export type Kept<T> = {
  load(place: string): T | undefined;
  /** Undefined forgets. */
  save(place: string, settings: T | undefined): void;
};
export type KeptTables = Kept<TableSettings>;

export const openKeptTables = (storage: Storing): KeptTables => openKept(storage, KEY, readSettings);

/** `read` mends what anybody may have written there. */
export function openKept<T>(storage: Storing, key: string, read: (value: unknown) => T): Kept<T> {
  // Read anew each time: other tabs write too.
  function all(): [string, unknown][] {
    try {
      const list: unknown = JSON.parse(storage.getItem(key) ?? '[]');
      return Array.isArray(list)
        ? list.filter((one): one is [string, unknown] => Array.isArray(one) && typeof one[0] === 'string')
        : [];
    } catch {
      return [];
    }
  }
  return {
    load: (place) => {
      const found = all().find(([one]) => one === place);
      return found && read(found[1]);
    },
    save: (place, settings) => {
      let list = all().filter(([one]) => one !== place);
      if (settings) list.push([place, settings]);
      list = list.slice(-MAX_TABLES);
      let text = JSON.stringify(list);
      while (text.length > MAX_CHARACTERS && list.length > 0) {
        list = list.slice(Math.ceil(list.length / 4));
        text = JSON.stringify(list);
      }
      try {
        if (list.length === 0) storage.removeItem(key);
        else storage.setItem(key, text);
      } catch {
        // A browser that keeps nothing still shows everything.
      }
    },
  };
}
