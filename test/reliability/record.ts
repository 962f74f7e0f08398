/**
 * What a run of a figure's cases gave, kept so that `docs/reliability.md` can be written from it. A test counts its cases as
 * they hold and keeps them with `GONDOLA_RECORD=1`; a script keeps them with `--record`. One file for each part of a figure.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** Cases of one class, and how many of them did not hold. */
export type Count = { readonly class: string; readonly cases: number; readonly failed: number };

export type Reading = {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure promises: at most this. */
  readonly most?: number;
};

export type Part = {
  /** `R7`. */
  readonly figure: string;
  readonly part: string;
  readonly counts: readonly Count[];
  readonly readings?: readonly Reading[];
  /** What could not be tried where it was recorded. */
  readonly untried?: readonly string[];
};

export type Recorded = Part & {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  /** Load average of the last minute at the end. */
  readonly load: number;
};

export const wantsRecord = (): boolean => process.env.GONDOLA_RECORD === '1' || process.argv.includes('--record');

export const recordedFolder = (root: string): string => join(root, 'test', 'reliability', 'recorded');

export function keep(root: string, part: Part): void {
  const recorded: Recorded = {
    ...part,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    load: Number(loadavg()[0]!.toFixed(2)),
  };
  const name = `${part.figure} ${part.part}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  mkdirSync(recordedFolder(root), { recursive: true });
  writeFileSync(join(recordedFolder(root), `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** At the end of a test: so many cases of each class held, as otherwise it had failed. */
export function keepHeld(part: Omit<Part, 'counts'> & { readonly held: Readonly<Record<string, number>> }): void {
  const { held, ...rest } = part;
  const counts = Object.entries(held).map(([name, cases]) => ({ class: name, cases, failed: 0 }));
  if (wantsRecord()) keep(join(import.meta.dirname, '..', '..'), { ...rest, counts });
}

/** Counts cases by class: `held` for each that held, and `keep` at the end of the file. */
export function counter(cases: readonly { readonly class: string }[]): {
  held(one: { readonly class: string }): void;
  counts(): readonly Count[];
} {
  const left = new Map<string, { cases: number; held: number }>();
  for (const one of cases) {
    const count = left.get(one.class) ?? { cases: 0, held: 0 };
    count.cases += 1;
    left.set(one.class, count);
  }
  return {
    held(one) {
      left.get(one.class)!.held += 1;
    },
    counts: () => [...left].map(([name, { cases: all, held }]) => ({ class: name, cases: all, failed: all - held })),
  };
}
