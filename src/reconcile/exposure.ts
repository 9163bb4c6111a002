/**
 * Exposure: what the RPO would have been, had the region died at t. A curve over the whole run.
 *
 * Naive rule: the replication lag that the mirror reports. Counter-example: replication stops
 * altogether, no record arrives, and the lag of *arriving* records stays where it was, small and
 * green, while every ack adds to what a disaster would take. Real rule: a record is exposed from its
 * ack until the watcher sees it on the mirror; at t, exposure is how many records are, and how old
 * (by due time) the oldest of them is.
 *
 * From the fault on, a stream whose cluster died is exposed no more: what it lost is the RPO.
 */
import { Buckets, round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import type { SightingTable } from "./columns.ts";
import type { Ledger, StreamLedger } from "./ledger.ts";
import { SIZE } from "./limits.ts";
import type { Measure, Result, Series } from "./result.ts";

type Exposure = Result["exposure"];

export function exposureOf(ledger: Ledger, chronicle: Chronicle): Exposure {
  const watched = watchedStreams(ledger);
  if (watched.length === 0) {
    const none = noMeasure(
      ledger.world.judging.logs.some(({ role }) => role === "mirror")
        ? "no watcher saw anything on a mirror"
        : "nothing is replicated to a second cluster",
    );
    return { maxRecords: none, maxTimeMs: none, records: null, timeMs: null };
  }
  const curve = new Curve(chronicle, watched.length);
  for (const { stream, sightings } of watched) {
    const dies = ledger.world.isFailed(stream.stream.log.cluster);
    const untilUs = dies ? (chronicle.t0?.highUs ?? Infinity) : Infinity;
    curve.add(stream, sightings, untilUs);
  }
  return curve.result(chronicle);
}

/** Application streams with the mirror that counts: on the surviving cluster, else the first. */
function watchedStreams(
  ledger: Ledger,
): { stream: StreamLedger; sightings: SightingTable | undefined }[] {
  const { world } = ledger;
  return ledger.streams.flatMap((stream) => {
    const { log, index, application } = stream.stream;
    if (!application || stream.sends.rows === 0) return [];
    const mirrors = world.family(log).filter((one) => one !== log && ledger.watched.has(one.id));
    const survivor = world.survivingLog(log);
    const mirror = mirrors.find((one) => one === survivor) ?? mirrors[0];
    if (!mirror) return [];
    return [{ stream, sightings: ledger.watched.get(mirror.id)?.get(index) }];
  });
}

function noMeasure(reason: string): Measure {
  return { value: null, low: null, high: null, censored: false, inconclusive: reason };
}

class Curve {
  readonly #opened: Buckets;
  readonly #closed: Buckets;
  readonly #age: Buckets;
  readonly #endUs: number;

  constructor(chronicle: Chronicle, streams: number) {
    this.#endUs = chronicle.workloadEndUs;
    const spanMs = Math.max((this.#endUs - chronicle.originUs) / 1000, 1);
    // Painting ages costs buckets times streams: many streams get coarser buckets.
    const affordable = Math.max(Math.floor(64_000_000 / streams), SIZE.pointsMax);
    const count = Math.ceil(Math.min(spanMs, SIZE.exposureBucketsMax, affordable));
    const make = (empty: number) => new Buckets(chronicle.originUs, this.#endUs, count, empty);
    this.#opened = make(0);
    this.#closed = make(0);
    this.#age = make(0);
  }

  /** Adds every record of a stream: exposed from its ack to its sighting. */
  add(stream: StreamLedger, sightings: SightingTable | undefined, untilUs: number): void {
    const endUs = Math.min(untilUs, this.#endUs);
    let paintedTo = -1;
    const put = (fromUs: number, toUs: number, dueUs: number, count: number) => {
      if (fromUs >= endUs || toUs <= fromUs) return;
      const upTo = Math.min(toUs, endUs);
      this.#opened.add(fromUs, count);
      // What is never seen stays open to the end of the curve, but for a region that died.
      if (upTo < this.#endUs) this.#closed.add(upTo, count);
      paintedTo = this.#paint(Math.max(this.#age.at(fromUs), paintedTo), upTo, dueUs);
    };
    forEachExposed(stream, sightings, put);
  }

  /** Ages grow until the sighting; the oldest due record comes first and hides the later ones. */
  #paint(fromBucket: number, toUs: number, dueUs: number): number {
    const last = this.#age.at(toUs);
    for (let bucket = fromBucket; bucket <= last; bucket += 1) {
      const atUs = bucket === last ? toUs : this.#age.startUs(bucket + 1);
      this.#age.max(this.#age.startUs(bucket) + this.#age.widthUs / 2, (atUs - dueUs) / 1000);
    }
    return Math.max(last, fromBucket);
  }

  result(chronicle: Chronicle): Exposure {
    const records = new Float64Array(this.#opened.values.length);
    let open = 0;
    let low = 0;
    let high = 0;
    for (let bucket = 0; bucket < records.length; bucket += 1) {
      // Within a bucket the order of acks and sightings is not kept: the most is an upper bound.
      const most = open + (this.#opened.values[bucket] as number);
      open = most - (this.#closed.values[bucket] as number);
      low = Math.max(low, open);
      high = Math.max(high, most);
      records[bucket] = open;
    }
    const oldest = this.#age.values.reduce((most, age) => Math.max(most, age), 0);
    const widthMs = this.#age.widthUs / 1000;
    const at = (bucket: number) => chronicle.ms(this.#age.startUs(bucket));
    return {
      maxRecords: { value: low, low, high, censored: false },
      maxTimeMs: {
        value: round(oldest),
        low: round(Math.max(oldest - widthMs, 0)),
        high: round(oldest + widthMs),
        censored: false,
      },
      records: seriesOf("exposure.records", "Exposure, records", "records", records, at),
      timeMs: seriesOf("exposure.time", "Exposure, time", "ms", this.#age.values, at),
    };
  }
}

/**
 * Cuts sends and sightings against each other; both are in order of seq. Sightings may overlap after a
 * replay of the mirror: the first in that order has the record, and one that was passed ends before it.
 */
function forEachExposed(
  stream: StreamLedger,
  sightings: SightingTable | undefined,
  put: (fromUs: number, toUs: number, dueUs: number, count: number) => void,
): void {
  const { sends, acked } = stream;
  let at = 0;
  for (let row = 0; row < sends.rows; row += 1) {
    let seq = sends.seq.get(row);
    if (!acked.has(seq)) continue;
    const ackUs = sends.answeredUs(row);
    const end = seq + sends.count.get(row);
    while (seq < end) {
      const first = sightings && at < sightings.rows ? sightings.seq.get(at) : Infinity;
      const last = sightings && at < sightings.rows ? first + sightings.count.get(at) : Infinity;
      if (last <= seq) {
        at += 1;
        continue;
      }
      const unseenTo = Math.min(first, end);
      if (unseenTo > seq) put(ackUs, Infinity, sends.dueOf(row, seq), unseenTo - seq);
      const seenFrom = Math.max(seq, unseenTo);
      const seenTo = Math.min(last, end);
      if (seenTo > seenFrom && sightings) {
        put(ackUs, sightings.tUs.get(at), sends.dueOf(row, seenFrom), seenTo - seenFrom);
      }
      seq = Math.max(seenTo, unseenTo);
    }
  }
}

/** At most `pointsMax` columns; of each the largest value is kept, where it was. */
function seriesOf(
  id: string,
  label: string,
  unit: string,
  values: Float64Array,
  atMs: (bucket: number) => number,
): Series {
  const width = Math.ceil(values.length / SIZE.pointsMax);
  const points: [number, number][] = [];
  for (let from = 0; from < values.length; from += width) {
    let most = from;
    for (let bucket = from; bucket < Math.min(from + width, values.length); bucket += 1) {
      if ((values[bucket] as number) > (values[most] as number)) most = bucket;
    }
    points.push([round(atMs(most)), round(values[most] as number)]);
  }
  const meaning =
    "acked records of the workload that the watcher had not yet seen on the mirror; " +
    "of each column the largest value";
  return { id, label, unit, meaning, points };
}
