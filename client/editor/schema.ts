/**
 * A table's schema as Markdown for a hover: how large it is, and its columns with the engine's types, one a line. Names
 * stand in a fence that none of them can close.
 */
import type { SessionTable } from '../../server/protocol/messages.ts';
import { editorWords as words } from '../words/editor.ts';

/** `of`: how many columns it has, where these are the first ones. */
export function schemaOf({ columns, rows }: Pick<SessionTable, 'columns' | 'rows'>, of = columns.length): string {
  if (of === 0) return rows === undefined ? words.unread : words.size(rows, of);
  const names = columns.map(({ name }) => oneLine(name));
  const width = Math.min(WIDEST, Math.max(...names.map((name) => name.length)));
  const lines = columns.map(({ type }, index) => `${(names[index] ?? '').padEnd(width)}  ${oneLine(type)}`);
  const longest = Math.max(
    2,
    ...lines.map((line) => Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length))),
  );
  const fence = '`'.repeat(longest + 1);
  const more = of > columns.length ? [words.moreColumns(of - columns.length)] : [];
  return [words.size(rows, of), [fence, ...lines, ...more, fence].join('\n')].join('\n\n');
}

/** Types line up behind names of up to so many characters. */
const WIDEST = 32;
/** A type of a wide record would fill the screen. */
const LONGEST = 120;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
