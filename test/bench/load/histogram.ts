/** Millions of times in little memory: buckets that grow by 1% each, so that a quantile is within 1%. */
export type Counts = readonly (readonly [bucket: number, count: number])[];

const LEAST_MS = 0.01;
const GROWTH = Math.log(1.01);

export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(ms: number, count = 1): void {
    this.#put(Math.max(0, Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH)), count);
  }

  merge(counts: Counts): void {
    for (const [bucket, count] of counts) this.#put(bucket, count);
  }

  get total(): number {
    return this.#total;
  }

  get counts(): Counts {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  /** In milliseconds, to three digits; NaN where nothing was counted. */
  quantile(q: number): number {
    let left = q * this.#total;
    for (const [bucket, count] of this.counts) {
      left -= count;
      if (left <= 0) return Number((LEAST_MS * Math.exp((bucket + 0.5) * GROWTH)).toPrecision(3));
    }
    return Number.NaN;
  }

  #put(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
}
