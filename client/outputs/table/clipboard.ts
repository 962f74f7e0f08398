/**
 * Copying a range. What is at hand goes to the clipboard within the key press. Other rows are fetched first; a browser
 * that refuses the clipboard afterwards gets them with the next press.
 */
import type { Block } from './blocks.ts';
import { COPY_CELLS, tsv } from './copy.ts';
import { cellsIn, type Range } from './selection.ts';
import type { Windows } from './windows.ts';

export type CopyState =
  | { readonly state: 'copied'; readonly rows: number; readonly columns: number }
  | { readonly state: 'fetching' }
  /** The rows are here, but the browser wants another key press. */
  | { readonly state: 'ready' }
  | { readonly state: 'too-large'; readonly cells: number; readonly most: number }
  | { readonly state: 'failed'; readonly message: string };

export type Copier = {
  /** `places`: the columns as they stand on the page; `names`: of theirs, where the whole table is meant. */
  copy(event: ClipboardEvent, range: Range, places: readonly number[], names: readonly string[] | undefined): void;
  release(): void;
};

export function createCopier(windows: () => Windows, onState: (state: CopyState) => void): Copier {
  let ready: { readonly key: string; readonly text: string } | undefined;
  let abort = new AbortController();
  return {
    copy: (event, range, places, names) => {
      event.preventDefault();
      const cells = cellsIn(range);
      if (cells > COPY_CELLS) {
        onState({ state: 'too-large', cells, most: COPY_CELLS });
        return;
      }
      const copied: CopyState = {
        state: 'copied',
        rows: range.bottom - range.top + 1,
        columns: range.right - range.left + 1,
      };
      const key = JSON.stringify([range, places, names !== undefined]);
      const there = ready?.key === key ? ready.text : atHand(windows(), range, places, names);
      ready = undefined;
      if (there !== undefined) {
        event.clipboardData?.setData('text/plain', there);
        onState(copied);
        return;
      }
      onState({ state: 'fetching' });
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      void windows()
        .load(range.top, range.bottom + 1, signal)
        .then(
          async (blocks) => {
            const text = fromBlocks(blocks, range, places, names);
            try {
              await navigator.clipboard.writeText(text);
              onState(copied);
            } catch {
              ready = { key, text };
              onState({ state: 'ready' });
            }
          },
          (error: unknown) => {
            if (!signal.aborted) onState({ state: 'failed', message: String(error) });
          },
        );
    },
    release: () => abort.abort(),
  };
}

function atHand(
  windows: Windows,
  range: Range,
  places: readonly number[],
  names: readonly string[] | undefined,
): string | undefined {
  for (let row = range.top; row <= range.bottom; row += 1) if (!windows.has(row)) return undefined;
  return build(range, names, (row, column) => windows.text(row, places[column]!) ?? null);
}

function fromBlocks(
  blocks: readonly Block[],
  range: Range,
  places: readonly number[],
  names: readonly string[] | undefined,
): string {
  let current = 0;
  return build(range, names, (row, column) => {
    while (current < blocks.length - 1 && row >= blocks[current]!.offset + blocks[current]!.rows) current += 1;
    return blocks[current]?.text(row, places[column]!) ?? null;
  });
}

function build(
  range: Range,
  names: readonly string[] | undefined,
  text: (row: number, column: number) => string | null,
): string {
  const lines: (string | null)[][] = names ? [names.slice(range.left, range.right + 1)] : [];
  for (let row = range.top; row <= range.bottom; row += 1) {
    const line: (string | null)[] = [];
    for (let column = range.left; column <= range.right; column += 1) line.push(text(row, column));
    lines.push(line);
  }
  return tsv(lines);
}
