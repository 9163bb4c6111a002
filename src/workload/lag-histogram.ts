/**
 * Ages of records, counted in buckets that grow by an eighth: a percentile is right within 12 %,
 * and counting one record costs one addition.
 */
const STEPS = 8;
const BUCKETS = 40 * STEPS;

export class LagHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  add(lagUs: number): void {
    const lag = Math.max(lagUs, 1);
    const bucket = Math.min(BUCKETS - 1, Math.floor(Math.log2(lag) * STEPS));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (lagUs > this.#max) this.#max = lagUs;
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
      if (passed >= wanted) return Math.round(2 ** ((bucket + 1) / STEPS));
    }
    return this.#max;
  }
}
