/** Blocks: runs of neighbouring rows as they came, in Arrow. Values become text only when they are shown. */
import { type Column, tableFromIPC } from '@uwdata/flechette';
import { fromBase64 } from '../base64.ts';
import { type Reader, readerOf } from './values.ts';

export type Block = {
  /** The table's row that is the block's first. */
  readonly offset: number;
  readonly rows: number;
  readonly bytes: number;
  /** The exact text of a value, null for null. `row` counts in the table. */
  text(row: number, column: number): string | null;
};

/** `bytes`: an Arrow IPC stream. Throws if it is none. */
export function decode(bytes: Uint8Array, offset: number): Block {
  // Views of 64-bit values must begin at a multiple of eight.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const table = tableFromIPC(aligned, { useBigInt: true });
  const readers: Reader[] = [];
  return {
    offset,
    rows: table.numRows,
    bytes: aligned.byteLength,
    text: (row, column) => {
      const field = table.schema.fields[column];
      const values = table.children[column];
      if (!field || !values) return null;
      readers[column] ??= readerOf(field);
      return textAt(values, row - offset, readers[column]);
    },
  };
}

function textAt(column: Column<unknown>, row: number, read: Reader): string | null {
  let start = 0;
  for (const batch of column.data) {
    if (row < start + batch.length) return read(batch, row - start);
    start += batch.length;
  }
  return null;
}

/** The rows that came with the run, in base64. */
export function firstBlock(block: string | undefined): Block | undefined {
  if (block === undefined) return undefined;
  try {
    return decode(fromBase64(block), 0);
  } catch {
    // A block that cannot be read is as good as none: the rows are asked for.
    return undefined;
  }
}
