/** Sums and extremes over equal stretches of time: what series are made of. */

export class Buckets {
  readonly fromUs: number;
  readonly widthUs: number;
  readonly values: Float64Array;

  /** `empty` is what a bucket without a value holds: 0 for sums, NaN for extremes. */
  constructor(fromUs: number, toUs: number, count: number, empty: number) {
    this.fromUs = fromUs;
    this.widthUs = Math.max((toUs - fromUs) / count, 1);
    this.values = new Float64Array(count).fill(empty);
  }

  /** The bucket an instant falls into; instants outside fall into the first or last. */
  at(us: number): number {
    const bucket = Math.floor((us - this.fromUs) / this.widthUs);
    return Math.min(Math.max(bucket, 0), this.values.length - 1);
  }

  add(us: number, amount: number): void {
    const bucket = this.at(us);
    this.values[bucket] = (this.values[bucket] as number) + amount;
  }

  /**
   * Spreads `amount` evenly over [fromUs, toUs], by share of each bucket; the first and the last get
   * what lies outside. A bucket is not looked up by its start: where the width is no whole number,
   * that may come out just short of it, and its share would go to the one before.
   */
  spread(fromUs: number, toUs: number, amount: number): void {
    if (toUs <= fromUs) {
      this.add(fromUs, amount);
      return;
    }
    const [first, last] = [this.at(fromUs), this.at(toUs)];
    for (let bucket = first; bucket <= last; bucket += 1) {
      const start = bucket === first ? fromUs : this.startUs(bucket);
      const end = bucket === last ? toUs : this.startUs(bucket + 1);
      const share = (amount * (end - start)) / (toUs - fromUs);
      this.values[bucket] = (this.values[bucket] as number) + share;
    }
  }

  max(us: number, value: number): void {
    const bucket = this.at(us);
    const held = this.values[bucket] as number;
    if (Number.isNaN(held) || value > held) this.values[bucket] = value;
  }

  startUs(bucket: number): number {
    return this.fromUs + bucket * this.widthUs;
  }

  /** `[time, value]` per bucket; a bucket that never got a value gives null. */
  points(
    toMs: (us: number) => number,
    scale: (value: number) => number,
  ): [number, number | null][] {
    return Array.from(this.values, (value, bucket) => [
      round(toMs(this.startUs(bucket))),
      Number.isNaN(value) ? null : round(scale(value)),
    ]);
  }
}

/** To thousandths: a microsecond where the unit is a millisecond. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
