/** Rows as lines of separated values in a file, for the engine: texts always quoted, empty cells nothing at all. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { MAX_TEXT_BYTES } from './limits.ts';
import type { Row } from './table.ts';
import { tooLarge } from './trouble.ts';

export type Lines = {
  /** Columns 0 to `last` of it; the row has at least one value. */
  add(row: Row, last: number): void;
  /** Resolves once most of it is written; undefined where it is. */
  drained(): Promise<void> | undefined;
  /** Resolves when the file is whole. */
  end(): Promise<void>;
  /** Resolves when nothing writes to it any more. */
  abandon(): Promise<void>;
  /** Bytes of the longest line, and whether a text goes over several. */
  readonly longest: number;
  readonly broken: boolean;
};

/** Gathered before it is written: one call of the system for some thousand rows. */
const PIECE = 256 * 1024;

export function openLines(path: string): Lines {
  const file = createWriteStream(path, { mode: 0o600 });
  let failed: Error | undefined;
  file.on('error', (error) => {
    failed = error;
  });
  let gathered = '';
  let bytes = 0;
  let longest = 0;
  let broken = false;
  let full = false;

  function flush(): void {
    full = !file.write(gathered) || full;
    gathered = '';
  }

  return {
    add(row, last) {
      let line = '';
      for (let column = 0; column <= last; column += 1) {
        if (column > 0) line += ',';
        const value = row.get(column);
        if (value === undefined) continue;
        if (value.kind === 'text') {
          broken ||= /[\r\n]/.test(value.text);
          line += `"${value.text.replaceAll('"', '""')}"`;
        } else line += value.text;
      }
      longest = Math.max(longest, line.length * 3);
      bytes += line.length + 1;
      if (bytes > MAX_TEXT_BYTES) throw tooLarge(`has more than ${MAX_TEXT_BYTES / 2 ** 20} MB of values.`);
      gathered += `${line}\n`;
      if (gathered.length >= PIECE) flush();
    },
    drained() {
      if (failed) throw failed;
      if (!full) return undefined;
      return new Promise((resolve, reject) => {
        file.once('error', reject);
        file.once('drain', () => {
          full = false;
          resolve();
        });
      });
    },
    async end() {
      flush();
      file.end();
      await finished(file);
    },
    abandon: () =>
      new Promise((resolve) => {
        if (file.closed) return resolve();
        file.once('close', () => resolve());
        file.destroy();
      }),
    get longest() {
      return longest;
    },
    get broken() {
      return broken;
    },
  };
}
