/**
 * Logs that were cut back: a replica that lacked the newest records was made leader, and the others
 * cut what it did not have. The stream goes on after that, so what is missing lies before records
 * that survived, and looks like a hole.
 *
 * Naive rule: a record that is missing before one that is there is a hole, which no lag explains.
 * Counter-example: acks=1 and a leader that dies ahead of its followers. What is missing is a suffix
 * of what the log was *then*, and the lag of the followers explains all of it: a tail.
 *
 * ```
 *  old leader   0 1 2 3 4 5 6 7            acked up to 7
 *  new leader   0 1 2 3 4                  led from 5 on; 5, 6, 7 are given to later records
 *  at the end   0 1 2 3 4 a b c d …        offset 6 holds what was sent after 6 was acked
 * ```
 * So a missing record was cut off when the partition changed its leader after the ack, and the offset
 * that the ack names is beyond the log's end or holds a record that was sent later than that ack. A
 * leader change alone excuses nothing, nor does an offset that is empty or holds an older record.
 */
import { type Selection, select } from "./bit-plane.ts";
import type { Chronicle } from "./chronicle.ts";
import type { AuditedPlace, Ledger, StreamLedger } from "./ledger.ts";

/** When a partition was first seen with a later leader epoch; the newest such instant, or -∞. */
export function lastLeaderChangeUs(chronicle: Chronicle, log: number, partition: number): number {
  let epoch: number | undefined;
  let lastUs = -Infinity;
  for (const event of chronicle.of("partition.state")) {
    if (event.log !== log || event.partition !== partition) continue;
    if (epoch !== undefined && event.leaderEpoch > epoch) lastUs = event.tUs;
    epoch = event.leaderEpoch;
  }
  return lastUs;
}

/** Whether every record of `missing` was cut off from its own log. */
export function allCutOff(
  ledger: Ledger,
  chronicle: Chronicle,
  stream: StreamLedger,
  audit: AuditedPlace,
  missing: Selection,
): boolean {
  const { log, partition } = stream.stream;
  // A copy elsewhere has offsets of its own: there is nothing to compare an ack with.
  if (audit.place.log !== log) return false;
  const changedUs = lastLeaderChangeUs(chronicle, log.id, partition);
  let all = true;
  select(missing, (seqFirst, count) => {
    for (let seq = seqFirst; all && seq < seqFirst + count; seq += 1) {
      all = isCutOff(ledger, stream, audit, seq, changedUs);
    }
  });
  return all;
}

function isCutOff(
  ledger: Ledger,
  { sends }: StreamLedger,
  audit: AuditedPlace,
  seq: number,
  changedUs: number,
): boolean {
  const row = sends.rowOf(seq);
  const base = row < 0 ? -1 : sends.offset.get(row);
  if (base < 0 || sends.answeredUs(row) > changedUs) return false;
  const named = base + seq - sends.seq.get(row);
  if (named >= audit.end) return true;
  const { table } = audit;
  const at = table.rowAt(named);
  if (at < 0) return false;
  const holder = ledger.stream(table.stream.get(at)).sends;
  const heldSeq = table.seq.get(at) + named - table.offset.get(at);
  const sent = holder.rowOf(heldSeq);
  return sent >= 0 && holder.sentUs(sent) > sends.answeredUs(row);
}
