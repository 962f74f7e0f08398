/**
 * How a notebook is laid out as a report: of the page its width and the headings that become tabs, of each paragraph where it
 * stands. The page's part is `report:` of the front matter, a paragraph's is its option `report`, so that it goes along when
 * it is moved or copied. `arrange` is the one place that decides what stands where; page, link and file all draw what it says.
 */
import type { Json, Options } from '../document.ts';
import { splitAtHeadings } from './pieces.ts';

export const WIDTHS = ['narrow', 'wide', 'full'] as const;
export type Width = (typeof WIDTHS)[number];
/** Levels of headings that can become tabs: deeper ones are no parts of a report. */
export const TAB_LEVELS = [1, 2, 3] as const;
export type TabLevel = (typeof TAB_LEVELS)[number];

export type Layout = {
  readonly width: Width;
  /** Each heading of this level begins a tab; what stands before the first one is above all of them. */
  readonly tabs?: TabLevel;
};

/** Of one paragraph. `beside`: a column right of what is before it; `below`: it goes on in the column of what is before it. */
export const PLACES = ['across', 'beside', 'below', 'hidden'] as const;
export type Place = (typeof PLACES)[number];

/** The option of a paragraph, and the key of the front matter. */
export const REPORT = 'report';
/** The option of a paragraph that begins a column: how wide that is, as a share of what the columns of its row say together. */
export const SPAN = 'span';
/** Widths are told apart to a twelfth of the row: any two to four columns divide it evenly, and nobody sees a finer step. */
export const SPANS = 12;
/** More stand too narrow to be read; what is beside a fourth goes on below it. */
export const MOST_COLUMNS = 4;

export const DEFAULT_LAYOUT: Layout = { width: 'wide' };

/** What a file or a client says may be anything: what is no layout says nothing. */
export function readLayout(entries: Iterable<readonly [string, Json]>): Layout {
  const said = new Map(entries);
  const width = WIDTHS.find((one) => one === said.get('width')) ?? DEFAULT_LAYOUT.width;
  const tabs = TAB_LEVELS.find((one) => one === said.get('tabs'));
  return { width, ...(tabs === undefined ? {} : { tabs }) };
}

export const placeOf = (options: Options): Place => PLACES.find((one) => one === options[REPORT]) ?? 'across';

/** What an option says of it: nothing where it stands as any other. */
export const placeOption = (place: Place): Place | undefined => (place === 'across' ? undefined : place);

export function spanOf({ [SPAN]: span }: Readonly<Record<string, unknown>>): number {
  return typeof span === 'number' && Number.isInteger(span) && span >= 1 && span <= SPANS ? span : 1;
}

export const isHidden = (options: Options): boolean => options[REPORT] === 'hidden';

/** A paragraph as it is laid out; prose with its text, which tabs are made of. */
export type Placed<Id extends string> = { readonly id: Id; readonly place: Place; readonly prose?: string };

/**
 * What is drawn in one place: a paragraph, or where tabs are made the piece of prose of that number. It holds no text: what
 * somebody types moves nothing, and is drawn where it stands.
 */
export type Item<Id extends string> = { readonly key: string; readonly id: Id; readonly piece?: number };
/** Side by side; most rows are one column of one item. */
export type Row<Id extends string> = { readonly key: string; readonly columns: readonly (readonly Item<Id>[])[] };
export type Tab<Id extends string> = {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly Row<Id>[];
};
export type Arranged<Id extends string> = { readonly rows: readonly Row<Id>[]; readonly tabs: readonly Tab<Id>[] };

type Building<Id extends string> = { key: string; title: string; rows: { key: string; columns: Item<Id>[][] }[] };

/** Hidden paragraphs are in none of it. */
export function arrange<Id extends string>(
  paragraphs: readonly Placed<Id>[],
  { tabs: level }: Pick<Layout, 'tabs'>,
): Arranged<Id> {
  const above: Building<Id> = { key: '', title: '', rows: [] };
  const tabs: Building<Id>[] = [];
  for (const { id, place, prose } of paragraphs) {
    if (place === 'hidden') continue;
    if (prose === undefined || level === undefined) {
      put(tabs.at(-1) ?? above, { key: id, id }, place);
      continue;
    }
    splitAtHeadings(prose, level).forEach(({ title, text }, index) => {
      const key = index === 0 ? id : `${id}/${index}`;
      if (title !== undefined) tabs.push({ key, title, rows: [] });
      const at = index === 0 ? place : 'across';
      if (text.trim() !== '') put(tabs.at(-1) ?? above, { key, id, piece: index }, at);
    });
  }
  return { rows: above.rows, tabs };
}

/** Characters of an opening that people read before they choose anything. */
const OPENING = 1_000;

/** Whether prose is the opening of a report: its title and a few words. Forms and their values stand below it. */
export const isOpening = (prose: string): boolean =>
  prose.length <= OPENING && /^\s{0,3}#[ \t]/.test(prose) && !/^ {0,3}##/m.test(prose);

/** The key of the first item, where all of that row is the opening. */
export function openingOf<Id extends string>({ rows }: Arranged<Id>, isSo: (id: Id) => boolean): string | undefined {
  const [columns = []] = rows.map((row) => row.columns);
  const item = columns.length === 1 ? columns[0]?.[0] : undefined;
  return item && isSo(item.id) ? item.key : undefined;
}

/** The text of an item of prose. */
export const textOf = (
  prose: string,
  { piece }: { readonly piece?: number },
  { tabs }: Pick<Layout, 'tabs'>,
): string => (piece === undefined || tabs === undefined ? prose : (splitAtHeadings(prose, tabs)[piece]?.text ?? ''));

function put<Id extends string>({ rows }: Building<Id>, item: Item<Id>, place: Place): void {
  const row = rows.at(-1);
  if (!row || place === 'across') rows.push({ key: item.key, columns: [[item]] });
  else if (place === 'beside' && row.columns.length < MOST_COLUMNS) row.columns.push([item]);
  else row.columns.at(-1)?.push(item);
}
