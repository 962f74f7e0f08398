/**
 * Which cells are chosen, and what a key does to that. A selection is the rectangle between an anchor, where it began,
 * and a head, which moves. Row −1 is the header: Enter sorts there.
 */
export type Cell = { readonly row: number; readonly column: number };
export type Selection = { readonly anchor: Cell; readonly head: Cell };
export type Range = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
export type Bounds = { readonly rows: number; readonly columns: number; readonly page: number };

export const HEADER = -1;

export const at = (row: number, column: number): Selection => ({ anchor: { row, column }, head: { row, column } });

/** Both ends inclusive. The header is no part of a range. */
export function rangeOf({ anchor, head }: Selection): Range {
  return {
    top: Math.max(0, Math.min(anchor.row, head.row)),
    bottom: Math.max(anchor.row, head.row),
    left: Math.min(anchor.column, head.column),
    right: Math.max(anchor.column, head.column),
  };
}

export const contains = (range: Range, row: number, column: number): boolean =>
  row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;

export const cellsIn = (range: Range): number =>
  Math.max(0, range.bottom - range.top + 1) * (range.right - range.left + 1);

export const everything = ({ rows, columns }: Bounds): Selection => ({
  anchor: { row: 0, column: 0 },
  head: { row: Math.max(0, rows - 1), column: Math.max(0, columns - 1) },
});

export type Press = { readonly key: string; readonly shift: boolean; readonly command: boolean };

/** Where the selection goes; undefined when the key means nothing here. */
export function move(selection: Selection, press: Press, bounds: Bounds): Selection | undefined {
  if (press.command && press.key.toLowerCase() === 'a') return everything(bounds);
  const head = target(selection.head, press, bounds);
  if (!head) return undefined;
  const row = Math.min(bounds.rows - 1, Math.max(press.shift ? 0 : HEADER, head.row));
  const column = Math.min(bounds.columns - 1, Math.max(0, head.column));
  const placed = { row, column };
  return press.shift ? { anchor: selection.anchor, head: placed } : { anchor: placed, head: placed };
}

function target({ row, column }: Cell, { key, command }: Press, { rows, columns, page }: Bounds): Cell | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: command ? Math.min(row, 0) : row - 1, column };
    case 'ArrowDown':
      return { row: command ? rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: command ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: command ? columns - 1 : column + 1 };
    case 'PageUp':
      return { row: Math.max(0, row - page), column };
    case 'PageDown':
      return { row: Math.max(0, row) + page, column };
    case 'Home':
      return command ? { row: 0, column: 0 } : { row, column: 0 };
    case 'End':
      return command ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return undefined;
  }
}
