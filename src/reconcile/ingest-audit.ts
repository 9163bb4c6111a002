/**
 * What audits found, into the ledger.
 *
 * A reading of a partition ends with its `end` row; rows after it belong to the next reading, so one
 * journal may hold several. A record met twice *within one reading* is a duplicate append; the
 * same record in two readings is one record looked at twice, and the naive rule (one plane for a
 * log) would call a whole healthy log duplicated.
 */
import { DEFECT, ROW } from "../history/journal-format.ts";
import { AuditedPlace, type Ledger, planeIn } from "./ledger.ts";
import { SIZE } from "./limits.ts";
import type { Rows } from "./rows.ts";

export class AuditIntake {
  readonly #ledger: Ledger;
  /** Readings that have not ended, by reader and place. */
  readonly #open = new Map<number, AuditedPlace>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  found(block: Rows, i: number, kind: number): void {
    const audit = this.#reading(block, i);
    if (!audit) return;
    audit.lastUs = Math.max(audit.lastUs, block.tUs(i));
    if (kind === ROW.bad) this.#bad(audit, block, i);
    else this.#seen(audit, block, i);
  }

  end(block: Rows, i: number): void {
    const audit = this.#reading(block, i);
    if (!audit) return;
    audit.start = block.offset(i);
    audit.end = block.aux1(i);
    audit.complete = block.code(i) === 1;
    audit.endedUs = block.tUs(i);
    this.#open.delete(keyOf(block, i));
  }

  #seen(audit: AuditedPlace, block: Rows, i: number): void {
    const count = block.count(i);
    audit.records += count;
    const index = this.#ledger.world.streamIndex(block.producer(i), block.sourcePartition(i));
    if (index < 0 || !this.#belongs(audit, index)) {
      audit.strays += count;
      this.#stray(audit, block, i);
      return;
    }
    const [seqFirst, offset] = [block.seqFirst(i), block.offset(i)];
    audit.table.push(offset, index, seqFirst, count);
    const plane = audit.plane(index);
    if (plane.countIn(seqFirst, count) > 0) {
      plane.runsIn(seqFirst, count, (first, again) => {
        audit.duplicateAppends += again;
        if (audit.duplicates.length >= SIZE.duplicateRunsMax) return;
        const at = offset + (first - seqFirst);
        audit.duplicates.push({ stream: index, seqFirst: first, count: again, offset: at });
      });
    }
    plane.add(seqFirst, count);
  }

  /** A stream's records belong on its partition of its own log or of a mirror of that. */
  #belongs(audit: AuditedPlace, index: number): boolean {
    const { world } = this.#ledger;
    const stream = world.stream(index);
    if (stream.partition !== audit.place.partition) return false;
    return world.family(stream.log).includes(audit.place.log);
  }

  /** Kept as alien, record by record: where it is matters more than how many are in a row. */
  #stray(audit: AuditedPlace, block: Rows, i: number): void {
    for (let n = 0; n < block.count(i); n += 1) {
      noteBad(this.#ledger, audit.place.index, {
        offset: block.offset(i) + n,
        defect: DEFECT.alien,
        producer: block.producer(i),
        partition: block.sourcePartition(i),
        seq: block.seqFirst(i) + n,
        tUs: block.tUs(i),
      });
    }
  }

  #bad(audit: AuditedPlace, block: Rows, i: number): void {
    audit.badRecords += 1;
    const defect = block.code(i);
    noteBad(this.#ledger, audit.place.index, {
      offset: block.offset(i),
      defect,
      producer: block.producer(i),
      partition: block.sourcePartition(i),
      seq: block.seqFirst(i),
      tUs: block.tUs(i),
    });
    if (defect === DEFECT.foreign || defect === DEFECT.alien) return;
    const index = this.#ledger.world.streamIndex(block.producer(i), block.sourcePartition(i));
    if (index >= 0 && this.#belongs(audit, index)) {
      planeIn(audit.damaged, index).add(block.seqFirst(i), 1);
    }
  }

  #reading(block: Rows, i: number): AuditedPlace | undefined {
    const key = keyOf(block, i);
    const open = this.#open.get(key);
    if (open) return open;
    const index = this.#ledger.world.placeIndex(block.log(i), block.partition(i));
    if (index < 0) {
      this.#ledger.odd(
        `an audit names log ${block.log(i)}, partition ${block.partition(i)}, ` +
          "which the plan does not have",
      );
      return undefined;
    }
    const audit = new AuditedPlace(this.#ledger.world.place(index), block.actor(i));
    (this.#ledger.audits[index] as AuditedPlace[]).push(audit);
    this.#open.set(key, audit);
    return audit;
  }
}

function keyOf(block: Rows, i: number): number {
  return (block.actor(i) * 65_536 + block.log(i)) * 65_536 + block.partition(i);
}

/** Keeps a bad record, once per offset however many readers met it. */
export function noteBad(
  ledger: Ledger,
  place: number,
  found: {
    offset: number;
    defect: number;
    producer: number;
    partition: number;
    seq: number;
    tUs: number;
  },
): void {
  if (found.offset < 0) return;
  if (planeIn(ledger.badOffsets, place).add(found.offset, 1) > 0) return;
  if (ledger.bad.length < SIZE.badRecordsMax) ledger.bad.push({ place, ...found });
  else ledger.badBeyond.set(found.defect, (ledger.badBeyond.get(found.defect) ?? 0) + 1);
}
