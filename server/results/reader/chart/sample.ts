/** Rows picked by the hash of their number: even without order in the data, and the same ones whenever it is asked. */

/** Half a percent of them are hundreds: enough to know where ends lie, and which categories are frequent. */
const SAMPLE = 100_000;

export type Sample = {
  /** Each row stands for so many. */
  readonly step: number;
  readonly where: readonly string[];
};

export function sampleOf(rows: number, most = SAMPLE): Sample {
  const step = Math.max(1, Math.floor(rows / most));
  return { step, where: step > 1 ? [`hash(t.__row) % ${step} = 0`] : [] };
}
