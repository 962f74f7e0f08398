/**
 * What a converter of spreadsheets answered, and what an earlier process of the session noted of it: both checked, as code of
 * the notebook can write to the session folder, and a converter has read whatever the file held. Types and paths go into
 * statements.
 */
import { posix } from 'node:path';
import { Failed, failure } from '../errors.ts';
import type { Column, ConvertedSheet, SessionMethods } from '../protocol.ts';

/** One sheet as it was last read. */
export type ReadSheet = {
  /** As statements name it: `data/x.xlsx#Sheet 2`. */
  readonly name: string;
  /** Of the file: changes with its content. */
  readonly version: string;
  readonly file: string;
  readonly columns: ConvertedSheet['columns'];
  readonly rows: number;
  readonly sheets: readonly string[];
  /** What a run that names it says. */
  readonly notices: readonly string[];
};

export type Converted = SessionMethods['sheet']['result'];

/** Throws `Failed` where it is no table. */
export function parseConverted(value: unknown): Converted {
  const { file, sheet, sheets, columns, skipped, rows, longest, ragged, broken, errors, unvalued } = fieldsOf(value);
  if (
    isText(file) &&
    isBelow(file) &&
    isText(sheet) &&
    isTexts(sheets) &&
    isColumns(columns) &&
    isCount(skipped) &&
    isCount(rows) &&
    isCount(longest) &&
    isFlag(ragged) &&
    isFlag(broken) &&
    isCount(errors) &&
    isCount(unvalued)
  ) {
    return { file, sheet, sheets, columns, skipped, rows, longest, ragged, broken, errors, unvalued };
  }
  throw new Failed(failure('protocol', 'The converter of spreadsheets gave no table.'));
}

/** Undefined for what is none of ours. */
export function parseListed(value: unknown): ReadSheet | undefined {
  const { name, version, file, columns, rows, sheets, notices } = fieldsOf(value);
  return isText(name) &&
    isText(version) &&
    isText(file) &&
    FILE.test(file) &&
    isColumns(columns) &&
    isCount(rows) &&
    isTexts(sheets) &&
    isTexts(notices)
    ? { name, version, file, columns, rows, sheets, notices }
    : undefined;
}

/** Right in the folder. */
const FILE = /^\d+-\d+\.parquet$/;

/** What values of a column are (`docs/spreadsheets.md`). */
const TYPES = new Set(['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIME', 'INTERVAL', 'BOOLEAN', 'VARCHAR']);

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isColumns = (value: unknown): value is Column[] =>
  Array.isArray(value) &&
  value.every((column) => {
    const { name, type } = fieldsOf(column);
    return isText(name) && isText(type) && TYPES.has(type);
  });
/** Relative to the session folder, and within it. */
const isBelow = (path: string): boolean => !posix.isAbsolute(path) && !posix.normalize(path).startsWith('..');
