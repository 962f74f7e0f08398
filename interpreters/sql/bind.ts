/**
 * Values bound to a statement's parameters, never spliced into its text. A whole number up to 2^53 is bound as INTEGER or
 * BIGINT, as the engine reads one in a text; any other as DOUBLE.
 */
import duckdb, { type PreparedStatement } from '@duckdb/node-bindings';
import { Failed, failure } from '../errors.ts';
import type { FormInput } from '../forms.ts';
import type { Bound } from '../protocol.ts';
import type { Parameters } from './forms.ts';

/** In the order of `$1`, `$2`, …; or of forms, by name. */
export type Values = readonly Bound[] | Parameters;

const isNamed = (values: Values): values is Parameters => values instanceof Map;

export function bindValues(statement: PreparedStatement, values: Values): void {
  if (isNamed(values)) {
    bindForms(statement, values);
    return;
  }
  // With none at all the engine itself says what is missing.
  if (values.length === 0) return;
  const wanted = duckdb.nparams(statement);
  if (wanted !== values.length) {
    const hint = 'Each $1, $2, … of the query needs its value, in this order.';
    throw new Failed(
      failure('parameter', `The query has ${wanted} parameters, and ${values.length} values came.`, { hint }),
    );
  }
  values.forEach((value, index) => {
    bindValue(statement, index + 1, value);
  });
}

/** What no form has a value for, the engine itself asks for. */
function bindForms(statement: PreparedStatement, forms: Parameters): void {
  const count = duckdb.nparams(statement);
  for (let index = 1; index <= count; index += 1) {
    const input = forms.get(duckdb.parameter_name(statement, index).toLowerCase());
    if (input) bindForm(statement, index, input);
  }
}

/** DATE for a day, LIST for a choice of several, INTEGER, BIGINT or DOUBLE for a number, BOOLEAN, VARCHAR. */
function bindForm(statement: PreparedStatement, index: number, input: FormInput): void {
  if (input.value === null) duckdb.bind_null(statement, index);
  else if (input.type === 'date') bindDay(statement, index, input.value);
  else if (input.type === 'multi-select') bindList(statement, index, input);
  else if (typeof input.value !== 'object') bindValue(statement, index, input.value);
}

/** The engine's own signs for days without end. */
const ENDLESS = 2 ** 31 - 1;

function bindDay(statement: PreparedStatement, index: number, day: string): void {
  const endless = day === 'infinity' ? ENDLESS : day === '-infinity' ? -ENDLESS : undefined;
  if (endless === undefined) bindText(statement, index, { type: 'date', value: day });
  else duckdb.bind_date(statement, index, { days: endless });
}

function bindList(
  statement: PreparedStatement,
  index: number,
  { value, numbers }: Extract<FormInput, { type: 'multi-select' }>,
): void {
  const whole = value.every((one) => Number.isSafeInteger(one));
  const { VARCHAR, BIGINT, DOUBLE } = duckdb.Type;
  const type = duckdb.create_logical_type(numbers ? (whole ? BIGINT : DOUBLE) : VARCHAR);
  const list = value.map((one) =>
    !numbers
      ? duckdb.create_varchar(String(one))
      : whole
        ? duckdb.create_int64(BigInt(one))
        : duckdb.create_double(Number(one)),
  );
  duckdb.bind_value(statement, index, duckdb.create_list_value(type, list));
}

const MAX_INTEGER = 2 ** 31 - 1;
const MAX_BIGINT = 2n ** 63n;
const MAX_HUGEINT = 2n ** 127n;

function bindValue(statement: PreparedStatement, index: number, value: Bound): void {
  if (value === null) duckdb.bind_null(statement, index);
  else if (typeof value === 'boolean') duckdb.bind_boolean(statement, index, value);
  else if (typeof value === 'string') duckdb.bind_value(statement, index, duckdb.create_varchar(value));
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) duckdb.bind_double(statement, index, value);
    else if (Math.abs(value) <= MAX_INTEGER) duckdb.bind_int32(statement, index, value);
    else duckdb.bind_int64(statement, index, BigInt(value));
  } else bindText(statement, index, value);
}

function bindText(
  statement: PreparedStatement,
  index: number,
  { type, value }: Extract<Bound, { readonly type: string }>,
): void {
  switch (type) {
    case 'bigint': {
      if (!/^-?\d{1,40}$/.test(value)) throw unreadable(type, value);
      const number = BigInt(value);
      if (number >= -MAX_BIGINT && number < MAX_BIGINT) duckdb.bind_int64(statement, index, number);
      else if (number >= -MAX_HUGEINT && number < MAX_HUGEINT) duckdb.bind_hugeint(statement, index, number);
      else throw new Failed(failure('out-of-range', `${value} is larger than the engine’s largest integer.`));
      return;
    }
    case 'double':
      if (!/^(NaN|-?Infinity|[-+.\deE]+)$/.test(value)) throw unreadable(type, value);
      duckdb.bind_double(statement, index, Number(value));
      return;
    case 'date': {
      const micros = microsOf(value);
      if (micros === undefined || micros % DAY !== 0n) throw unreadable(type, value);
      duckdb.bind_date(statement, index, { days: Number(micros / DAY) });
      return;
    }
    case 'timestamp':
    case 'timestamptz': {
      const micros = microsOf(value);
      if (micros === undefined) throw unreadable(type, value);
      if (type === 'timestamp') duckdb.bind_timestamp(statement, index, { micros });
      else duckdb.bind_timestamp_tz(statement, index, { micros });
      return;
    }
    case 'blob':
      duckdb.bind_blob(statement, index, Buffer.from(value, 'base64'));
      return;
  }
}

const DAY = 86_400_000_000n;
const MOMENT =
  /^([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Microseconds since 1970 of an ISO date or date and time; without a zone it is UTC. */
function microsOf(text: string): bigint | undefined {
  const parts = MOMENT.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return BigInt(date.getTime() - offset * 60_000) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

const unreadable = (type: string, value: string): Failed =>
  new Failed(
    failure('type', `“${value.slice(0, 100)}” is no ${type}.`, {
      hint: 'Dates are written 2024-01-31, times 2024-01-31 12:00:00.',
    }),
  );
