/**
 * A table as a writer laid it out for all, the paragraph's option `table`: which columns in which order, how each is read,
 * which rows in which order. Pure. What is left out by it is out of sight, no secret: a report that is made as a file leaves
 * it out of its bytes, a page has the whole result at hand. Of tables whose rows are not given away no layout is told at all,
 * as it names columns and quotes values.
 */
import { isRecord, partOf } from '../chart/option.ts';
import type { Json } from '../document.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import type { Narrow } from './narrow.ts';
import { type ColumnFormat, narrowOf, readSettings, settingOf, shownColumns, sortIn } from './settings.ts';

/** Tables of one paragraph whose layouts are told. */
const MOST_TABLES = 50;

export type Laid = {
  /** Of the columns that are shown, in their order. */
  readonly places: readonly number[];
  /** One for each of `places`. */
  readonly formats: readonly (ColumnFormat | undefined)[];
  readonly sort: ReturnType<typeof sortIn>;
  readonly narrow: Narrow;
};

/** `index`: which of the paragraph's tables it is. */
export function laidOut(option: unknown, index: number, columns: readonly Column[]): Laid {
  const settings = readSettings(partOf(option, index));
  const names = uniqueNames(columns.map(({ name }) => name));
  const { places } = shownColumns(settings, names);
  return {
    places,
    formats: places.map((place) => settingOf(settings.formats, names[place]!)),
    sort: sortIn(settings, names),
    narrow: narrowOf(settings, columns),
  };
}

/** The option as it is published: layouts of tables whose rows are read, and nothing else that somebody wrote there. */
export function publishedLayout(option: unknown, isRead: (index: number) => boolean): Json | undefined {
  const told = (_: unknown, index: number): Json => {
    const settings = isRead(index) ? readSettings(partOf(option, index)) : {};
    // What was read of a document's option is what may stand there.
    return Object.keys(settings).length === 0 ? null : (settings as Json);
  };
  const parts = Array.isArray(option)
    ? option.slice(0, MOST_TABLES).map(told)
    : isRecord(option)
      ? [told(option, 0)]
      : [];
  if (parts.every((part) => part === null)) return undefined;
  return parts.length === 1 ? parts[0] : parts;
}
