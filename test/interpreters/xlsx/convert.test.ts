import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failed } from '../../../interpreters/errors.ts';
import type { ConvertedSheet } from '../../../interpreters/protocol.ts';
import { convertSheet } from '../../../interpreters/xlsx/convert.ts';
import { sheetParts, textPart, zipOf } from './make.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/xlsx');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-xlsx-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function convert(path: string, sheet?: string): Promise<ConvertedSheet & { readonly lines: string }> {
  const to = join(folder, 'lines.csv');
  rmSync(to, { force: true });
  const converted = await convertSheet(path, sheet, to, never);
  return { ...converted, lines: readFileSync(to, 'utf8') };
}

const fixture = (name: string, sheet?: string) => convert(join(fixtures, name), sheet);

function written(bytes: Uint8Array): string {
  const path = join(folder, 'made.xlsx');
  writeFileSync(path, bytes);
  return path;
}

async function failure(path: string, sheet?: string): Promise<string> {
  try {
    await convert(path, sheet);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    expect(existsSync(join(folder, 'lines.csv'))).toBe(false);
    return `${error.failure.code}: ${error.failure.message}`;
  }
  return 'converted';
}

const typed = ({ columns }: ConvertedSheet): string => columns.map(({ name, type }) => `${name} ${type}`).join(', ');

describe('a sheet', () => {
  it('of openpyxl: every kind of value, rows without values left out', async () => {
    const sheet = await fixture('kinds.xlsx');
    expect(typed(sheet)).toBe(
      'whole BIGINT, number DOUBLE, day DATE, moment TIMESTAMP, time TIME, length INTERVAL, yes BOOLEAN, text VARCHAR, mixed VARCHAR, share DOUBLE',
    );
    expect(sheet.lines).toBe(
      '1,0.1,2024-02-29,2024-02-29 23:59:59.5,08:30:00,26:30:00,true,"Zürich, “x”","007",0.25\n' +
        '-9007199254740991,1e+300,1900-01-01,1999-12-31 00:00:00,23:59:59,00:00:01,false,"a ""b""\nc",7,1\n' +
        ',,,,,,,,2020-01-02,\n',
    );
    expect(sheet).toMatchObject({ sheet: 'Kinds', sheets: ['Kinds', 'Second & more', 'Empty'], rows: 3, broken: true });
  });

  it('begins at its first filled column, and may grow wider; merged cells hold their value once', async () => {
    const sheet = await fixture('kinds.xlsx', 'second & MORE');
    expect([typed(sheet), sheet.skipped, sheet.ragged]).toEqual(['left BIGINT, left VARCHAR, E VARCHAR', 2, true]);
    expect(sheet.lines).toBe(',,1,\n,,,,"wide"\n,,3,,\n');
  });

  it('that is empty is a table without rows', async () => {
    expect(await fixture('kinds.xlsx', 'Empty')).toMatchObject({ rows: 0, columns: [{ name: 'A', type: 'VARCHAR' }] });
  });

  it('of a spreadsheet program: shared and rich texts, values of formulas, formats of its own, errors', async () => {
    const sheet = await fixture('office.xlsx');
    expect(typed(sheet)).toBe(
      'rich VARCHAR, sum BIGINT, word VARCHAR, day DATE, stamp TIMESTAMP, clock TIME, money DOUBLE, fault VARCHAR',
    );
    expect(sheet.lines.split('\n')[0]).toBe('"plain bold",3,"X",2024-02-29,2024-02-29 06:00:00,12:00:00,1234.5,');
    expect(sheet.lines).toContain('"tab_x0009_end",');
    expect(sheet).toMatchObject({ sheets: ['Office', 'Behind'], errors: 1 });
  });

  it('without a head is named by letters', async () => {
    expect(await fixture('office.xlsx', 'Behind')).toMatchObject({
      rows: 1,
      columns: [{ name: 'A' }, { name: 'B' }],
    });
  });

  it('counts its days from 1904 where the file says so, and knows the day of 1900 that never was', async () => {
    expect((await fixture('epoch-1904.xlsx')).lines).toBe('2024-02-29\n1904-01-01\n');
    expect((await fixture('leap-1900.xlsx')).lines).toBe(
      '1900-01-01\n1900-02-28\n1900-02-28\n1900-03-01\n9999-12-31\n',
    );
  });

  it('of other programs: prefixes, texts in place, cells without places, dates as text', async () => {
    const sheet = await fixture('odd.xlsx', 'Odd <1>');
    expect(typed(sheet)).toBe('name VARCHAR, when TIMESTAMP, C BIGINT');
    expect(sheet.lines).toBe('" a & b ",2024-02-29\n"c",2024-03-01 10:20:30,1500\n');
  });

  it('whose name the file does not have fails with those it has', async () => {
    const said = await failure(join(fixtures, 'kinds.xlsx'), 'Third');
    expect(said).toBe('unknown-sheet: has no sheet “Third”.');
  });
});

describe('a file that is none', () => {
  const rows = '<row><c><v>1</v></c></row>';
  const whole = zipOf(sheetParts(rows));

  it('says what it is instead', async () => {
    expect(await failure(join(folder, 'none.xlsx'))).toMatch(/^file-unreadable: could not be opened/);
    expect(await failure(written(new Uint8Array()))).toBe('file-unreadable: is empty.');
    expect(await failure(written(Buffer.from('a,b\n1,2\n')))).toMatch(/is no \.xlsx file/);
    const ole = Buffer.alloc(512);
    Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(ole);
    expect(await failure(written(ole))).toMatch(/is locked with a password, or has the old format \.xls/);
    expect(await failure(written(zipOf([textPart('hello.txt', 'hello')])))).toMatch(/no spreadsheet/);
  });

  it('says that a part of it is missing or damaged, wherever it was cut or changed', async () => {
    const real = readFileSync(join(fixtures, 'office.xlsx'));
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      expect(await failure(written(real.subarray(0, Math.floor(real.length * share))))).toMatch(
        /^file-unreadable: is damaged/,
      );
    }
    const inBody = Buffer.from(whole);
    const at = inBody.indexOf('xl/sheet.xml') + 'xl/sheet.xml'.length + 20;
    inBody[at] = inBody[at]! ^ 0xff;
    expect(await failure(written(inBody))).toMatch(/^file-unreadable: is damaged/);
    expect(await failure(written(zipOf(sheetParts('<row><c></row>'))))).toMatch(/is no XML/);
    const deep = `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`;
    expect(await failure(written(zipOf(sheetParts(deep))))).toMatch(/nested too deep/);
  });

  it('is a failure and never a fault, whichever bytes changed', async () => {
    const names = readdirSync(fixtures).filter((name) => name.endsWith('.xlsx'));
    const seed = Date.now() % 2 ** 31;
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const bytes = readFileSync(join(fixtures, names[random(names.length)]!));
      for (let change = random(4); change >= 0; change -= 1) bytes[random(bytes.length)] = random(256);
      const said = await failure(written(bytes)).catch((error: unknown) => String(error));
      expect(said, `seed ${seed}, round ${round}`).toMatch(/^(converted|file-unreadable: |xlsx-too-large: )/);
    }
  });

  it('never unfolds a bomb', async () => {
    const bomb = written(zipOf(sheetParts(Buffer.alloc(200 * 2 ** 20, ' '))));
    const before = process.memoryUsage().rss;
    expect(await failure(bomb)).toMatch(/^xlsx-too-large: unfolds to more than 300 times its size in xl\/sheet\.xml/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    const texts = Buffer.concat([
      Buffer.from('<sst><si><t>'),
      Buffer.alloc(160 * 2 ** 20, 'x'),
      Buffer.from('</t></si></sst>'),
    ]);
    const shared = zipOf(sheetParts(rows, [{ name: 'xl/strings.xml', bytes: texts }]));
    expect(await failure(written(shared))).toMatch(/^xlsx-too-large: holds a text of more than/);
    const tag = `<row r="${'x'.repeat(16 * 2 ** 20)}"></row>`;
    expect(await failure(written(zipOf(sheetParts(tag))))).toMatch(/^file-unreadable: is damaged: .* endless tag/);
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 2 ** 20);
  });

  it('takes no time for formats and names that no program writes', { timeout: 20_000 }, async () => {
    const format = `<numFmt numFmtId="200" formatCode="${'['.repeat(2 ** 20)}"/>`;
    const styles = `<styleSheet><numFmts>${format}</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`;
    const parts = sheetParts('<row r="1"><c r="A1" s="1"><v>1</v></c></row>');
    const relations = parts[1]!;
    const styled = Buffer.from(relations.bytes)
      .toString()
      .replace(/sharedStrings" Target="[^"]*"/, 'styles" Target="styles.xml"');
    const made = [parts[0]!, textPart(relations.name, styled), parts[2]!, textPart('xl/styles.xml', styles)];
    expect(typed(await convert(written(zipOf(made))))).toBe('A BIGINT');

    const sheets = Array.from({ length: 100_000 }, (_, index) => `<sheet name="sheet number ${index}" r:id="a"/>`);
    const book = textPart('xl/workbook.xml', `<workbook xmlns:r="r"><sheets>${sheets.join('')}</sheets></workbook>`);
    expect(await failure(written(zipOf([book, ...parts.slice(1)])))).toMatch(
      /^xlsx-too-large: holds sheets whose names/,
    );

    const heads = ['A', 'B', 'C'].map(
      (column) => `<c r="${column}1" t="inlineStr"><is><t>${'x'.repeat(500_000)}</t></is></c>`,
    );
    const wide = zipOf(sheetParts(`<row r="1">${heads.join('')}</row>`));
    expect(await failure(written(wide))).toMatch(/^xlsx-too-large: holds columns whose names/);
  });

  it('is refused for rows, columns and entities that no real one has', async () => {
    expect(await failure(written(zipOf(sheetParts('<row/>'.repeat(2 ** 20 + 1)))))).toMatch(/1,048,576 rows/);
    expect(await failure(written(zipOf(sheetParts('<row><c r="XFE1"><v>1</v></c></row>'))))).toMatch(/16,384 columns/);
    const entity = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>';
    const parts = sheetParts(rows).map((part) =>
      part.name === 'xl/workbook.xml' ? textPart(part.name, entity) : part,
    );
    expect(await failure(written(zipOf(parts)))).toMatch(/^file-unreadable/);
  });

  it('is not read on once the run is cancelled', async () => {
    const stop = new AbortController();
    const path = written(zipOf(sheetParts(Buffer.alloc(2 ** 20, rows))));
    const converting = convertSheet(path, undefined, join(folder, 'lines.csv'), stop.signal);
    stop.abort();
    await expect(converting).rejects.toThrow();
    expect(existsSync(join(folder, 'lines.csv'))).toBe(false);
  });
});
