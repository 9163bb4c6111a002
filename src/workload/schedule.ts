/**
 * When which record is due. Record k of a producer is due at t0 + k·Δ and belongs to partition
 * k mod P, so the seq-th record of a partition is k = seq·P + partition: gapless, linear in time,
 * and known for ever from four numbers. Nothing is queued, skipped or re-phased while sends stall.
 */
export class Schedule {
  readonly #t0Us: number;
  readonly #ratePerSecond: number;
  readonly #partitions: number;

  constructor(options: { t0Us: number; ratePerSecond: number; partitions: number }) {
    this.#t0Us = options.t0Us;
    this.#ratePerSecond = options.ratePerSecond;
    this.#partitions = options.partitions;
  }

  /** When the seq-th record of a partition is due, µs. */
  dueUs(partition: number, seq: number): number {
    const k = seq * this.#partitions + partition;
    return this.#t0Us + Math.floor((k * 1_000_000) / this.#ratePerSecond);
  }

  /** How many records of a partition are due up to and including `nowUs`. */
  dueCount(partition: number, nowUs: number): number {
    if (nowUs < this.#t0Us) return 0;
    const whole = Math.floor(((nowUs - this.#t0Us) * this.#ratePerSecond) / 1_000_000);
    let count = Math.max(0, Math.floor((whole - partition) / this.#partitions) + 1);
    // The division above and the one in dueUs may round apart by one record.
    while (this.dueUs(partition, count) <= nowUs) count += 1;
    while (count > 0 && this.dueUs(partition, count - 1) > nowUs) count -= 1;
    return count;
  }
}
