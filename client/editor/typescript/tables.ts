/**
 * The notebook's tables as declarations for the compiler: the columns of each with their types, and a constant where its
 * name can be one. A column is of the type that its values have when they are read, by the one parser of the engine's
 * names of types, so that the editor and a run agree. Names come from files and statements: what is no plain name is
 * written as a JSON text, and nothing of them gets into a comment. None is of any type.
 */
import { type ColumnType, parseType } from '../../../interpreters/typescript/library/types.ts';
import type { KnownTable } from './contract.ts';

/** `taken`: names that something else has, which a table's constant would hide. */
export function tableDeclaration(table: KnownTable, taken: ReadonlySet<string>): string {
  const { name, columns } = table;
  const key = JSON.stringify(name);
  const isTyped = columns.length > 0;
  const lines = isTyped ? [`interface Tables {\n${key}: {\n${fieldsOf(columns)}};\n}`] : [];
  if (isConstant(name, taken)) lines.push(`declare const ${name}: DataFrame${isTyped ? `<Tables[${key}]>` : ''};`);
  return `${lines.join('\n')}\n`;
}

function fieldsOf(columns: KnownTable['columns']): string {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return [...types].map(([name, type]) => `${keyText(name)}: ${typeText(parseType(type))};\n`).join('');
}

/** A hover shows quotes where there are some. */
const keyText = (name: string): string => (PLAIN.test(name) ? name : JSON.stringify(name));
const PLAIN = /^[A-Za-z_가-힣][\w가-힣]*$/u;

/** As `rows()` gives them and a lambda sees them. */
function typeText(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'float':
    case 'decimal':
    case 'bigtext':
      return 'number';
    case 'text':
    case 'time':
      return 'string';
    case 'date':
    case 'timestamp':
      return 'Date';
    case 'blob':
      return 'Uint8Array';
    case 'null':
      return 'null';
    case 'list':
    case 'array':
      return `Array<${typeText(type.child)}>`;
    case 'struct':
      return `{ ${type.members.map(({ name, type: of }) => `${keyText(name)}: ${typeText(of)}`).join('; ')} }`;
    case 'union':
      return type.members.map(({ type: of }) => typeText(of)).join(' | ') || 'null';
    case 'map':
      return `Map<${typeText(type.key)}, ${typeText(type.value)}>`;
  }
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** Of modules, which are strict. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if import in instanceof new null return super switch this throw true try typeof var void while with yield ' +
    'let static implements interface package private protected public arguments eval undefined globalThis'
  ).split(' '),
);

export const isConstant = (name: string, taken: ReadonlySet<string>): boolean =>
  IDENTIFIER.test(name) && !RESERVED.has(name) && !taken.has(name);

/** What declarations declare for all: no table's constant may be called so. */
export function globalNames(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>(['forms']);
  for (const text of texts) for (const [, name] of text.matchAll(DECLARES)) names.add(name ?? '');
  return names;
}

const DECLARES = /^declare (?:abstract )?(?:var|let|const|function|class|namespace) ([\p{L}_$][\p{L}\p{N}_$]*)/gmu;
