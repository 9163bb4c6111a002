/**
 * What watchers saw and what groups were given, into the ledger.
 *
 * Redelivery is counted by *offset*, never by identity. Naive rule: a record handed over twice is a
 * redelivery. Counter-example: a producer's retry appended it twice, and the group read two offsets
 * once each; that is a duplicate append, with another cause and another cure. Nor is a second record
 * at an offset that had held another one: that log was cut.
 */
import { DEFECT, ROW } from "../history/journal-format.ts";
import type { BitPlane } from "./bit-plane.ts";
import { noteBad } from "./ingest-audit.ts";
import { CommitTable, type GroupLedger, type Ledger, planeIn, sightingsIn } from "./ledger.ts";
import { SIZE } from "./limits.ts";
import type { Flow, Rows } from "./rows.ts";

export class ReaderIntake {
  readonly #ledger: Ledger;
  readonly #flow: Flow;
  readonly #sightingsFromUs: number;

  constructor(ledger: Ledger, flow: Flow, sightingsFromUs: number) {
    this.#ledger = ledger;
    this.#flow = flow;
    this.#sightingsFromUs = sightingsFromUs;
  }

  row(block: Rows, i: number, kind: number): void {
    const group = this.#ledger.world.groupOf(block.actor(i));
    const place = this.#ledger.world.placeIndex(block.log(i), block.partition(i));
    if (!group || place < 0) {
      this.#ledger.odd(
        `a reader's journal names reader ${block.actor(i)}, log ${block.log(i)}, partition ` +
          `${block.partition(i)}, which the plan does not have`,
      );
      return;
    }
    const ledger = this.#ledger.group(group.index);
    if (kind === ROW.delivered) this.#delivered(ledger, place, block, i);
    else if (kind === ROW.commit) {
      let commits = ledger.commits.get(place);
      if (!commits) {
        commits = new CommitTable();
        ledger.commits.set(place, commits);
      }
      commits.tUs.push(block.tUs(i));
      commits.offset.push(block.offset(i));
    } else {
      const [reader, offset, tUs] = [block.actor(i), block.offset(i), block.tUs(i)];
      ledger.resumes.push({ reader, place, offset, tUs });
    }
  }

  #delivered(group: GroupLedger, place: number, block: Rows, i: number): void {
    const [offset, count, tUs] = [block.offset(i), block.count(i), block.tUs(i)];
    const index = this.#ledger.world.streamIndex(block.producer(i), block.sourcePartition(i));
    group.records += count;
    const offsets = planeIn(group.offsets, place);
    if (offsets.countIn(offset, count) > 0) {
      const identities = index < 0 ? undefined : group.delivered.get(index);
      const shift = block.seqFirst(i) - offset;
      offsets.runsIn(offset, count, (first, again) =>
        sameRecords(identities, first + shift, again, (seq, same) =>
          redelivered(group, place, seq - shift, same, tUs),
        ),
      );
    }
    group.reused += offsets.add(offset, count);
    this.#checkAgainstAudit(place, block, i, index);
    const key = `${block.actor(i)}:${place}`;
    if ((group.firstDelivered.get(key)?.tUs ?? Infinity) > tUs) {
      group.firstDelivered.set(key, { offset, tUs });
    }
    if (index < 0) {
      for (let n = 0; n < count; n += 1) this.#strayAt(place, block, i, n);
      return;
    }
    const seqFirst = block.seqFirst(i);
    planeIn(group.delivered, index).add(seqFirst, count);
    if (this.#ledger.world.stream(index).application) {
      this.#flow.delivered.add(tUs, count);
      const dueUs = this.#dueOf(index, seqFirst);
      if (dueUs !== undefined) this.#flow.deliveredAge.max(tUs, (tUs - dueUs) / 1000);
    }
    if (tUs >= this.#sightingsFromUs) {
      sightingsIn(group.sightings, index).push(seqFirst, count, tUs);
    }
  }

  /**
   * One offset, one record: what a reader met must be what the audit met there. Audits are read
   * before readers, so each row is compared as it passes; nothing is kept but what differs.
   */
  #checkAgainstAudit(place: number, block: Rows, i: number, index: number): void {
    const table = this.#ledger.finalOf(place)?.table;
    if (!table || index < 0) return;
    const [offset, seqFirst] = [block.offset(i), block.seqFirst(i)];
    const end = offset + block.count(i);
    const from = Math.max(table.rowBefore(offset), 0);
    for (let row = from; row < table.rows && table.offset.get(row) < end; row += 1) {
      const first = Math.max(table.offset.get(row), offset);
      const last = Math.min(table.offset.get(row) + table.count.get(row), end);
      if (last <= first) continue;
      const seq = seqFirst + (first - offset);
      const held = table.seq.get(row) + (first - table.offset.get(row));
      if (table.stream.get(row) === index && held === seq) continue;
      const [count, tUs] = [last - first, block.tUs(i)];
      this.#ledger.noteConflict({ place, offset: first, count, stream: index, seq, tUs });
    }
  }

  /** The live watcher: when a record was first seen on a mirror. */
  watched(block: Rows, i: number): void {
    const reader = this.#ledger.world.reader(block.actor(i));
    const log = this.#ledger.world.log(block.log(i));
    const index = this.#ledger.world.streamIndex(block.producer(i), block.sourcePartition(i));
    if (reader?.kind !== "watcher" || !log || index < 0) {
      this.#ledger.odd(
        `a watcher's journal names reader ${block.actor(i)}, log ${block.log(i)}, producer ` +
          `${block.producer(i)}, which do not fit the plan`,
      );
      return;
    }
    let byStream = this.#ledger.watched.get(log.id);
    if (!byStream) {
      byStream = new Map();
      this.#ledger.watched.set(log.id, byStream);
    }
    const [seqFirst, tUs] = [block.seqFirst(i), block.tUs(i)];
    sightingsIn(byStream, index).push(seqFirst, block.count(i), tUs);
    const place = this.#ledger.world.placeIndex(log.id, block.partition(i));
    if (place >= 0) this.#checkAgainstAudit(place, block, i, index);
    if (log.role !== "mirror" || !this.#ledger.world.stream(index).application) return;
    const dueUs = this.#dueOf(index, seqFirst);
    if (dueUs !== undefined) this.#flow.mirroredAge.max(tUs, (tUs - dueUs) / 1000);
  }

  bad(block: Rows, i: number): void {
    const place = this.#ledger.world.placeIndex(block.log(i), block.partition(i));
    if (place < 0) {
      this.#ledger.odd("a bad record lies on a place the plan does not have");
      return;
    }
    noteBad(this.#ledger, place, {
      offset: block.offset(i),
      defect: block.code(i),
      producer: block.producer(i),
      partition: block.sourcePartition(i),
      seq: block.seqFirst(i),
      tUs: block.tUs(i),
    });
  }

  #strayAt(place: number, block: Rows, i: number, n: number): void {
    noteBad(this.#ledger, place, {
      offset: block.offset(i) + n,
      defect: DEFECT.alien,
      producer: block.producer(i),
      partition: block.sourcePartition(i),
      seq: block.seqFirst(i) + n,
      tUs: block.tUs(i),
    });
  }

  #dueOf(stream: number, seq: number): number | undefined {
    const { sends } = this.#ledger.stream(stream);
    const row = sends.rowOf(seq);
    return row < 0 ? undefined : sends.dueOf(row, seq);
  }
}

/**
 * Of records at offsets that were handed over before, those that are the same records. The others
 * lie where something else had been: the log was cut and grew again, and nothing came twice.
 */
function sameRecords(
  identities: BitPlane | undefined,
  seq: number,
  count: number,
  visit: (seq: number, count: number) => void,
): void {
  if (identities) identities.runsIn(seq, count, visit);
  else visit(seq, count);
}

/** Notes offsets handed over again; neighbours become one run. */
function redelivered(
  group: GroupLedger,
  place: number,
  offset: number,
  count: number,
  tUs: number,
): void {
  group.redelivered += count;
  group.reused -= count;
  const last = group.redeliveries.at(-1);
  if (last?.place === place && last.offset + last.count === offset) last.count += count;
  else if (group.redeliveries.length < SIZE.duplicateRunsMax) {
    group.redeliveries.push({ place, offset, count, tUs });
  }
}
