/**
 * The records of one partition on their way: a lane has one send in flight at most, and what
 * becomes due meanwhile needs no queue, because the schedule knows it.
 */
import type { Sending } from "../kafka/send-client.ts";
import type { Schedule } from "./schedule.ts";

/** The judge takes records between the ends of a journal row as due at even distances. */
const LOOSE_US = 500;

export interface Lane {
  readonly partition: number;
  /** The first record that was not handed to a client yet. */
  nextSeq: number;
  sending: Batch | undefined;
  /** The next record goes alone, with so many bytes. */
  single?: { bytes: number } | undefined;
}

export function newLanes(partitions: number, partitionFirst: number): Lane[] {
  return Array.from({ length: partitions }, (_, n) => {
    return { partition: partitionFirst + n, nextSeq: 0, sending: undefined };
  });
}

/** Records of one lane that go with one send. */
export interface Batch extends Sending {
  readonly partition: number;
  readonly seqFirst: number;
  readonly count: number;
  readonly dueFirstUs: number;
  readonly dueLastUs: number;
  /** Runs of it whose records are due at even distances. */
  readonly pieces: readonly { seqFirst: number; count: number }[];
  /** One record of another size than the producer's. */
  readonly single?: { bytes: number };
  /** Its outcome is journalled: an answer that comes later changes nothing. */
  settled: boolean;
}

/**
 * Takes the due records of a free lane into its next send. Nothing while the lane is busy, while
 * nothing is due, or while the oldest due record may still wait for others and the batch has room.
 */
export function takeBatch(
  lane: Lane,
  schedule: Schedule,
  o: { untilUs: number; lingerUs: number; max: number },
): Batch | undefined {
  if (lane.sending !== undefined) return undefined;
  const { partition, nextSeq, single } = lane;
  const max = single ? 1 : o.max;
  const waiting = schedule.dueCount(partition, o.untilUs) - nextSeq;
  if (waiting <= 0) return undefined;
  const dueFirstUs = schedule.dueUs(partition, nextSeq);
  if (waiting < max && o.untilUs - dueFirstUs < o.lingerUs) return undefined;
  const count = Math.min(waiting, max);
  lane.nextSeq = nextSeq + count;
  lane.single = undefined;
  lane.sending = {
    partition,
    seqFirst: nextSeq,
    count,
    dueFirstUs,
    dueLastUs: schedule.dueUs(partition, nextSeq + count - 1),
    pieces: schedule.evenPieces(partition, { seqFirst: nextSeq, count }, LOOSE_US),
    ...(single ? { single } : {}),
    attempts: 0,
    cancelled: false,
    settled: false,
  };
  return lane.sending;
}

/**
 * Due time of the oldest record without an answer; 0 when every due record has one. `heldUs`: that of
 * records which are in no lane any more and wait all the same.
 */
export function oldestUnackedUs(
  lanes: Lane[],
  schedule: Schedule,
  untilUs: number,
  heldUs = Number.POSITIVE_INFINITY,
): number {
  let oldest = heldUs;
  for (const { partition, nextSeq, sending } of lanes) {
    const dueUs = sending?.dueFirstUs ?? schedule.dueUs(partition, nextSeq);
    if (dueUs <= untilUs && dueUs < oldest) oldest = dueUs;
  }
  return oldest === Number.POSITIVE_INFINITY ? 0 : oldest;
}

export function sendingCount(lanes: Lane[]): number {
  return lanes.filter(({ sending }) => sending !== undefined).length;
}

/** Records that are due by then and were not handed to a client yet. */
export function unsentCount(lanes: Lane[], schedule: Schedule, untilUs: number): number {
  return lanes.reduce(
    (sum, { partition, nextSeq }) => sum + schedule.dueCount(partition, untilUs) - nextSeq,
    0,
  );
}

export function dueCount(lanes: Lane[], schedule: Schedule, untilUs: number): number {
  return lanes.reduce((sum, { partition }) => sum + schedule.dueCount(partition, untilUs), 0);
}

export function laneOf(lanes: Lane[], partition: number): Lane | undefined {
  return lanes.find((lane) => lane.partition === partition);
}
