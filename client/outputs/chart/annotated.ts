/** Dates of the notebook on a chart's axis of time: a line, or a band over a range, with its text at the top. Pure. */
import type { Dated } from '../../../server/protocol/annotations.ts';

/** Texts are read where they stand apart: those that would lie on the one before begin a line lower. */
const LINES = 3;
const LINE = 13;
/** Pixels of a letter, about. */
const LETTER = 6;
const LONGEST = 28;

export type Drawn = Dated & { readonly line: number; readonly short: string };

/** Those that the axis covers, cut to it. */
export function coveredBy(all: readonly Dated[], [low, high]: readonly [number, number], width: number): Drawn[] {
  const ends: number[] = [];
  return all
    .filter(({ from, to }) => from <= high && (to ?? from) >= low)
    .map((one) => {
      const from = Math.max(one.from, low);
      const short = one.text.length > LONGEST ? `${one.text.slice(0, LONGEST - 1)}…` : one.text;
      const left = ((from - low) / Math.max(1, high - low)) * width;
      const free = ends.findIndex((end) => end <= left);
      const line = free >= 0 ? free : ends.length < LINES ? ends.length : LINES - 1;
      ends[line] = left + short.length * LETTER + 8;
      return { ...one, from, ...(one.to === undefined ? {} : { to: Math.min(one.to, high) }), line, short };
    });
}

/** Layers over a chart whose x is `x`; `colour` is a quiet one. */
export function layersOf(drawn: readonly Drawn[], x: object, colour: string): object[] {
  if (drawn.length === 0) return [];
  const ranges = drawn.filter(({ to }) => to !== undefined);
  const at = { ...x, field: 'from' };
  const lines = [...new Set(drawn.map(({ line }) => line))];
  return [
    ...(ranges.length > 0
      ? [
          {
            data: { values: ranges },
            mark: { type: 'rect', color: colour, opacity: 0.16, tooltip: null },
            encoding: { x: at, x2: { field: 'to' } },
          },
        ]
      : []),
    {
      data: { values: drawn },
      mark: { type: 'rule', color: colour, strokeDash: [3, 3], tooltip: null },
      encoding: { x: at },
    },
    ...lines.map((line) => ({
      data: { values: drawn.filter((one) => one.line === line) },
      mark: { type: 'text', align: 'left', baseline: 'top', dx: 4, fontSize: 11, clip: true, tooltip: null },
      encoding: { x: at, y: { value: 2 + line * LINE }, text: { field: 'short', type: 'nominal' } },
    })),
  ];
}
