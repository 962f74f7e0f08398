/**
 * A figure: ours against a reference, measured in one run, interleaved A B A B, at least five rounds, medians with min and
 * max. Each benchmark file exports `measure()` and gives one or more of these; `run.ts` prints and records them.
 */
export type Samples = { readonly unit: 'ms' | 'MB' | 'KB' | '1/s'; readonly values: readonly number[] };

export type Measured = {
  /** `P3`, with a suffix where one figure has several parts: `P3 socket`. */
  readonly figure: string;
  readonly what: string;
  readonly ours: Samples;
  /** Absent where the goal is an absolute guard. `recorded` says that it was not measured in this run. */
  readonly reference?: Samples & { readonly name: string; readonly recorded?: true };
  /** What must hold of ours/reference, or of ours alone where there is no reference. */
  readonly goal: { readonly at: 'most' | 'least'; readonly value: number; readonly of: 'ratio' | 'ours' };
  /** The statistic the goal speaks of; the median if absent. */
  readonly statistic?: 'p95' | 'p99';
  readonly note?: string;
};

export type Benchmark = { measure(): Promise<readonly Measured[]> };

export const ROUNDS = 5;

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A B A B …: one warm-up of each, then `rounds` of each in turn. */
export async function interleave(
  ours: () => Promise<number>,
  reference: () => Promise<number>,
  rounds = ROUNDS,
): Promise<{ readonly ours: readonly number[]; readonly reference: readonly number[] }> {
  const a: number[] = [];
  const b: number[] = [];
  await ours();
  await reference();
  for (let round = 0; round < rounds; round += 1) {
    a.push(await ours());
    b.push(await reference());
  }
  return { ours: a, reference: b };
}

const statisticOf = (measured: Measured, values: readonly number[]): number =>
  measured.statistic === 'p95'
    ? quantile(values, 0.95)
    : measured.statistic === 'p99'
      ? quantile(values, 0.99)
      : median(values);

export type Verdict = {
  readonly ours: number;
  readonly reference?: number;
  readonly ratio?: number;
  readonly reached: boolean;
};

export function judge(measured: Measured): Verdict {
  const ours = statisticOf(measured, measured.ours.values);
  const reference = measured.reference && statisticOf(measured, measured.reference.values);
  const ratio = reference === undefined ? undefined : ours / reference;
  const value = measured.goal.of === 'ratio' ? (ratio ?? Number.NaN) : ours;
  const reached = measured.goal.at === 'most' ? value <= measured.goal.value : value >= measured.goal.value;
  return { ours, reached, ...(reference === undefined ? {} : { reference, ratio: ours / reference }) };
}
