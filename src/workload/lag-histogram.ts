/**
 * Ages of records, counted in buckets: every doubling is cut into eight steps of one width, so a
 * percentile is right within an eighth, and counting one record costs one addition and no logarithm.
 */
const STEP_BITS = 3;
const STEPS = 1 << STEP_BITS;
/** From here on all ages are one bucket: 71 minutes, in µs. */
const LAG_US_MAX = 0xffffffff;
const BUCKETS = (32 - STEP_BITS + 1) * STEPS;

/** Below 8 µs a bucket is one µs; from there on the top three bits below the first one choose it. */
function bucketOf(lagUs: number): number {
  const shift = Math.max(0, 31 - STEP_BITS - Math.clz32(lagUs));
  return shift * STEPS + (lagUs >>> shift);
}

/** The first age beyond a bucket. */
function edgeOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / STEPS) - 1);
  return (bucket - shift * STEPS + 1) * 2 ** shift;
}

export class LagHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  add(lagUs: number): void {
    const bucket = bucketOf(Math.min(Math.max(lagUs, 0), LAG_US_MAX));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (lagUs > this.#max) this.#max = lagUs;
  }

  /** The ages at `nowUs` of the first `count` of what became due; gives the newest of them. */
  addAll(nowUs: number, duesUs: Float64Array, count: number): number {
    let newestUs = Number.NEGATIVE_INFINITY;
    for (let n = 0; n < count; n += 1) {
      const dueUs = duesUs[n] as number;
      this.add(nowUs - dueUs);
      if (dueUs > newestUs) newestUs = dueUs;
    }
    return newestUs;
  }

  /** The 99th percentile and the maximum since the last time this was asked. */
  take(): { p99Us: number; maxUs: number } {
    const taken = { p99Us: Math.min(this.#max, this.#quantile(0.99)), maxUs: this.#max };
    this.#counts.fill(0);
    this.#total = 0;
    this.#max = 0;
    return taken;
  }

  /** Upper edge of the bucket that holds the quantile; 0 when nothing was counted. */
  #quantile(share: number): number {
    const wanted = Math.ceil(this.#total * share);
    if (wanted === 0) return 0;
    let passed = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      passed += this.#counts[bucket] ?? 0;
      if (passed >= wanted) return edgeOf(bucket);
    }
    return this.#max;
  }
}
