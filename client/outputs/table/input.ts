/** Mouse and keyboard on a grid: choosing cells, sorting and resizing from the header, opening a value. */
import type { Grid } from './grid.ts';
import { at, HEADER, move, type Range, rangeOf, type Selection } from './selection.ts';

export type InputOptions = {
  readonly rows: () => number;
  readonly columns: number;
  readonly onSort: (column: number, several: boolean) => void;
  readonly onMenu: (column: number) => void;
  readonly onOpen: (row: number, column: number) => void;
  readonly onSelect: (selection: Selection | undefined) => void;
  readonly onCopy: (event: ClipboardEvent, range: Range) => void;
};

/** Pixels by which Alt+← and Alt+→ resize. */
const NUDGE = 16;

/** Returns the release. */
export function listen(grid: Grid, options: InputOptions): () => void {
  const { root } = grid;
  const abort = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, act: (event: HTMLElementEventMap[K]) => void): void =>
    root.addEventListener(type, act, { signal: abort.signal });
  const bounds = () => ({ rows: options.rows(), columns: options.columns, page: grid.rowsOfPage });
  let anchor: Selection['anchor'] | undefined;
  let touched = false;

  function choose(selection: Selection | undefined, show: boolean): void {
    grid.select(selection, show);
    options.onSelect(selection);
  }

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    touched = event.pointerType === 'touch';
    const edge = event.target instanceof Element ? event.target.closest<HTMLElement>('.grid-edge') : null;
    if (edge) {
      drag(grid, edge, event);
      return;
    }
    const cell = grid.cellAt(event.target);
    // A finger scrolls; it chooses by a tap, which comes as a click.
    if (!cell || touched) return;
    if (cell.column < 0) {
      const end = { row: cell.row, column: Math.max(0, options.columns - 1) };
      choose({ anchor: { row: event.shiftKey ? (anchor?.row ?? cell.row) : cell.row, column: 0 }, head: end }, false);
    } else if (event.shiftKey && grid.selection) choose({ anchor: grid.selection.anchor, head: cell }, false);
    else choose(at(cell.row, cell.column), false);
    anchor = grid.selection?.anchor;
  });
  on('pointermove', (event) => {
    if (!anchor || event.buttons !== 1 || event.pointerType === 'touch') return;
    const cell = grid.cellAt(event.target);
    if (!cell || cell.column < 0 || !grid.selection) return;
    const { head } = grid.selection;
    if (head.row !== cell.row || head.column !== cell.column) choose({ anchor, head: cell }, false);
  });
  on('pointerup', () => {
    anchor = undefined;
  });
  on('click', (event) => {
    const cell = touched ? grid.cellAt(event.target) : undefined;
    if (cell && cell.column >= 0) choose(at(cell.row, cell.column), false);
  });
  on('dblclick', (event) => {
    const cell = grid.cellAt(event.target);
    if (cell && cell.column >= 0) options.onOpen(cell.row, cell.column);
  });
  on('focus', () => {
    if (!grid.selection && options.rows() > 0 && root.matches(':focus-visible')) choose(at(0, 0), false);
  });
  on('keydown', (event) => {
    if (event.isComposing) return;
    const head = grid.selection?.head ?? { row: 0, column: 0 };
    const command = event.ctrlKey || event.metaKey;
    if (event.key === 'Escape') {
      if (!grid.selection) return;
      choose(undefined, false);
    } else if (event.altKey && head.row === HEADER && /^Arrow(Left|Right)$/.test(event.key)) {
      const by = event.key === 'ArrowLeft' ? -NUDGE : NUDGE;
      grid.resize(head.column, grid.widthOf(head.column) + by);
    } else if ((event.altKey && event.key === 'ArrowDown') || event.key === 'ContextMenu') options.onMenu(head.column);
    else if (event.altKey) return;
    else if ((event.key === 'Enter' && !command) || event.key === ' ') {
      if (head.row === HEADER) options.onSort(head.column, event.shiftKey);
      // Shift+Enter runs the paragraph: not ours.
      else if (event.key === 'Enter' && event.shiftKey) return;
      else options.onOpen(head.row, head.column);
    } else {
      const selection = grid.selection ?? at(0, 0);
      const next = move(selection, { key: event.key, shift: event.shiftKey, command }, bounds());
      if (!next) return;
      choose(next, !(command && event.key.toLowerCase() === 'a'));
    }
    event.preventDefault();
    event.stopPropagation();
  });
  on('copy', (event) => {
    if (grid.selection && grid.selection.head.row !== HEADER) options.onCopy(event, rangeOf(grid.selection));
  });
  return () => abort.abort();
}

function drag(grid: Grid, edge: HTMLElement, start: PointerEvent): void {
  const column = Number(edge.closest<HTMLElement>('.grid-title')?.dataset.column);
  const width = grid.widthOf(column);
  const abort = new AbortController();
  start.preventDefault();
  edge.setPointerCapture(start.pointerId);
  const follow = (event: PointerEvent) => grid.resize(column, width + event.clientX - start.clientX);
  edge.addEventListener('pointermove', follow, { signal: abort.signal });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    edge.addEventListener(end, () => abort.abort(), { signal: abort.signal });
  }
}
