/**
 * Holds the garbage of a busy server in bounds. By itself V8 lets the heap grow to several times what lives in it, and the
 * young generation, where all begins, to 128 MB: memory that a collection a little earlier would have given back.
 */

/** Garbage over what lives, in percent, at which the old generation is collected. */
const GARBAGE_PERCENT = 40;
/** What the young generation may grow to: enough that few objects outlive a collection by chance. */
const YOUNG_BYTES = 32 * 1024 * 1024;

/** Once, after the start: a server at rest has less than either. */
export async function boundHeap(): Promise<void> {
  const [{ PerformanceObserver }, { getHeapSpaceStatistics, setFlagsFromString }] = await Promise.all([
    import('node:perf_hooks'),
    import('node:v8'),
  ]);
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  const collections = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (young === undefined || young.space_size < YOUNG_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    collections.disconnect();
  });
  collections.observe({ entryTypes: ['gc'] });
}
