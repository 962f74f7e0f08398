/**
 * The table's header: marks, names, the order of sorting, the way to each column's menu, a place for its profile, and the edges
 * by which columns are resized.
 */
import type { Column } from '../../../server/protocol/outputs.ts';
import { outputs as words } from '../../words/outputs.ts';
import type { Look } from './cells.ts';
import { columnsIn, type Seen } from './columns.ts';
import { element } from './element.ts';
import type { Order } from './sort.ts';
import { MARKS } from './types.ts';

export type Head = {
  readonly element: HTMLElement;
  /** Cells for the columns in view, at their places. */
  place(edges: Float64Array, seen: Seen): void;
  order(order: Order): void;
  /** Marks the cell that the keyboard is on. */
  activate(column: number | undefined): void;
  cell(column: number): HTMLElement | undefined;
  /** Columns that filters ask about. */
  filtered(columns: ReadonlySet<number>): void;
};

export type HeadOptions = {
  readonly id: string;
  readonly columns: readonly Column[];
  readonly looks: readonly Look[];
  /** Columns that stay when the others scroll to the side: the first so many. */
  readonly pinned: number;
  /** Draws a column's profile into its place, where there is one to draw. */
  readonly onProfile?: ((place: HTMLElement, column: number) => void) | undefined;
  readonly menu: string;
  readonly onSort: (column: number, several: boolean) => void;
  readonly onMenu: (column: number) => void;
};

export function createHead({ id, columns, looks, pinned, menu, onProfile, onSort, onMenu }: HeadOptions): Head {
  const row = element('div', 'grid-head', { role: 'row', 'aria-rowindex': '1' });
  const numbers = element('div', 'grid-number', { role: 'columnheader', 'aria-colindex': '1' });
  numbers.appendChild(element('span', 'unseen', {})).textContent = words.table.number;
  row.append(numbers);
  const cells = new Map<number, HTMLElement>();
  let sorted: Order = [];
  let active: number | undefined;
  let narrowed: ReadonlySet<number> = new Set();

  function make(column: number): HTMLElement {
    const { name, type } = columns[column]!;
    const cell = element('div', 'grid-title', {
      role: 'columnheader',
      'aria-colindex': String(column + 2),
      'data-kind': looks[column]!.kind,
      'data-column': String(column),
      title: `${name} · ${type}`,
    });
    cell.toggleAttribute('data-last', column === columns.length - 1);
    const mark = cell.appendChild(element('small', 'grid-mark', { 'aria-hidden': 'true' }));
    mark.textContent = MARKS[looks[column]!.kind];
    const label = cell.appendChild(element('span', 'grid-name', {}));
    label.textContent = name;
    const more = element('button', 'grid-more', {
      type: 'button',
      tabindex: '-1',
      title: menu,
      'aria-label': `${menu}: ${name}`,
    });
    more.textContent = '⋯';
    cell.append(element('span', 'grid-order', { 'aria-hidden': 'true' }), more, element('span', 'grid-edge', {}));
    if (onProfile) onProfile(cell.appendChild(element('div', 'grid-profile', {})), column);
    cells.set(column, cell);
    row.append(cell);
    return cell;
  }

  function mark(column: number, cell: HTMLElement): void {
    const weight = sorted.findIndex((entry) => entry.column === column);
    const entry = sorted[weight];
    cell.setAttribute('aria-sort', entry ? (entry.descending ? 'descending' : 'ascending') : 'none');
    const arrow = entry ? (entry.descending ? '↓' : '↑') : '';
    cell.querySelector('.grid-order')!.textContent = entry && sorted.length > 1 ? `${arrow}${weight + 1}` : arrow;
    cell.classList.toggle('filtered', narrowed.has(column));
    cell.classList.toggle('active', column === active);
    if (column === active) cell.id = `${id}-head`;
    else cell.removeAttribute('id');
  }

  row.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : undefined;
    const cell = target?.closest<HTMLElement>('.grid-title');
    if (!cell || target?.classList.contains('grid-edge')) return;
    if (target?.classList.contains('grid-more')) onMenu(Number(cell.dataset.column));
    else onSort(Number(cell.dataset.column), event.shiftKey);
  });

  return {
    element: row,
    place: (edges, seen) => {
      for (const [column, cell] of cells) {
        if (column < pinned || (column >= seen.start && column < seen.end)) continue;
        cell.remove();
        cells.delete(column);
      }
      for (const column of columnsIn(seen, pinned)) {
        const cell = cells.get(column) ?? make(column);
        cell.toggleAttribute('data-pinned', column < pinned);
        cell.style.left = `calc(var(--number) + ${edges[column]}px)`;
        const width = `${edges[column + 1]! - edges[column]!}px`;
        cell.style.width = column === columns.length - 1 ? `calc(${width} + var(--spare))` : width;
        mark(column, cell);
      }
    },
    order: (order) => {
      sorted = order;
      for (const [column, cell] of cells) mark(column, cell);
    },
    activate: (column) => {
      active = column;
      for (const [each, cell] of cells) mark(each, cell);
    },
    cell: (column) => cells.get(column),
    filtered: (columns) => {
      narrowed = columns;
      for (const [column, cell] of cells) mark(column, cell);
    },
  };
}
