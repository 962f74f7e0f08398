/**
 * The workbook around the sheets: which there are and where, the formats of cells, the shared texts, the epoch of dates.
 * ECMA-376 part 1, 12 (parts) and 18 (their XML).
 */
import { posix } from 'node:path';
import { unescapeText } from './cells.ts';
import { builtinKind, type Kind, kindOf } from './formats.ts';
import { MAX_CELL_CHARACTERS, MAX_FORMAT_CHARACTERS, MAX_SHARED_CHARACTERS, MAX_SHARED_TEXTS } from './limits.ts';
import { namesCounter, tooLarge, unreadable } from './trouble.ts';
import { attribute, readXml } from './xml.ts';
import type { Archive } from './zip.ts';

export type Sheet = { readonly name: string; readonly part: string };

export type Book = {
  /** In their order; charts and dialogs left out. */
  readonly sheets: readonly Sheet[];
  readonly from1904: boolean;
  readonly strings?: string;
  readonly styles?: string;
};

type Relation = { readonly type: string; readonly target: string };

export async function readBook(archive: Archive, signal: AbortSignal): Promise<Book> {
  const roots = await relationsOf(archive, '', signal);
  const main = [...roots.values()].find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  if (!archive.has(main)) throw unreadable('is a zip archive, and no spreadsheet: it holds no workbook.');
  if (main.endsWith('.bin'))
    throw unreadable('has the binary format .xlsb.', 'Save it as .xlsx in a spreadsheet program.');
  const relations = await relationsOf(archive, main, signal);
  const found: { name: string; relation: string }[] = [];
  const count = namesCounter('sheets');
  let from1904 = false;
  await readXml(archive.small(main, signal), main, {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '');
      if (name === 'sheet') {
        const relation = attribute(attributes, 'id') ?? '';
        const called = attribute(attributes, 'name') ?? `Sheet${found.length + 1}`;
        count(called);
        found.push({ name: called, relation });
      }
    },
  });
  const sheets = found.flatMap(({ name, relation }) => {
    const to = relations.get(relation);
    return to?.type === 'worksheet' ? [{ name, part: to.target }] : [];
  });
  if (sheets.length === 0) throw unreadable('holds no sheet with cells.');
  const part = (wanted: string): string | undefined => {
    const target = [...relations.values()].find(({ type }) => type === wanted)?.target;
    return target !== undefined && archive.has(target) ? target : undefined;
  };
  const [strings, styles] = [part('sharedStrings'), part('styles')];
  return { sheets, from1904, ...(strings ? { strings } : {}), ...(styles ? { styles } : {}) };
}

/** By their ids; targets as names of parts. */
async function relationsOf(
  archive: Archive,
  part: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Relation>> {
  const folder = posix.dirname(part);
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const relations = new Map<string, Relation>();
  if (!archive.has(name)) return relations;
  await readXml(archive.small(name, signal), name, {
    open(element, attributes) {
      if (element !== 'Relationship' || attribute(attributes, 'TargetMode') === 'External') return;
      const target = attribute(attributes, 'Target') ?? '';
      relations.set(attribute(attributes, 'Id') ?? '', {
        type: (attribute(attributes, 'Type') ?? '').replace(/^.*\//, ''),
        target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
      });
    },
  });
  return relations;
}

/** What the format of each style makes of a number. */
export async function readStyles(archive: Archive, part: string, signal: AbortSignal): Promise<readonly Kind[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  await readXml(archive.small(part, signal), part, {
    open(name, attributes) {
      if (name === 'numFmt') {
        const code = attribute(attributes, 'formatCode') ?? '';
        codes.set(Number(attribute(attributes, 'numFmtId')), code.length > MAX_FORMAT_CHARACTERS ? '' : code);
      }
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) ids.push(Number(attribute(attributes, 'numFmtId') ?? 0));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return ids.map((id) => {
    const code = codes.get(id);
    return code === undefined ? builtinKind(id) : kindOf(code);
  });
}

/** The texts that cells share, in order: plain, whatever their fonts; without what tells how to say them. */
export async function readStrings(archive: Archive, part: string, signal: AbortSignal): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = '';
  let inText = false;
  let inSound = false;
  let characters = 0;
  await readXml(archive.chunks(part, signal), part, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') inSound = true;
      else if (name === 't') inText = !inSound;
    },
    text(piece) {
      if (!inText) return;
      text += piece;
      characters += piece.length;
      if (text.length > MAX_CELL_CHARACTERS)
        throw tooLarge(`holds a text of more than ${MAX_CELL_CHARACTERS.toLocaleString('en-US')} characters.`);
      if (characters > MAX_SHARED_CHARACTERS)
        throw tooLarge(`holds more than ${MAX_SHARED_CHARACTERS / 2 ** 20} million characters of text.`);
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inSound = false;
      else if (name === 'si') {
        texts.push(unescapeText(text));
        if (texts.length > MAX_SHARED_TEXTS)
          throw tooLarge(`holds more than ${MAX_SHARED_TEXTS.toLocaleString('en-US')} different texts.`);
      }
    },
  });
  return texts;
}
