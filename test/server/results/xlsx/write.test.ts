import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openArchive } from '../../../../interpreters/xlsx/zip.ts';
import type { Lines } from '../../../../server/results/reader/lines.ts';
import { sheetHead, text } from '../../../../server/results/reader/xlsx/parts.ts';
import { writeWorkbook } from '../../../../server/results/reader/xlsx/write.ts';
import { openZip } from '../../../../server/results/reader/xlsx/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gondola-xlsx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;

function linesOf(rows: readonly string[]): Lines {
  const all = rows.map((row) => Buffer.from(row));
  const end = (count: number) => all.slice(0, count).reduce((sum, row) => sum + row.length, 0);
  return { bytes: Buffer.concat(all), count: rows.length, end, from: (count) => linesOf(rows.slice(count)) };
}

const rows = (from: number, to: number) =>
  linesOf(Array.from({ length: to - from }, (_, at) => `<row><c><v>${from + at}</v></c></row>`));

async function write(chunks: readonly Lines[], rowsEach: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  async function* come(): AsyncGenerator<Lines> {
    yield* chunks;
  }
  const columns = {
    names: ['a'],
    types: [{ sql: 'INTEGER', kind: 'fixed', width: 4, arrow: { type: 'int', bits: 32, signed: true } }],
  } as const;
  await writeWorkbook(come(), columns, async (bytes) => void parts.push(Buffer.from(bytes)), rowsEach);
  return Buffer.concat(parts);
}

/** The numbers of each sheet. */
async function sheetsOf(bytes: Buffer): Promise<string[][]> {
  const path = join(folder, 'book.xlsx');
  writeFileSync(path, bytes);
  const archive = await openArchive(path);
  const sheets: string[][] = [];
  for (let sheet = 1; archive.has(`xl/worksheets/sheet${sheet}.xml`); sheet += 1) {
    const parts: Uint8Array[] = [];
    for await (const part of archive.chunks(`xl/worksheets/sheet${sheet}.xml`, never)) parts.push(part);
    const xml = Buffer.concat(parts).toString();
    expect(xml).toContain('<c s="1" t="inlineStr"><is><t xml:space="preserve">a</t></is></c>');
    expect(xml.endsWith('</sheetData></worksheet>')).toBe(true);
    sheets.push([...xml.matchAll(/<v>(\d+)<\/v>/g)].map(([, number]) => number!));
  }
  archive.close();
  return sheets;
}

it('a sheet that is full goes on in the next one, also within a chunk', async () => {
  // Three rows of values below each head.
  expect(await sheetsOf(await write([rows(0, 2), rows(2, 9)], 4))).toEqual([
    ['0', '1', '2'],
    ['3', '4', '5'],
    ['6', '7', '8'],
  ]);
});
it('no empty sheet follows a full one', async () => {
  expect(await sheetsOf(await write([rows(0, 3)], 4))).toEqual([['0', '1', '2']]);
  expect(await sheetsOf(await write([rows(0, 3), rows(3, 6)], 4))).toHaveLength(2);
});
it('no rows are one sheet with a head', async () => {
  expect(await sheetsOf(await write([], 4))).toEqual([[]]);
});
it('the same rows make the same bytes', async () => {
  expect((await write([rows(0, 9)], 4)).equals(await write([rows(0, 9)], 4))).toBe(true);
});
it('is made no faster than it is taken', async () => {
  const asked: number[] = [];
  let taken = 0;
  async function* come(): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < 200; piece += 1) {
      asked.push(piece);
      const bytes = Buffer.alloc(64 * 1024);
      for (let at = 0; at < bytes.length; at += 1)
        bytes[at] = (at * 2_654_435_761 + piece * 40_503 + ((at * at) >> 7)) & 255;
      yield bytes;
    }
  }
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const zip = openZip(async (bytes) => {
    taken += bytes.length;
    if (taken > 200_000) await gate;
  });
  const done = zip.add('x', come());
  let before = -1;
  // It comes to rest with the most of it not asked for.
  while (before !== asked.length) {
    before = asked.length;
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(asked.length).toBeLessThan(60);
  go();
  await done;
  await zip.end();
  expect(asked).toHaveLength(200);
});
it('names of columns are what they are, whatever they hold', () => {
  expect(text('a<b>&"\u0001_x0041_')).toBe('a&lt;b&gt;&amp;"_x0001__x005F_x0041_');
  expect(sheetHead(1, [], [])).not.toContain('<cols>');
  expect(text('x'.repeat(40_000))).toHaveLength(32_767);
});
