/**
 * Rows as a workbook, written while they come: never more of them in memory than one chunk. A sheet takes 1,048,576 rows, its
 * head among them; what follows goes on in the next one, under the same names.
 */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import { ReaderError } from '../failure.ts';
import type { Lines } from '../lines.ts';
import {
  contentTypes,
  packageRelations,
  SHEET_TAIL,
  sheetHead,
  sheetPart,
  styles,
  workbook,
  workbookRelations,
} from './parts.ts';
import { openZip } from './zip.ts';

export const CONTENT_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The format's own: ECMA-376 gives no number, every program this one. */
export const MAX_SHEET_ROWS = 1_048_576;
const MAX_SHEET_COLUMNS = 16_384;
/** A sheet begins no chunk beyond: with it, which is below 2 GB, the part stays below 4 GB (`zip.ts`). */
const SHEET_BYTES = 2_000_000_000;

export type Sheet = { readonly names: readonly string[]; readonly types: readonly DuckType[] };

/** `rowsEach`: of a sheet, its head among them. */
export async function writeWorkbook(
  lines: AsyncIterable<Lines>,
  { names, types }: Sheet,
  take: (bytes: Uint8Array) => Promise<void>,
  rowsEach = MAX_SHEET_ROWS,
): Promise<void> {
  if (names.length > MAX_SHEET_COLUMNS)
    throw new ReaderError('bad-request', `a sheet takes ${MAX_SHEET_COLUMNS} columns, the result has ${names.length}`);
  const source = lines[Symbol.asyncIterator]();
  const zip = openZip(take);
  let sheets = 0;
  /** What did not fit into the sheet before. */
  let rest: Lines | undefined;
  let ended = false;

  async function* sheet(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(sheetHead(sheets, names, types));
    let room = rowsEach - 1;
    let bytes = 0;
    while (!ended && room > 0 && bytes < SHEET_BYTES) {
      const next: Lines | undefined = rest ?? (await following());
      rest = undefined;
      if (!next) break;
      const fits = Math.min(room, next.count);
      const end = next.end(fits);
      room -= fits;
      bytes += end;
      yield next.bytes.subarray(0, end);
      if (fits < next.count) rest = next.from(fits);
    }
    // The last row of all may be the last of a sheet: an empty one does not follow.
    if (!rest && !ended) rest = await following();
    yield Buffer.from(SHEET_TAIL);
  }

  async function following(): Promise<Lines | undefined> {
    const { done, value } = await source.next();
    if (!done) return value;
    ended = true;
    return undefined;
  }

  try {
    await zip.add('_rels/.rels', [Buffer.from(packageRelations)]);
    await zip.add('xl/styles.xml', [Buffer.from(styles)]);
    do {
      sheets += 1;
      await zip.add(sheetPart(sheets), sheet());
    } while (rest);
    await zip.add('xl/workbook.xml', [Buffer.from(workbook(sheets))]);
    await zip.add('xl/_rels/workbook.xml.rels', [Buffer.from(workbookRelations(sheets))]);
    await zip.add('[Content_Types].xml', [Buffer.from(contentTypes(sheets))]);
    await zip.end();
  } finally {
    await source.return?.();
  }
}
