/**
 * When which record is due. Record k of a producer belongs to partition k mod P and is due when the
 * integral of the rate from t0 on has reached k; so the seq-th record of a partition is
 * k = seq·P + partition: gapless, and known for ever from a few numbers. Nothing is queued, skipped
 * or re-phased while sends stall.
 *
 * ```
 *  rate ▲            ┌────── changed again
 *       │        ／──┘       segments: between two changes the rate is constant
 *       │──────／            or moves at a constant pace, so k(t) is linear or a
 *       └──────┴─────┴──▶ t  parabola, and t(k) has a formula
 *      t0   fromUs  +overUs
 * ```
 * A change belongs to the time after it was told: what was due before is due when it was.
 */
export interface RateChange {
  /** µs, monotonic. */
  fromUs: number;
  /** What the rate comes to. */
  ratePerSecond: number;
  /** How long it takes to get there, evenly; 0: at once. */
  overUs: number;
}

/** From `sinceUs` on k(t) = k + rate·τ + pace·τ²/2, with τ in seconds. */
interface Segment {
  sinceUs: number;
  k: number;
  rate: number;
  pace: number;
}

export class Schedule {
  readonly #partitions: number;
  readonly #partitionFirst: number;
  readonly #segments: Segment[];

  constructor(options: {
    t0Us: number;
    ratePerSecond: number;
    partitions: number;
    /** Number of the first of them; 0 unless given. */
    partitionFirst?: number;
    /** In the order of their beginning; those before t0 say what the rate is by then. */
    changes?: RateChange[];
  }) {
    const { t0Us, ratePerSecond, partitions, changes = [] } = options;
    this.#partitions = partitions;
    this.#partitionFirst = options.partitionFirst ?? 0;
    const [first] = changes;
    const sinceUs = Math.min(t0Us, first?.fromUs ?? t0Us);
    this.#segments = [{ sinceUs, k: 0, rate: ratePerSecond, pace: 0 }];
    for (const change of changes) this.change(change);
    this.#beginAt(t0Us);
  }

  /** The rate is another from `fromUs` on, whatever was to come there. */
  change({ fromUs, ratePerSecond, overUs }: RateChange): void {
    const at = this.#segmentAt(fromUs);
    const { k, rate } = this.#stateAt(at, fromUs);
    this.#segments.splice(this.#segments.indexOf(at) + 1);
    if (at.sinceUs === fromUs) this.#segments.pop();
    if (overUs > 0) {
      const pace = ((ratePerSecond - rate) * 1_000_000) / overUs;
      const ramp = { sinceUs: fromUs, k, rate, pace };
      const { k: after } = this.#stateAt(ramp, fromUs + overUs);
      this.#segments.push(ramp);
      this.#segments.push({ sinceUs: fromUs + overUs, k: after, rate: ratePerSecond, pace: 0 });
    } else this.#segments.push({ sinceUs: fromUs, k, rate: ratePerSecond, pace: 0 });
  }

  /** Records are counted from here on. */
  #beginAt(t0Us: number): void {
    const at = this.#segmentAt(t0Us);
    const { k, rate } = this.#stateAt(at, t0Us);
    const later = this.#segments.slice(this.#segments.indexOf(at) + 1);
    const first = { sinceUs: t0Us, k: 0, rate, pace: at.pace };
    this.#segments.splice(
      0,
      this.#segments.length,
      first,
      ...later.map((segment) => ({ ...segment, k: segment.k - k })),
    );
  }

  #segmentAt(us: number): Segment {
    const [first] = this.#segments;
    return this.#segments.findLast(({ sinceUs }) => sinceUs <= us) ?? (first as Segment);
  }

  #stateAt({ sinceUs, k, rate, pace }: Segment, us: number): { k: number; rate: number } {
    const elapsed = us - sinceUs;
    if (pace === 0) return { k: k + (elapsed * rate) / 1_000_000, rate };
    const seconds = elapsed / 1_000_000;
    return { k: k + seconds * (rate + (pace * seconds) / 2), rate: rate + pace * seconds };
  }

  /** When the seq-th record of a partition is due, µs. */
  dueUs(partition: number, seq: number): number {
    const k = seq * this.#partitions + partition - this.#partitionFirst;
    const at = this.#segmentOf(k);
    const { sinceUs, rate, pace } = at;
    const more = k - at.k;
    if (pace === 0) return sinceUs + Math.floor((more * 1_000_000) / rate);
    // The root that stays exact when the pace is small.
    const seconds = (2 * more) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * pace * more)));
    return sinceUs + Math.floor(seconds * 1_000_000);
  }

  #segmentOf(k: number): Segment {
    const segments = this.#segments;
    for (let at = segments.length - 1; at > 0; at -= 1) {
      if ((segments[at] as Segment).k <= k) return segments[at] as Segment;
    }
    return segments[0] as Segment;
  }

  /** How many records of a partition are due up to and including `nowUs`. */
  dueCount(partition: number, nowUs: number): number {
    const [first] = this.#segments;
    if (first === undefined || nowUs < first.sinceUs) return 0;
    const whole = Math.floor(this.#stateAt(this.#segmentAt(nowUs), nowUs).k);
    const turn = partition - this.#partitionFirst;
    let count = Math.max(0, Math.floor((whole - turn) / this.#partitions) + 1);
    // The division above and the one in dueUs may round apart by one record.
    while (this.dueUs(partition, count) <= nowUs) count += 1;
    while (count > 0 && this.dueUs(partition, count - 1) > nowUs) count -= 1;
    return count;
  }

  /**
   * Cuts a run of a partition's records so that within each piece they are due at even distances,
   * but for `looseUs`: that is how journals and judge take the records between a piece's ends.
   */
  evenPieces(
    partition: number,
    run: { seqFirst: number; count: number },
    looseUs: number,
  ): { seqFirst: number; count: number }[] {
    const { seqFirst, count } = run;
    if (count <= 2 || this.#isEven(partition, run, looseUs)) return [run];
    const half = Math.floor(count / 2);
    return [
      ...this.evenPieces(partition, { seqFirst, count: half }, looseUs),
      ...this.evenPieces(partition, { seqFirst: seqFirst + half, count: count - half }, looseUs),
    ];
  }

  /** Where the rate only rises or only falls, the middle is farthest from even; else the quarters tell. */
  #isEven(
    partition: number,
    { seqFirst, count }: { seqFirst: number; count: number },
    looseUs: number,
  ): boolean {
    const firstUs = this.dueUs(partition, seqFirst);
    const stepUs = (this.dueUs(partition, seqFirst + count - 1) - firstUs) / (count - 1);
    return [0.25, 0.5, 0.75].every((share) => {
      const into = Math.round((count - 1) * share);
      const dueUs = this.dueUs(partition, seqFirst + into);
      return Math.abs(dueUs - (firstUs + into * stepUs)) <= looseUs;
    });
  }
}
