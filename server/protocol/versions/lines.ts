/**
 * Two texts as rows of lines: those that are the same stand beside each other, and in those that differ the words that
 * changed are marked. Cost is bounded as in `diff.ts`; pure.
 */
import { changedRanges, diffText } from '../diff.ts';

export type Piece = { readonly text: string; readonly marked: boolean };
export type Line = {
  /** 1-based. */
  readonly number: number;
  readonly pieces: readonly Piece[];
};

/** One line on each side; a side that has no such line is absent. */
export type Row = { readonly same: boolean; readonly old?: Line; readonly now?: Line };

export function compareText(old: string, now: string): readonly Row[] {
  const a = old.split('\n');
  const b = now.split('\n');
  const rows: Row[] = [];
  let at = 0;
  let shift = 0;
  const same = (until: number): void => {
    for (; at < until; at += 1) {
      const pieces = [{ text: a[at]!, marked: false }];
      rows.push({ same: true, old: { number: at + 1, pieces }, now: { number: at + 1 + shift, pieces } });
    }
  };
  for (const [fromA, toA, fromB, toB] of changedRanges(a, b)) {
    same(fromA);
    const { left, right } = markBlock(a.slice(fromA, toA), b.slice(fromB, toB));
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const [one, other] = [left[index], right[index]];
      rows.push({
        same: false,
        ...(one ? { old: { number: fromA + index + 1, pieces: one } } : {}),
        ...(other ? { now: { number: fromB + index + 1, pieces: other } } : {}),
      });
    }
    at = toA;
    shift = toB - toA;
  }
  same(a.length);
  return rows;
}

type Marks = readonly (readonly [from: number, to: number])[];

function markBlock(a: readonly string[], b: readonly string[]) {
  if (a.length === 0 || b.length === 0) return { left: a.map(whole), right: b.map(whole) };
  const [old, now] = [a.join('\n'), b.join('\n')];
  const gone: [number, number][] = [];
  const come: [number, number][] = [];
  let shift = 0;
  for (const { from, to, insert } of diffText(old, now)) {
    gone.push([from, to]);
    come.push([from + shift, from + shift + insert.length]);
    shift += insert.length - (to - from);
  }
  return { left: cut(a, gone), right: cut(b, come) };
}

const whole = (text: string): readonly Piece[] => [{ text, marked: true }];

/** Marks over the joined lines, as pieces of each line. */
function cut(lines: readonly string[], marks: Marks): readonly (readonly Piece[])[] {
  let start = 0;
  let next = 0;
  return lines.map((line) => {
    const end = start + line.length;
    const pieces: Piece[] = [];
    let at = start;
    while (next < marks.length && marks[next]![0] <= end) {
      const [from, to] = marks[next]!;
      if (from > at) pieces.push({ text: line.slice(at - start, from - start), marked: false });
      const upTo = Math.min(to, end);
      const first = Math.max(from, at);
      if (upTo > first) pieces.push({ text: line.slice(first - start, upTo - start), marked: true });
      at = Math.max(at, upTo);
      if (to > end) break;
      next += 1;
    }
    if (at < end || pieces.length === 0) pieces.push({ text: line.slice(at - start), marked: false });
    start = end + 1;
    return pieces;
  });
}

/** Lines around a change that are shown with it. */
const CONTEXT = 3;

export type Shown = { readonly rows: readonly Row[] } | { readonly hidden: number };

/** Rows near a change; of the others how many there are. A single line is not worth hiding. */
export function nearChanges(rows: readonly Row[]): readonly Shown[] {
  const near = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    if (!row.same) near.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const shown: Shown[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    while (end < rows.length && near[end] === near[start]) end += 1;
    if (near[start] === 0 && end - start > 1) shown.push({ hidden: end - start });
    else shown.push({ rows: rows.slice(start, end) });
    start = end;
  }
  return shown;
}
