/**
 * SQL expressions that write a row as text: JSON, CSV, TSV. The engine makes the text, on all its threads; the reader
 * only moves bytes. Each expression is never NULL.
 *
 * JSON: numbers are numbers as long as a double holds them exactly as integers (±2^53 − 1), else strings; DECIMAL, dates,
 * times, intervals, UUIDs and blobs are strings as `::varchar` gives them; NaN and infinities are the strings "NaN",
 * "Infinity", "-Infinity"; lists are arrays, structs and maps objects (keys as text), unions their member's value; JSON is
 * embedded. CSV and TSV follow RFC 4180: CRLF, quotes doubled; NULL is nothing, the empty text is "".
 */
import { quoteText } from '../../../interpreters/arrow/names.ts';
import type { DuckType } from '../../../interpreters/arrow/types.ts';

type Typed = { readonly name: string; readonly type: DuckType };

const SAFE = '9007199254740991';

/** An object, with what stands before its first name and behind its last value. */
export function jsonLine(columns: readonly Typed[], keys: readonly string[], open: string, close: string): string {
  const parts = columns.flatMap(({ name, type }, index) => [
    quoteText(`${index === 0 ? '' : ','}${JSON.stringify(keys[index])}:`),
    json(name, type, 0),
  ]);
  return concat([quoteText(open), ...parts, quoteText(close)]);
}

/** `guard`: what a spreadsheet would take for a formula begins with an apostrophe. */
export type Separated = { readonly separator: string; readonly guard: boolean };

export function separatedLine(columns: readonly Typed[], { separator, guard }: Separated): string {
  const parts = columns.flatMap(({ name, type }, index) => [
    ...(index === 0 ? [] : [quoteText(separator)]),
    field(name, type, separator, guard),
  ]);
  return concat([...parts, "'\r\n'"]);
}

export function separatedHead(names: readonly string[], { separator, guard }: Separated): string {
  const titles = names.map((name) => {
    const text = guard && FORMULA.some((mark) => name.startsWith(mark)) ? `'${name}` : name;
    const isPlain = text !== '' && !quotes(separator).some((mark) => text.includes(mark));
    return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
  });
  return `${titles.join(separator)}\r\n`;
}

/** By how a text begins spreadsheets know a formula; white space before it they pass over, as they do a full-width sign. */
const FORMULA = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/** One text of them, not a list behind IN: the engine would make a join of that, and rows would leave in any order. */
const FORMULA_MARKS = quoteText(FORMULA.join(''));

const concat = (parts: readonly string[]): string => `concat(${parts.join(', ')})`;

const quotes = (separator: string): string[] => [separator, '"', '\n', '\r'];

/** Types whose text never needs quotes. */
function isBare(type: DuckType): boolean {
  if (type.kind === 'text') return type.form !== 'interval';
  return type.kind === 'boolean' || type.kind === 'fixed' || type.kind === 'decimal' || type.kind === 'null';
}

function field(value: string, type: DuckType, separator: string, guard: boolean): string {
  const plain = `${value}::varchar`;
  // Numbers and times may be negative; what begins so in a text is what somebody wrote.
  if (isBare(type)) return `coalesce(${plain}, '')`;
  const text =
    guard && type.kind !== 'text'
      ? `case when ${plain} <> '' and contains(${FORMULA_MARKS}, left(${plain}, 1)) then concat('''', ${plain}) else ${plain} end`
      : plain;
  const marked = quotes(separator).map((mark) => `contains(${text}, ${quoteText(mark)})`);
  const quoted = `concat('"', replace(${text}, '"', '""'), '"')`;
  return `case when ${value} is null then '' when ${text} = '' or ${marked.join(' or ')} then ${quoted} else ${text} end`;
}

/** One flat CASE a value: nested in COALESCE, its optimising took 27 s for 5,000 columns instead of 1.6 s. */
function json(value: string, type: DuckType, depth: number): string {
  const text = `${value}::varchar`;
  switch (type.kind) {
    case 'null':
      return "'null'";
    case 'boolean':
      return plain(text);
    case 'fixed':
      return fixed(value, text, type.arrow);
    case 'text':
      if (type.form === 'hugeint') return wide(value, value, text);
      // Beyond the signed range a UHUGEINT can't be compared with a negative number.
      if (type.form === 'uhugeint') return wide(value, `least(${value}, ${SAFE}::uhugeint + 1)::hugeint`, text);
      return type.form === 'bignum' ? wide(value, `try_cast(${text} as hugeint)`, text) : string(text);
    case 'bytes':
      return type.sql === 'JSON' ? plain(text) : string(text);
    case 'decimal':
    case 'enum':
    case 'foreign':
      return string(text);
    case 'list':
      return list(value, type.child, depth);
    case 'array':
      return list(`${value}::${type.child.sql}[]`, type.child, depth);
    case 'struct': {
      const parts = type.members.flatMap((member, index) => [
        quoteText(`${index === 0 ? '' : ','}${JSON.stringify(member.name === '' ? String(index + 1) : member.name)}:`),
        json(`struct_extract_at(${value}, ${index + 1})`, member.type, depth),
      ]);
      return unlessNull(value, concat(["'{'", ...parts, "'}'"]));
    }
    case 'map': {
      const entry = `e${depth}`;
      const key = string(`struct_extract_at(${entry}, 1)::varchar`);
      const member = concat([key, "':'", json(`struct_extract_at(${entry}, 2)`, type.value, depth + 1)]);
      return unlessNull(value, joined(`map_entries(${value})`, entry, member, '{', '}'));
    }
    case 'union': {
      const cases = type.members.map(
        ({ name, type: member }) =>
          `when ${quoteText(name)} then ${json(`union_extract(${value}, ${quoteText(name)})`, member, depth)}`,
      );
      return `case union_tag(${value})::varchar ${cases.join(' ')} else 'null' end`;
    }
  }
}

function fixed(value: string, text: string, arrow: Extract<DuckType, { kind: 'fixed' }>['arrow']): string {
  if (arrow.type === 'int') return arrow.bits === 64 ? wide(value, value, text) : plain(text);
  if (arrow.type !== 'float') return string(text);
  const odd = `when isnan(${value}) then '"NaN"' when ${value} > 0 then '"Infinity"' else '"-Infinity"'`;
  return `case when ${value} is null then 'null' when isfinite(${value}) then ${text} ${odd} end`;
}

/** `number` is what the value is compared as. */
const wide = (value: string, number: string, text: string): string =>
  `case when ${value} is null then 'null' when ${number} between -${SAFE} and ${SAFE} then ${text} else concat('"', ${text}, '"') end`;

const plain = (text: string): string => `coalesce(${text}, 'null')`;
const string = (text: string): string => `coalesce(to_json(${text})::varchar, 'null')`;
const unlessNull = (value: string, text: string): string => `case when ${value} is null then 'null' else ${text} end`;

const list = (value: string, child: DuckType, depth: number): string =>
  unlessNull(value, joined(value, `e${depth}`, json(`e${depth}`, child, depth + 1), '[', ']'));

const joined = (elements: string, name: string, body: string, open: string, shut: string): string =>
  `concat('${open}', array_to_string(list_transform(${elements}, lambda ${name}: ${body}), ','), '${shut}')`;
