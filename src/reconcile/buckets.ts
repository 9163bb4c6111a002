/** Sums and extremes over equal stretches of time: what series are made of. */

export class Buckets {
  readonly fromUs: number;
  readonly widthUs: number;
  readonly values: Float64Array;
  readonly #empty: number;

  /** `empty` is what a bucket without a value holds: 0 for sums, NaN for extremes. */
  constructor(fromUs: number, toUs: number, count: number, empty: number) {
    this.fromUs = fromUs;
    this.widthUs = Math.max((toUs - fromUs) / count, 1);
    this.values = new Float64Array(count).fill(empty);
    this.#empty = empty;
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

  /** Spreads `amount` evenly over [fromUs, toUs], by share of each bucket. */
  spread(fromUs: number, toUs: number, amount: number): void {
    const first = this.at(fromUs);
    const last = this.at(toUs);
    if (first === last || toUs <= fromUs) {
      this.add(fromUs, amount);
      return;
    }
    for (let bucket = first; bucket <= last; bucket += 1) {
      const start = Math.max(fromUs, this.startUs(bucket));
      const end = bucket === last ? toUs : Math.min(toUs, this.startUs(bucket + 1));
      this.add(this.startUs(bucket), (amount * (end - start)) / (toUs - fromUs));
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
      Number.isNaN(value) && Number.isNaN(this.#empty) ? null : round(scale(value)),
    ]);
  }
}

/** To thousandths: a microsecond where the unit is a millisecond. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
