/** One sheet of one file as lines of values, with what the engine has to know to read them: names, types, shape. */
import { rm } from 'node:fs/promises';
import { Failed, failure } from '../errors.ts';
import type { ConvertedSheet } from '../protocol.ts';
import { readBook, readStrings, readStyles, type Sheet } from './book.ts';
import { openLines } from './lines.ts';
import { readRows } from './sheet.ts';
import { columnsOf, countRow, emptyTally, isHead, type Row, widen } from './table.ts';
import { namesCounter } from './trouble.ts';
import { openArchive } from './zip.ts';

/** Without `sheet` the first. `to` is the file for the lines. Rejects with Failed. */
export async function convertSheet(
  path: string,
  sheet: string | undefined,
  to: string,
  signal: AbortSignal,
): Promise<ConvertedSheet> {
  const archive = await openArchive(path);
  const lines = openLines(to);
  try {
    const book = await readBook(archive, signal);
    const chosen = choose(book.sheets, sheet);
    const formats = book.styles === undefined ? [] : await readStyles(archive, book.styles, signal);
    const strings = book.strings === undefined ? [] : await readStrings(archive, book.strings, signal);
    const tally = emptyTally();
    let head: Row | undefined;
    let started = false;
    let ragged = false;
    const take = (row: Row): void => {
      const isFirst = !started;
      started = true;
      if (isFirst && isHead(row)) {
        head = row;
        for (const column of row.keys()) widen(tally, column);
        return;
      }
      const before = tally.last;
      countRow(tally, row);
      // Lines before this one are shorter.
      if (tally.rows > 1 && tally.last > before) ragged = true;
      lines.add(row, tally.last);
    };
    const context = { strings, formats, from1904: book.from1904 };
    const oddities = await readRows(archive, chosen.part, context, take, lines.drained, signal);
    await lines.end();
    const { longest, broken } = lines;
    const columns = columnsOf(tally, head);
    const count = namesCounter('columns');
    for (const { name } of columns) count(name);
    return {
      sheet: chosen.name,
      sheets: book.sheets.map(({ name }) => name),
      columns,
      skipped: Number.isFinite(tally.first) ? tally.first : 0,
      rows: tally.rows,
      longest,
      ragged,
      broken,
      ...oddities,
    };
  } catch (error) {
    await lines.abandon();
    await rm(to, { force: true });
    throw error;
  } finally {
    archive.close();
  }
}

function choose(sheets: readonly Sheet[], wanted: string | undefined): Sheet {
  if (wanted === undefined) return sheets[0]!;
  const fold = (name: string): string => name.normalize('NFC').trim().toLowerCase();
  const found = sheets.find(({ name }) => name === wanted) ?? sheets.find(({ name }) => fold(name) === fold(wanted));
  if (found) return found;
  const names = sheets.map(({ name }) => name);
  throw new Failed(
    failure('unknown-sheet', `has no sheet “${wanted}”.`, {
      hint: `Its sheets are ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}.`,
      detail: JSON.stringify(names),
    }),
  );
}

/** Names in one sentence. */
const MOST_NAMES = 20;
