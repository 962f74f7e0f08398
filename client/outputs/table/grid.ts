/**
 * The table as elements, written directly: a run's result must be on the page within a millisecond, and a scrollbar
 * dragged over ten million rows must not stutter. A pane the size of the view is pinned inside a tall empty track; rows
 * are recycled in it and moved by the position that `scroll.ts` computes. Only the columns in view have cells.
 * Knows no server: rows come through `text`, and `onSeen` says which are looked at. Longer than most files: place, widths and
 * recycled rows change together, in one pass.
 */
import type { Column } from '../../../server/protocol/outputs.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { type Look, shownText, writeCell } from './cells.ts';
import { columnsIn, edgesOf, fitWidths, naturalWidth, revealColumn, type Seen, seenColumns } from './columns.ts';
import { element } from './element.ts';
import { createHead } from './head.ts';
import { letPass } from './passing.ts';
import { type Extent, follow, maxTop, type Place, realOf, reveal, seenRows, trackHeight } from './scroll.ts';
import { contains, HEADER, rangeOf, type Selection } from './selection.ts';
import type { Order } from './sort.ts';
import { isGrouped } from './types.ts';

export const ROW = 28;
const HEAD = 34;
/** With a profile below each name. */
const TALL_HEAD = 62;
/** A table of up to MOST rows stands whole on the page; a longer one shows some and scrolls. */
const MOST = 12;
const SOME = 10;
/** Below this all columns have cells: drawing them costs less than watching the side scroll. */
const FEW_COLUMNS = 40;
/** Rows by which widths are guessed: what is seen first, and a little more. */
const SAMPLES = 24;
/** Scrolling rests when nothing came for this long. */
const REST_MS = 150;
/** The frame's width until it is known: no layout is forced while a result appears. */
const USUAL_WIDTH = 916;

export type GridOptions = {
  /** Unique on the page. */
  readonly id: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** So many more may come: their numbers have room from the start, so that no column moves. */
  readonly awaited?: number;
  /** Exact text; null for null; undefined while it is not here. */
  readonly text: (row: number, column: number) => string | null | undefined;
  readonly label: string;
  readonly onSeen: (start: number, end: number) => void;
  /** The scrollbar is dragged (`moving`), or rests again: the first row in view. */
  readonly onPlace: (row: number, moving: boolean) => void;
  readonly onSort: (column: number, several: boolean) => void;
  readonly onMenu: (column: number) => void;
  /** What opens a column's menu is called. */
  readonly menu: string;
  /** Rows without a filter: the table stays as high, however few match. */
  readonly whole?: () => number;
  readonly pinned?: number;
  /** Wider or narrower than guessed, by column. */
  readonly widths?: ReadonlyMap<number, number>;
  readonly onProfile?: ((place: HTMLElement, column: number) => void) | undefined;
  readonly onResize?: (column: number, width: number) => void;
  readonly look?: (column: number) => Look;
};

export type Grid = {
  readonly root: HTMLElement;
  readonly selection: Selection | undefined;
  readonly rowsOfPage: number;
  select(selection: Selection | undefined, show: boolean): void;
  /** New rows are at hand, or their number grew; `anew`: they are another result's, of the same columns. */
  refresh(rows: number, anew?: boolean, awaited?: number): void;
  order(order: Order): void;
  filtered(columns: ReadonlySet<number>): void;
  resize(column: number, width: number): void;
  widthOf(column: number): number;
  /** The cell at a point of an event, if any. */
  cellAt(target: EventTarget | null): { row: number; column: number } | undefined;
  cellElement(row: number, column: number): HTMLElement | undefined;
  lookOf(column: number): Look;
  release(): void;
};

type Slot = { readonly element: HTMLElement; readonly number: HTMLElement; readonly cells: HTMLElement[]; row: number };

export function createGrid(options: GridOptions): Grid {
  const { id, columns, text } = options;
  const { pinned = 0, whole = () => 0 } = options;
  const looks: Look[] = columns.map(({ name, type }, column) => {
    const kind = kindOf(type);
    return options.look?.(column) ?? { kind, grouped: isGrouped(name, kind) };
  });
  const root = element('div', 'grid', { role: 'grid', tabindex: '0', 'aria-label': options.label });
  const track = root.appendChild(element('div', 'grid-track', { role: 'presentation' }));
  const pane = track.appendChild(element('div', 'grid-pane', { role: 'presentation' }));
  const body = element('div', 'grid-rows', { role: 'rowgroup' });
  root.setAttribute('aria-colcount', String(columns.length + 1));
  root.setAttribute('aria-multiselectable', 'true');

  let rows = options.rows;
  let awaited = options.awaited ?? 0;
  let width = USUAL_WIDTH;
  let place: Place = { top: 0, real: 0 };
  let selection: Selection | undefined;
  let natural = guessWidths();
  let guessed = text(0, 0) !== undefined;
  const fixed = new Set(options.widths?.keys());
  let numberWidth = 0;
  let widths: number[] = [];
  let edges = edgesOf([]);
  let seen: Seen = { start: 0, end: 0 };
  let shown: readonly number[] = [];
  let rest: ReturnType<typeof setTimeout> | undefined;
  const slots: Slot[] = [];
  const { menu, onMenu, onProfile, onSort } = options;
  const head = createHead({ id, columns, looks, pinned, menu, onMenu, onProfile, onSort });
  const headHeight = onProfile ? TALL_HEAD : HEAD;
  root.style.setProperty('--head', `${headHeight}px`);
  pane.append(head.element, body);

  function shownRows(): number {
    const most = Math.max(rows, whole());
    return most <= MOST ? most : SOME;
  }
  const extent = (): Extent => ({ height: Math.max(rows, shownRows()) * ROW, view: shownRows() * ROW });

  function guessWidths(): number[] {
    return columns.map((column, index) => {
      const set = options.widths?.get(index);
      if (set !== undefined) return set;
      const samples: string[] = [];
      for (let row = 0; row < Math.min(rows, SAMPLES); row += 1) {
        const value = text(row, index);
        samples.push(value === null ? 'null' : shownText(value ?? '', looks[index]!));
      }
      return naturalWidth(column.name, samples);
    });
  }

  function layOut(): void {
    // Never narrower again: what comes after moves nothing.
    numberWidth = Math.max(numberWidth, 44, 20 + String(Math.max(rows, awaited)).length * 7);
    widths = fitWidths(natural, width - numberWidth - 2, fixed);
    edges = edgesOf(widths);
    const all = Math.max(width, numberWidth + edges[columns.length]!);
    const { view } = extent();
    const height = `${headHeight + view}px`;
    root.style.setProperty('--number', `${numberWidth}px`);
    // What is left of the frame goes to the last column's box, not to its text.
    root.style.setProperty('--spare', `${all - numberWidth - edges[columns.length]!}px`);
    root.style.height = all > width ? `calc(${height} + var(--scrollbar, 12px))` : height;
    track.style.cssText = `height:${headHeight + trackHeight(extent())}px;width:${all}px`;
    pane.style.cssText = `height:${height};width:${all}px`;
    root.setAttribute('aria-rowcount', String(rows + 1));
    seen = { start: 0, end: 0 };
    draw();
  }

  function lookAtColumns(): boolean {
    const next =
      columns.length <= FEW_COLUMNS
        ? { start: 0, end: columns.length }
        : seenColumns(edges, Math.max(0, root.scrollLeft - 200), width + 400);
    if (next.start === seen.start && next.end === seen.end) return false;
    seen = next;
    shown = columnsIn(seen, pinned);
    head.place(edges, seen);
    return true;
  }

  function draw(anew = true): void {
    const sideways = lookAtColumns();
    const { view } = extent();
    const { start, end } = seenRows(place.top, view, ROW, rows);
    const range = selection && rangeOf(selection);
    for (let row = start; row < end; row += 1) {
      const slot = slotOf(row, start, end);
      const fresh = anew || sideways || slot.row !== row;
      if (sideways || slot.cells.length !== shown.length) placeCells(slot);
      slot.element.style.transform = `translateY(${row * ROW - place.top}px)`;
      if (!fresh) continue;
      slot.row = row;
      slot.element.setAttribute('aria-rowindex', String(row + 2));
      slot.element.hidden = false;
      slot.number.textContent = String(row + 1);
      for (let index = 0; index < slot.cells.length; index += 1) {
        const column = shown[index]!;
        const cell = slot.cells[index]!;
        writeCell(cell, text(row, column), looks[column]!);
        paint(cell, row, column, range);
      }
    }
    for (const slot of slots) {
      if (slot.row < start || slot.row >= end) {
        slot.element.hidden = true;
        slot.row = -1;
      }
    }
    const active = selection && cellElement(selection.head.row, selection.head.column);
    if (active) root.setAttribute('aria-activedescendant', active.id);
    else root.removeAttribute('aria-activedescendant');
    options.onSeen(start, end);
  }

  function paint(cell: HTMLElement, row: number, column: number, range: ReturnType<typeof rangeOf> | undefined): void {
    const picked = range !== undefined && contains(range, row, column);
    const active = selection?.head.row === row && selection.head.column === column;
    const state = active ? 'grid-cell picked active' : picked ? 'grid-cell picked' : 'grid-cell';
    if (cell.className !== state) cell.className = state;
    if (picked) cell.setAttribute('aria-selected', 'true');
    else cell.removeAttribute('aria-selected');
    if (active) cell.id = `${id}-active`;
    else if (cell.id) cell.removeAttribute('id');
  }

  /** As many slots as rows fit in the view; row r always takes slot r modulo their number. */
  function slotOf(row: number, start: number, end: number): Slot {
    const most = Math.max(end - start, Math.min(rows, shownRows() + 1));
    while (slots.length < most) {
      const line = element('div', 'grid-row', { role: 'row' });
      const number = line.appendChild(element('div', 'grid-number', { role: 'rowheader', 'aria-colindex': '1' }));
      body.append(line);
      for (const slot of slots) slot.row = -1;
      slots.push({ element: line, number, cells: [], row: -1 });
    }
    return slots[row % slots.length]!;
  }

  function placeCells(slot: Slot): void {
    const count = shown.length;
    while (slot.cells.length > count) slot.cells.pop()!.remove();
    while (slot.cells.length < count) {
      const cell = element('div', 'grid-cell', { role: 'gridcell' });
      slot.cells.push(cell);
      slot.element.append(cell);
    }
    for (let index = 0; index < count; index += 1) {
      const column = shown[index]!;
      const cell = slot.cells[index]!;
      cell.toggleAttribute('data-pinned', column < pinned);
      cell.style.left = `calc(var(--number) + ${edges[column]}px)`;
      const last = column === columns.length - 1;
      cell.style.width = last ? `calc(${widths[column]}px + var(--spare))` : `${widths[column]}px`;
      cell.toggleAttribute('data-last', last);
      cell.dataset.kind = looks[column]!.kind;
      cell.setAttribute('aria-colindex', String(column + 2));
    }
    slot.row = -1;
  }

  function scrolled(): void {
    const real = root.scrollTop;
    if (real !== place.real) {
      const { top, jump } = follow(place, real, extent());
      place = { top, real };
      draw(false);
      options.onPlace(Math.floor(top / ROW), jump);
    } else if (columns.length > FEW_COLUMNS) draw(false);
    clearTimeout(rest);
    rest = setTimeout(rested, REST_MS);
  }

  /** Puts the track back to where the rows are: see `scroll.ts`. */
  function rested(): void {
    const real = Math.round(realOf(place.top, extent()));
    if (Math.abs(real - place.real) > 1) moveTo(place.top);
    options.onPlace(Math.floor(place.top / ROW), false);
  }

  function moveTo(top: number): void {
    const next = Math.min(maxTop(extent()), Math.max(0, top));
    if (next === place.top && next === 0 && place.real === 0) return;
    root.scrollTop = Math.round(realOf(next, extent()));
    place = { top: next, real: root.scrollTop };
  }

  function cellElement(row: number, column: number): HTMLElement | undefined {
    if (row === HEADER) return head.cell(column);
    return slots.find((slot) => slot.row === row)?.cells[shown.indexOf(column)];
  }

  root.addEventListener('scroll', scrolled, { passive: true });
  const stopPassing = letPass(root);
  const sizes =
    typeof ResizeObserver === 'undefined'
      ? undefined
      : new ResizeObserver(() => {
          const next = root.clientWidth;
          if (next === 0 || next === width) return;
          width = next;
          layOut();
        });
  // Before the next paint, but not while the result is being put on the page.
  const firstFrame = requestAnimationFrame(() => sizes?.observe(root));
  layOut();

  return {
    root,
    get selection() {
      return selection;
    },
    get rowsOfPage() {
      return Math.max(1, shownRows() - 1);
    },
    select: (next, show) => {
      selection = next;
      if (next && show) {
        const { row, column } = next.head;
        if (row >= 0) {
          const top = reveal(row, place.top, extent(), ROW);
          if (top !== place.top) moveTo(top);
        }
        const left = revealColumn(column, edges, root.scrollLeft, width - numberWidth);
        if (left !== root.scrollLeft) root.scrollLeft = left;
      }
      head.activate(next?.head.row === HEADER ? next.head.column : undefined);
      draw();
    },
    refresh: (next, anew = false, more = 0) => {
      if (anew) {
        selection = undefined;
        head.order([]);
        head.activate(undefined);
        moveTo(0);
      }
      const known = text(0, 0) !== undefined;
      const grown = next !== rows || more > awaited;
      rows = next;
      awaited = more;
      if (known && (anew || !guessed)) {
        guessed = true;
        const before = natural;
        natural = guessWidths().map((guess, column) => (fixed.has(column) ? before[column]! : guess));
        if (grown || natural.some((each, column) => each !== before[column])) layOut();
        else draw();
      } else if (grown) layOut();
      else draw();
    },
    filtered: (columns) => head.filtered(columns),
    order: (order) => {
      head.order(order);
      // What was chosen is now somewhere else.
      if (selection && selection.head.row !== HEADER) selection = undefined;
      moveTo(0);
      draw();
    },
    resize: (column, next) => {
      fixed.add(column);
      natural = natural.slice();
      natural[column] = Math.max(32, Math.round(next));
      layOut();
      options.onResize?.(column, natural[column]);
    },
    widthOf: (column) => widths[column] ?? 0,
    cellAt: (target) => {
      const found = target instanceof Element ? target.closest<HTMLElement>('.grid-cell, .grid-number') : null;
      const slot = found && slots.find((each) => each.element === found.parentElement);
      if (!found || !slot || slot.row < 0) return undefined;
      const index = slot.cells.indexOf(found);
      return { row: slot.row, column: index < 0 ? -1 : shown[index]! };
    },
    cellElement,
    lookOf: (column) => looks[column]!,
    release: () => {
      clearTimeout(rest);
      cancelAnimationFrame(firstFrame);
      sizes?.disconnect();
      stopPassing();
      root.remove();
    },
  };
}
