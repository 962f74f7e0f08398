/**
 * Rows as cells of a sheet, in SQL: one VARCHAR a row, never NULL, so that JavaScript only moves bytes. What a spreadsheet's
 * numbers can't hold is text: whole numbers and decimals of more than 15 digits (it shows no more of them), NaN and
 * infinities, dates before March 1900, where spreadsheets disagree, and after 9999. Times with a zone are those of the server's
 * zone. Texts are never formulas. Cells: ECMA-376 part 1, 18.3.1.4; dates: 18.17.4; characters that XML lacks: 22.9.2.19.
 */
import { quoteText } from '../../../../interpreters/arrow/names.ts';
import type { DuckType } from '../../../../interpreters/arrow/types.ts';

type Typed = { readonly name: string; readonly type: DuckType };

/** Places in the list of formats (`parts.ts`). */
export const FORMAT = {
  plain: 0,
  head: 1,
  date: 2,
  moment: 3,
  exactMoment: 4,
  time: 5,
  exactTime: 6,
  text: 7,
} as const;

/** UTF-16 units that a cell takes; longer texts end with `…`. */
export const MAX_TEXT_UNITS = 32_767;

/**
 * `values` are the columns of a subquery, `row` what is made of them: a text is used several times, and named once, or a
 * statement of a thousand columns takes seconds to plan.
 */
export function sheetRow(columns: readonly Typed[]): { readonly values: string; readonly row: string } {
  const values = columns.map(
    ({ name, type }, index) => `${isTyped(type) ? name : cut(`${name}::varchar`)} as c${index}`,
  );
  const cells = columns.map(({ type }, index) => cell(`c${index}`, type));
  return { values: values.join(', '), row: concat(["'<row>'", ...cells, "'</row>'"]) };
}

const concat = (parts: readonly string[]): string => `concat(${parts.join(', ')})`;

/** Has cells of another kind than text. */
function isTyped(type: DuckType): boolean {
  if (type.kind === 'text') return type.form === 'hugeint' || type.form === 'uhugeint' || type.form === 'bignum';
  return type.kind === 'null' || type.kind === 'boolean' || type.kind === 'fixed' || type.kind === 'decimal';
}

const EMPTY = quoteText('<c/>');

function cell(value: string, type: DuckType): string {
  const filled = filledCell(value, type);
  return type.kind === 'null' ? EMPTY : `case when ${value} is null then ${EMPTY} ${filled} end`;
}

/** The rest of a CASE. */
function filledCell(value: string, type: DuckType): string {
  const number = `else ${numberCell(`${value}::varchar`)}`;
  /** What has its own text where `isNumber` fails, which may be NULL. */
  const orText = (isNumber: string, then: string): string =>
    `when ${isNumber} then ${then} else ${plainText(`${value}::varchar`)}`;
  switch (type.kind) {
    case 'boolean':
      return `when ${value} then '<c t="b"><v>1</v></c>' else '<c t="b"><v>0</v></c>'`;
    case 'decimal':
      if (type.precision <= DIGITS) return number;
      return orText(within(value, decimal(type.scale)), numberCell(`${value}::varchar`));
    case 'fixed':
      break;
    case 'text': {
      const whole = wholeNumber(value, type.form);
      return whole ? orText(within(whole, MOST), numberCell(`${value}::varchar`)) : `else ${textCell(value)}`;
    }
    default:
      return `else ${textCell(value)}`;
  }
  const { arrow } = type;
  switch (arrow.type) {
    case 'int':
      return arrow.bits < 64 ? number : orText(within(value, MOST), numberCell(`${value}::varchar`));
    case 'float':
      return orText(`isfinite(${value})`, numberCell(`${value}::varchar`));
    case 'date':
      return orText(
        `${value} between date '1900-03-01' and date '9999-12-31'`,
        numberCell(`(${value} - date '1899-12-30')::varchar`, FORMAT.date),
      );
    case 'timestamp': {
      const moment = `${value}::timestamp`;
      const serial = `(epoch_us(${moment}) / 86400000000.0 + 25569)::varchar`;
      return orText(
        `${moment} >= timestamp '1900-03-01' and ${moment} < timestamp '10000-01-01'`,
        exactly(`epoch_us(${moment})`, serial, FORMAT.moment, FORMAT.exactMoment),
      );
    }
    case 'time': {
      const passed = `epoch_us(${value}::time)`;
      const serial = `(${passed} / 86400000000.0)::varchar`;
      return orText(`${passed} < 86400000000`, exactly(passed, serial, FORMAT.time, FORMAT.exactTime));
    }
  }
}

/** Digits that spreadsheets show of a number: more would look like another one. */
const DIGITS = 15;
const MOST = '9'.repeat(DIGITS);

const within = (value: string, most: string): string => `${value} between -${most} and ${most}`;

/** 15 nines, `scale` of them behind the point. */
function decimal(scale: number): string {
  const digits = MOST.padStart(scale + 1, '0');
  return scale === 0 ? MOST : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** As it can be compared with negative numbers. */
function wholeNumber(value: string, form: string): string | undefined {
  if (form === 'hugeint') return value;
  if (form === 'uhugeint') return `least(${value}, ${MOST}::uhugeint + 1)::hugeint`;
  return form === 'bignum' ? `try_cast(${value}::varchar as hugeint)` : undefined;
}

const numberCell = (text: string, format: number = FORMAT.plain): string =>
  concat([quoteText(format === FORMAT.plain ? '<c><v>' : `<c s="${format}"><v>`), text, "'</v></c>'"]);

/** Parts of seconds are shown where there are any. */
const exactly = (microseconds: string, serial: string, whole: number, exact: number): string =>
  `case when ${microseconds} % 1000000 = 0 then ${numberCell(serial, whole)} else ${numberCell(serial, exact)} end`;

/** Of a number or moment: nothing in it needs care. */
const plainText = (text: string): string =>
  concat([quoteText(`<c s="${FORMAT.text}" t="inlineStr"><is><t>`), text, "'</t></is></c>'"]);

function textCell(text: string): string {
  const open = (attributes: string): string => quoteText(`<c t="inlineStr"><is><t${attributes}>`);
  const ends = [' ', '\t', '\n'].map((end) => `ends_with(${text}, ${quoteText(end)})`);
  const space = `case when unicode(${text}) <= 32 or ${ends.join(' or ')} then ${open(' xml:space="preserve"')} else ${open('')} end`;
  const written = `case when regexp_matches(${text}, ${quoteText(ODD)}) then ${oddly(text)} else ${marked(text)} end`;
  return concat([space, written, "'</t></is></c>'"]);
}

const marked = (text: string): string => `replace(replace(replace(${text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`;

/** Characters that XML can't hold or changes, and texts that look as if they stood for one. */
const ODD = String.raw`[\x00-\x08\x0b-\x1f\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_`;

function oddly(text: string): string {
  const character = `case when unicode(c) < 32 and unicode(c) not in (9, 10) or unicode(c) in (65534, 65535) then printf('_x%04X_', unicode(c)) else c end`;
  const characters = `string_split(replace(${marked(text)}, '_x', '_x005F_x'), '')`;
  return `array_to_string(list_transform(${characters}, lambda c: ${character}), '')`;
}

/** Counted in UTF-16 only where the bytes are too many: characters beyond the first 65,536 count twice. */
function cut(text: string): string {
  const beyond = `length(regexp_replace(${text}, '[\\x00-\\x{FFFF}]', '', 'g'))`;
  return `case when ${text} is null or strlen(${text}) <= ${MAX_TEXT_UNITS} or length(${text}) + ${beyond} <= ${MAX_TEXT_UNITS} then ${text}
    else concat(left(${text}, case when ${beyond} = 0 then ${MAX_TEXT_UNITS - 1} else ${(MAX_TEXT_UNITS - 1) / 2} end), '…') end`;
}
