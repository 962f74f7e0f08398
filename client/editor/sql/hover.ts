/**
 * What a name in SQL stands for: a table with its columns and rows, a column with its type, an alias or a query of WITH
 * with its columns. Asked by completion at the name's end, so that what a hover says is what the caret would be offered,
 * by the engine's own scopes.
 */
import type { Completion, SessionTable } from '../../../server/protocol/messages.ts';

export type Told = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'table'; readonly name: string; readonly table: Pick<SessionTable, 'columns' | 'rows'> }
  | { readonly kind: 'column'; readonly name: string; readonly detail: string }
);

export type Sources = {
  complete(text: string, offset: number): Promise<readonly Completion[]>;
  tables(): Promise<readonly SessionTable[]>;
};

/** A name, a name in quotes, or a text in quotes. */
const NAMES = /"(?:[^"\n]|"")*"|'(?:[^'\n]|'')*'|[\p{L}_][\p{L}\p{N}\p{M}_$]*/gu;

export async function toldAt(text: string, offset: number, { complete, tables }: Sources): Promise<Told | undefined> {
  const found = nameAt(text, offset);
  if (!found) return undefined;
  const { name, start, end, isText } = found;
  const isIt = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const tableOf = async (): Promise<Told | undefined> => {
    const table = (await tables()).find((one) => isIt(one.name));
    return table && { kind: 'table', name: table.name, table, start, end };
  };
  if (isText) return tableOf();
  const offered = await complete(text, end);
  const column = offered.find(({ kind, label }) => kind === 'column' && isIt(label));
  if (column) return { kind: 'column', name: column.label, detail: column.detail ?? '', start, end };
  if (offered.some(({ kind, label }) => kind === 'table' && isIt(label))) {
    const table = await tableOf();
    if (table) return table;
  }
  // A function's name is no alias.
  if (/^\s*\(/.test(text.slice(end))) return undefined;
  const members = await complete(`${text.slice(0, end)}.${text.slice(end)}`, end + 1);
  const columns = members.flatMap(({ kind, label, detail }) =>
    kind === 'column' ? [{ name: label, type: detail ?? '' }] : [],
  );
  return columns.length === 0 ? undefined : { kind: 'table', name, table: { columns }, start, end };
}

function nameAt(text: string, offset: number) {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(from, text.indexOf('\n', offset) === -1 ? undefined : text.indexOf('\n', offset));
  const comment = line.indexOf('--');
  for (const match of line.matchAll(NAMES)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (offset < start || offset > end) continue;
    if (comment !== -1 && match.index > comment) return undefined;
    const quote = match[0][0];
    const isText = quote === "'";
    const name = isText || quote === '"' ? match[0].slice(1, -1).replaceAll(`${quote}${quote}`, quote ?? '') : match[0];
    return { name, start, end, isText };
  }
  return undefined;
}
