/** The parts of a workbook that hold no rows, as XML: pure. ECMA-376 part 1, chapters 12 and 18. */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import { FORMAT, MAX_TEXT_UNITS } from './cells.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export const sheetPart = (sheet: number): string => `xl/worksheets/sheet${sheet}.xml`;

/** Names under which the sheets are shown: what most programs call a first sheet. */
const sheetName = (sheet: number): string => `Sheet${sheet}`;

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

export const packageRelations = `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

export const contentTypes = (sheets: number): string =>
  `${XML}<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>${numbers(
    sheets,
  )
    .map((sheet) => `<Override PartName="/${sheetPart(sheet)}" ContentType="${SPREADSHEET}.worksheet+xml"/>`)
    .join('')}</Types>`;

export const workbook = (sheets: number): string =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${numbers(sheets)
    .map((sheet) => `<sheet name="${sheetName(sheet)}" sheetId="${sheet}" r:id="rId${sheet}"/>`)
    .join('')}</sheets></workbook>`;

export const workbookRelations = (sheets: number): string =>
  `${XML}<Relationships xmlns="${RELATIONS}">${numbers(sheets)
    .map((sheet) => `<Relationship Id="rId${sheet}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${sheet}.xml"/>`)
    .join('')}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;

/** Formats of our own are counted from 164. 49 is text. */
const CODES = ['yyyy-mm-dd', 'yyyy-mm-dd hh:mm:ss', 'yyyy-mm-dd hh:mm:ss.000', 'hh:mm:ss', 'hh:mm:ss.000'] as const;
const OWN = 164;
const TEXT = 49;

export const styles = ((): string => {
  const codes = CODES.map((code, index) => `<numFmt numFmtId="${OWN + index}" formatCode="${code}"/>`);
  /** By their places in `FORMAT`. */
  const formats: Readonly<Record<number, string>> = {
    [FORMAT.plain]: '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    [FORMAT.head]: '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
    [FORMAT.date]: numbered(OWN),
    [FORMAT.moment]: numbered(OWN + 1),
    [FORMAT.exactMoment]: numbered(OWN + 2),
    [FORMAT.time]: numbered(OWN + 3),
    [FORMAT.exactTime]: numbered(OWN + 4),
    [FORMAT.text]: numbered(TEXT),
  };
  const font = '<sz val="11"/><name val="Calibri"/>';
  const places = Object.values(FORMAT).map((place) => formats[place]);
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${codes.length}">${codes.join('')}</numFmts><fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${places.length}">${places.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
})();

function numbered(format: number): string {
  return `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`;
}

/** What stands before a sheet's rows: names in bold that stay when one scrolls, and columns wide enough. */
export function sheetHead(sheet: number, names: readonly string[], types: readonly DuckType[]): string {
  const selected = sheet === 1 ? ' tabSelected="1"' : '';
  const widths = names.map((name, index) => {
    const width = Math.min(WIDEST, Math.max(widthOf(types[index]), name.length + 2));
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
  });
  const titles = names.map(
    (name) => `<c s="${FORMAT.head}" t="inlineStr"><is><t xml:space="preserve">${text(name)}</t></is></c>`,
  );
  const columns = widths.length > 0 ? `<cols>${widths.join('')}</cols>` : '';
  const row = titles.length > 0 ? `<row>${titles.join('')}</row>` : '';
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView${selected} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${columns}<sheetData>${row}`;
}

export const SHEET_TAIL = '</sheetData></worksheet>';

/** Of a column, in characters: what a long name may take. */
const WIDEST = 40;

function widthOf(type: DuckType | undefined): number {
  if (type?.kind === 'fixed' && type.arrow.type === 'timestamp') return 20;
  if (type?.kind === 'bytes' || type?.kind === 'enum') return 16;
  return 11;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML can't hold
const ODD = /[\x00-\x08\x0b-\x1f\ufffe\uffff]/g;

/** As `cells.ts` writes texts of rows. */
export function text(name: string): string {
  const short = name.length > MAX_TEXT_UNITS ? `${name.slice(0, MAX_TEXT_UNITS - 1)}…` : name;
  const marked = short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const hex = (one: string): string => one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return marked.replaceAll('_x', '_x005F_x').replace(ODD, (one) => `_x${hex(one)}_`);
}
