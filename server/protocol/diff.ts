/**
 * What changed between two texts, and the same change made to a third that went its own way meanwhile.
 *
 * Lines first, then words within the lines that differ, then the common ends of each hunk: small edits stay small, so
 * that carets keep their place, and words are never mixed letter by letter. Cost is bounded: past `MOST_EDITS` a
 * stretch counts as replaced.
 */
export type Hunk = {
  /** UTF-16 offsets in the old text. */
  readonly from: number;
  readonly to: number;
  readonly insert: string;
};

/** Steps of Myers' search: 1,000 differing lines in one stretch; memory grows with its square (8 MB here). */
const MOST_EDITS = 1_000;

export function diffText(old: string, now: string): readonly Hunk[] {
  if (old === now) return [];
  const hunks: Hunk[] = [];
  for (const lines of diffTokens(old, now, /[^\n]*\n|[^\n]+/g)) {
    const before = old.slice(lines.from, lines.to);
    for (const words of diffTokens(before, lines.insert, WORD)) {
      const hunk = shrink(before, { from: words.from, to: words.to, insert: words.insert });
      hunks.push({ from: lines.from + hunk.from, to: lines.from + hunk.to, insert: hunk.insert });
    }
  }
  return hunks;
}

/** A longer word is compared in pieces: a match of megabytes overflows the stack. */
const WORD = /[\p{L}\p{N}_]{1,1000}|\s{1,1000}|[^\p{L}\p{N}_\s]/gu;

function diffTokens(old: string, now: string, token: RegExp): readonly Hunk[] {
  const a = old.match(token) ?? [];
  const b = now.match(token) ?? [];
  const hunks: Hunk[] = [];
  let offset = 0;
  let at = 0;
  for (const [fromA, toA, fromB, toB] of changedRanges(a, b)) {
    for (; at < fromA; at += 1) offset += a[at]!.length;
    const from = offset;
    for (; at < toA; at += 1) offset += a[at]!.length;
    hunks.push({ from, to: offset, insert: b.slice(fromB, toB).join('') });
  }
  return hunks;
}

type Ranges = (readonly [fromA: number, toA: number, fromB: number, toB: number])[];

/** Where two sequences differ, by Myers' O(ND) search after cutting common ends. */
export function changedRanges(a: readonly string[], b: readonly string[]): Ranges {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  if (start === endA && start === endB) return [];
  const n = endA - start;
  const m = endB - start;
  const trace = n === 0 || m === 0 ? undefined : search(a.slice(start, endA), b.slice(start, endB));
  if (!trace) return [[start, endA, start, endB]];
  return ranges(trace, n, m).map(([fromA, toA, fromB, toB]) => [
    fromA + start,
    toA + start,
    fromB + start,
    toB + start,
  ]);
}

/** The furthest points of each round, or undefined past the bound. */
function search(a: readonly string[], b: readonly string[]): readonly Int32Array[] | undefined {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const points = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const trace: Int32Array[] = [];
  for (let round = 0; round <= most; round += 1) {
    trace.push(points.slice(middle - round - 1, middle + round + 2));
    for (let k = -round; k <= round; k += 2) {
      const down = k === -round || (k !== round && points[middle + k - 1]! < points[middle + k + 1]!);
      let x = down ? points[middle + k + 1]! : points[middle + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      points[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return undefined;
}

function ranges(trace: readonly Int32Array[], n: number, m: number): Ranges {
  const found: [number, number, number, number][] = [];
  let x = n;
  let y = m;
  for (let round = trace.length - 1; round > 0; round -= 1) {
    const points = trace[round]!;
    const k = x - y;
    const value = (at: number): number => points[at + round + 1]!;
    const down = k === -round || (k !== round && value(k - 1) < value(k + 1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = value(previousK);
    const previousY = previousX - previousK;
    const [fromX, fromY] = [previousX, previousY];
    const [toX, toY] = down ? [fromX, fromY + 1] : [fromX + 1, fromY];
    const last = found.at(-1);
    if (last && last[0] === toX && last[2] === toY) {
      last[0] = fromX;
      last[2] = fromY;
    } else found.push([fromX, toX, fromY, toY]);
    [x, y] = [previousX, previousY];
  }
  return found.reverse();
}

/** Without the common ends of what goes and what comes; never in the middle of a surrogate pair. */
function shrink(old: string, hunk: Hunk): Hunk {
  let { from, to, insert } = hunk;
  let head = 0;
  while (from + head < to && head < insert.length && old[from + head] === insert[head]) head += 1;
  if (head > 0 && isHigh(insert.charCodeAt(head - 1))) head -= 1;
  from += head;
  insert = insert.slice(head);
  let tail = 0;
  while (tail < to - from && tail < insert.length && old[to - 1 - tail] === insert.at(-1 - tail)) tail += 1;
  if (tail > 0 && isLow(insert.charCodeAt(insert.length - tail))) tail -= 1;
  return { from, to: to - tail, insert: insert.slice(0, insert.length - tail) };
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/**
 * The hunks that make to `mine` the change from `base` to `theirs`. What `mine` wrote stays, also where `theirs` deleted
 * around it; what both did alike is done once.
 */
export function mergeHunks(base: string, theirs: string, mine: string): readonly Hunk[] {
  if (mine === base) return diffText(base, theirs);
  if (mine === theirs) return [];
  const own = diffText(base, mine);
  const kept = keptOf(base.length, own);
  return diffText(base, theirs)
    .filter((hunk) => !own.some((one) => one.from === hunk.from && one.to === hunk.to && one.insert === hunk.insert))
    .flatMap((hunk) => carried(hunk, kept));
}

/** A stretch of `base` that `mine` still has, and how far it moved. */
type Kept = { readonly from: number; readonly to: number; readonly shift: number };

function keptOf(length: number, own: readonly Hunk[]): readonly Kept[] {
  const kept: Kept[] = [];
  let at = 0;
  let shift = 0;
  for (const { from, to, insert } of own) {
    kept.push({ from: at, to: from, shift });
    shift += insert.length - (to - from);
    at = to;
  }
  return [...kept, { from: at, to: length, shift }];
}

/** One hunk over `base` as hunks over `mine`: what goes are the kept characters, what comes stands after own insertions. */
function carried(hunk: Hunk, kept: readonly Kept[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let place = 0;
  for (const { from, to, shift } of kept) {
    if (from > hunk.to) break;
    if (from <= hunk.from) place = Math.min(Math.max(hunk.from, from), to) + shift;
    const start = Math.max(from, hunk.from);
    const end = Math.min(to, hunk.to);
    if (start < end) hunks.push({ from: start + shift, to: end + shift, insert: '' });
  }
  if (hunk.insert === '') return hunks;
  const first = hunks[0];
  if (first?.from === place) return [{ ...first, insert: hunk.insert }, ...hunks.slice(1)];
  return [{ from: place, to: place, insert: hunk.insert }, ...hunks];
}
