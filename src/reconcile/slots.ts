/**
 * What was due, and when it was done: the raw material of every recovery time.
 *
 * A *slot* is one send (a batch, judged by its oldest record): due at an instant, done when it was
 * acked (produce) or when its last record had been handed to the group (consume), or never. A
 * *chain* is a stream and the streams that take its place after a failover. Where a chain has
 * nothing due, something should have been: the schedule never skips, so a hole in it means that the
 * client was dead, and it is filled with a slot that was never done. Naive rule: only judge sends
 * that exist. Counter-example: a killed producer sends nothing, so nothing is late, so RTO is 0.
 */
import { OUTCOME } from "../history/journal-format.ts";
import { BitPlane } from "./bit-plane.ts";
import { lastAtMost } from "./column.ts";
import type { SightingTable } from "./columns.ts";
import type { GroupLedger, Ledger, StreamLedger } from "./ledger.ts";
import type { Stream } from "./world.ts";

export interface Slot {
  dueUs: number;
  dueLastUs: number;
  /** Infinity: never, as far as the journals know. */
  doneUs: number;
}

export interface Chain {
  /** The stream at its head names the chain. */
  head: Stream;
  streams: StreamLedger[];
}

/** Chains of the streams that `take` accepts; a takeover stream joins the chain of its elder. */
export function chainsOf(ledger: Ledger, take: (stream: Stream) => boolean): Chain[] {
  const chains: Chain[] = [];
  const byProducer = new Map<string, Chain>();
  const taken = ledger.streams.filter(({ stream }) => take(stream));
  const heirs = taken.filter(({ stream }) => stream.producer.takesOverFrom !== undefined);
  for (const stream of taken) {
    if (heirs.includes(stream)) continue;
    const chain = { head: stream.stream, streams: [stream] };
    byProducer.set(keyOf(stream.stream.producer.id, stream.stream.partition), chain);
    chains.push(chain);
  }
  // An heir may have an heir: go on until nobody joins any more.
  for (let waiting = heirs; waiting.length > 0; ) {
    const left = waiting.filter((heir) => !join(heir, byProducer));
    if (left.length === waiting.length) {
      for (const heir of left) chains.push({ head: heir.stream, streams: [heir] });
      break;
    }
    waiting = left;
  }
  return chains;
}

function join(heir: StreamLedger, byProducer: Map<string, Chain>): boolean {
  const { producer, partition } = heir.stream;
  const chain = byProducer.get(keyOf(producer.takesOverFrom ?? -1, partition));
  if (!chain) return false;
  chain.streams.push(heir);
  byProducer.set(keyOf(producer.id, partition), chain);
  return true;
}

function keyOf(producer: number, partition: number): string {
  return `${producer}/${partition}`;
}

/** Due times are whole µs: distances of one schedule may differ by one on each side. */
const ROUNDING_US = 2;

/**
 * The distance between due records of a stream, µs: the resolution of what it can show. Where the
 * rate changed on the way, it is the widest: a mean would be too fine for the slow part.
 */
export function spacingUs({ sends }: StreamLedger): number {
  if (sends.rows === 0) return 0;
  const last = sends.rows - 1;
  const records = sends.seq.get(last) + sends.count.get(last) - sends.seq.get(0);
  if (records < 2) return 0;
  const mean = (sends.dueLastUs(last) - sends.dueUs.get(0)) / (records - 1);
  let widest = 0;
  for (let row = 0; row < sends.rows; row += 1) {
    const inside = sends.count.get(row) - 1;
    if (inside > 0) widest = Math.max(widest, sends.dueSpanUs.get(row) / inside);
    if (row === 0) continue;
    const seqs = sends.seq.get(row) - sends.seq.get(row - 1) - sends.count.get(row - 1) + 1;
    const gapUs = sends.dueUs.get(row) - sends.dueLastUs(row - 1);
    widest = Math.max(widest, gapUs / Math.max(seqs, 1));
  }
  return widest > mean + ROUNDING_US ? widest : mean;
}

export interface SlotWindow {
  /**
   * Slots due a stall before this, and those done before it, are left out: what was late already
   * when the fault began is not the fault's.
   */
  fromUs: number;
  /** When the chain's clients stopped by plan; later holes are no fault. */
  endUs: number;
  stallUs: number;
}

/** When a send was done, by stream and row of its table. */
type DoneUs = (stream: StreamLedger, row: number) => number;

/** An abort that the application asked for and got is service, too. */
export function ackedUs(stream: StreamLedger, row: number): number {
  const code = stream.sends.code.get(row);
  const served = code === OUTCOME.acked || code === OUTCOME.aborted;
  return served ? stream.sends.answeredUs(row) : Infinity;
}

/** The slots of a chain in order of due time, its holes filled. */
export function slotsOf(chain: Chain, window: SlotWindow, done: DoneUs): Slot[] {
  const slots: Slot[] = [];
  for (const [at, stream] of chain.streams.entries()) {
    // Once an heir is at work, its elder (perhaps alive in a cut-off region) no longer counts.
    const heir = chain.streams[at + 1]?.sends;
    const untilUs = heir && heir.rows > 0 ? heir.dueUs.get(0) : Infinity;
    pushSlots(slots, stream, { ...window, untilUs }, done);
  }
  slots.sort((a, b) => a.dueUs - b.dueUs);
  const widest = Math.max(0, ...chain.streams.map(spacingUs));
  return fillHoles(slots, window, widest, lastDueBefore(chain, window.fromUs));
}

function pushSlots(
  slots: Slot[],
  stream: StreamLedger,
  window: SlotWindow & { untilUs: number },
  done: DoneUs,
): void {
  const { sends } = stream;
  const sinceUs = window.fromUs - window.stallUs;
  for (let row = Math.max(lastAtMost(sends.dueUs, sinceUs), 0); row < sends.rows; row += 1) {
    const dueUs = sends.dueUs.get(row);
    if (dueUs < sinceUs) continue;
    if (dueUs >= window.untilUs) break;
    const doneUs = done(stream, row);
    if (doneUs <= window.fromUs) continue;
    slots.push({ dueUs, dueLastUs: sends.dueLastUs(row), doneUs });
  }
  for (const { dueFirstUs, dueLastUs } of stream.unsentRuns) {
    if (dueFirstUs >= window.untilUs || dueLastUs < sinceUs) continue;
    slots.push({ dueUs: dueFirstUs, dueLastUs, doneUs: Infinity });
  }
}

/** The last due time of a chain that lies before `us`, or `us` itself when it had none. */
function lastDueBefore(chain: Chain, us: number): number {
  let last = -Infinity;
  for (const { sends } of chain.streams) {
    const row = lastAtMost(sends.dueUs, us);
    if (row >= 0) last = Math.max(last, Math.min(sends.dueLastUs(row), us));
  }
  return Number.isFinite(last) ? last : us;
}

function fillHoles(slots: Slot[], window: SlotWindow, spacing: number, before: number): Slot[] {
  const filled: Slot[] = [];
  const hole = Math.max(window.stallUs, 4 * spacing);
  let lastUs = before;
  for (const slot of [...slots, undefined]) {
    const nextUs = slot?.dueUs ?? window.endUs;
    if (nextUs - lastUs > hole) {
      filled.push({ dueUs: lastUs + spacing, dueLastUs: nextUs, doneUs: Infinity });
    }
    if (!slot) break;
    filled.push(slot);
    lastUs = Math.max(lastUs, slot.dueLastUs);
  }
  return filled;
}

/**
 * When each send had been handed over to a group entirely. A record handed over twice counts when
 * it first was; a plane remembers what has been covered.
 */
export function deliveredUs(group: GroupLedger): DoneUs {
  const byStream = new Map<number, Float64Array>();
  return (stream, row) => {
    const index = stream.stream.index;
    let done = byStream.get(index);
    if (!done) {
      done = deliveriesOf(stream, group.sightings.get(index));
      byStream.set(index, done);
    }
    return done[row] as number;
  };
}

function deliveriesOf(stream: StreamLedger, sightings: SightingTable | undefined): Float64Array {
  const { sends } = stream;
  const done = new Float64Array(sends.rows).fill(Infinity);
  // What was aborted is to reach nobody: it is not late.
  for (let row = 0; row < sends.rows; row += 1) {
    if (sends.code.get(row) === OUTCOME.aborted) done[row] = sends.answeredUs(row);
  }
  if (!sightings) return done;
  const left = new Uint32Array(sends.rows);
  const known = new BitPlane();
  for (let row = 0; row < sends.rows; row += 1) left[row] = sends.count.get(row);
  const order = Uint32Array.from({ length: sightings.rows }, (_, row) => row);
  order.sort((a, b) => sightings.tUs.get(a) - sightings.tUs.get(b) || a - b);
  for (const sighting of order) {
    const seq = sightings.seq.get(sighting);
    const end = seq + sightings.count.get(sighting);
    cover(sends, known, { seq, end, tUs: sightings.tUs.get(sighting) }, left, done);
  }
  return done;
}

function cover(
  sends: StreamLedger["sends"],
  known: BitPlane,
  sighting: { seq: number; end: number; tUs: number },
  left: Uint32Array,
  done: Float64Array,
): void {
  const from = Math.max(lastAtMost(sends.seq, sighting.seq), 0);
  for (let row = from; row < sends.rows && sends.seq.get(row) < sighting.end; row += 1) {
    const first = Math.max(sends.seq.get(row), sighting.seq);
    const end = Math.min(sends.seq.get(row) + sends.count.get(row), sighting.end);
    if (end <= first) continue;
    const fresh = end - first - known.add(first, end - first);
    if (fresh === 0) continue;
    left[row] = (left[row] as number) - fresh;
    if (left[row] === 0) done[row] = sighting.tUs;
  }
}
