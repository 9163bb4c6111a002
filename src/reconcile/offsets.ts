/**
 * Did every group resume at the right record? (metrics.md, "Offset correctness")
 *
 * Naive rule: compare the committed number on the old cluster with the number the group started from
 * on the new one. Counter-example: offsets of two clusters have nothing to do with each other; a
 * retried append or a transaction marker on either side shifts them for ever. Real rule: the last
 * commit stands for a set of records, those the source held below it. On the mirror the true offset
 * is the one after the last of them, and what lies between it and the resumed offset was replayed or
 * skipped, counted record by record.
 *
 * A second trap: the commit that was confirmed but not journalled, because the region died in
 * between. The group then resumes *beyond* its last journalled commit and looks as if it skipped.
 * Skipped are therefore only records that the group was never handed.
 */
import { formatCount } from "../kernel/units.ts";
import { BitPlane } from "./bit-plane.ts";
import { round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import { type Move, movesOf } from "./group-moves.ts";
import type { AuditedPlace, GroupLedger, Ledger } from "./ledger.ts";
import type { OffsetVerdict } from "./result.ts";
import { SourceMap } from "./source-offsets.ts";

/** A verdict, with what it adds to the metrics: an unmapped group skips or replays too. */
export interface JudgedOffset {
  verdict: OffsetVerdict;
  skipped: number;
  replayed: number;
}

export function offsetVerdictsOf(ledger: Ledger, chronicle: Chronicle): JudgedOffset[] {
  return movesOf(ledger, chronicle)
    .map((move) => judgeMove(ledger, chronicle, move))
    .filter((judged): judged is JudgedOffset => judged !== undefined)
    .sort(
      (a, b) =>
        compareText(a.verdict.group, b.verdict.group) ||
        compareText(a.verdict.topic, b.verdict.topic) ||
        a.verdict.partition - b.verdict.partition,
    );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Commit {
  offset: number;
  tUs: number;
}

function lastCommit(group: GroupLedger, place: number, beforeUs: number): Commit | undefined {
  const commits = group.commits.get(place);
  let last: Commit | undefined;
  for (let row = 0; commits && row < commits.tUs.length; row += 1) {
    const tUs = commits.tUs.get(row);
    if (tUs >= beforeUs || (last && tUs < last.tUs)) continue;
    last = { offset: commits.offset.get(row), tUs };
  }
  return last;
}

function judgeMove(ledger: Ledger, chronicle: Chronicle, move: Move): JudgedOffset | undefined {
  const audit = ledger.finalAudit(move.to.log, move.partition);
  const commit = lastCommit(move.group, move.from.place, move.resumedUs);
  const start = move.resumed === undefined || move.resumed < 0 ? move.firstDelivered : move.resumed;
  const nothing = audit?.complete && audit.end === audit.start;
  if (!commit && (nothing || move.resumed === undefined)) return undefined;
  const finish = (
    verdict: OffsetVerdict["verdict"],
    detail: string,
    numbers: { records?: number; trueOffset?: number; skipped?: number; replayed?: number } = {},
  ): JudgedOffset => ({
    verdict: {
      group: move.group.group.name,
      topic: move.from.topic,
      partition: move.partition,
      verdict,
      records: numbers.records ?? null,
      committedOffset: commit?.offset ?? null,
      committedAtMs: commit ? round(chronicle.ms(commit.tUs)) : null,
      resumedLog: start === undefined ? null : move.to.log,
      resumedOffset: start ?? null,
      trueOffset: numbers.trueOffset ?? null,
      detail,
    },
    skipped: numbers.skipped ?? 0,
    replayed: numbers.replayed ?? 0,
  });
  if (!audit?.complete)
    return finish("inconclusive", "the log it resumed on was not read to its end");
  if (!commit && move.resumed !== -1) {
    return finish("inconclusive", "it had committed nothing before, so no place is the right one");
  }
  const trueOffset = commit ? trueOffsetOf(ledger, move, audit, commit.offset) : audit.start;
  return judgePlace(ledger, move, audit, { start, trueOffset }, finish);
}

type Finish = (
  verdict: OffsetVerdict["verdict"],
  detail: string,
  numbers?: { records?: number; trueOffset?: number; skipped?: number; replayed?: number },
) => JudgedOffset;

function judgePlace(
  ledger: Ledger,
  move: Move,
  audit: AuditedPlace,
  { start, trueOffset }: { start: number | undefined; trueOffset: number },
  finish: Finish,
): JudgedOffset {
  const unmapped = move.resumed === -1;
  if (start === undefined) {
    const why = unmapped
      ? "no committed offset, and nothing was delivered after it"
      : "it never resumed on this partition";
    return finish(unmapped ? "unmapped" : "inconclusive", why, { trueOffset });
  }
  const endUs = endAt(ledger, move, audit);
  if (!unmapped && start > endUs) {
    const why = `offset ${formatCount(start)} lies beyond the log's end ${formatCount(endUs)} at that time`;
    return finish("ahead-of-log", why, { trueOffset });
  }
  const replayed = between(ledger, audit, start, trueOffset).records;
  const { records: passed, undelivered: skipped } = between(
    ledger,
    audit,
    trueOffset,
    start,
    move.group,
  );
  const numbers = { trueOffset, skipped, replayed, records: Math.max(skipped, replayed) };
  if (unmapped) {
    const effect =
      skipped > 0
        ? `skips ${formatCount(skipped)}`
        : replayed > 0
          ? `replays ${formatCount(replayed)}`
          : "happens to be right";
    return finish(
      "unmapped",
      `no committed offset; the reset policy put it at ${formatCount(start)}, which ${effect}`,
      numbers,
    );
  }
  if (skipped > 0) {
    const why = `${formatCount(skipped)} records between ${formatCount(trueOffset)} and ${formatCount(start)} were never delivered`;
    return finish("skip", why, numbers);
  }
  if (replayed > 0) {
    return finish(
      "replay",
      `${formatCount(replayed)} records from offset ${formatCount(start)} on are delivered again`,
      numbers,
    );
  }
  const exact =
    passed > 0
      ? `resumed ${formatCount(passed)} records after the last journalled commit, all of them delivered before`
      : "resumed at the record after the last committed one";
  return finish("exact", exact, numbers);
}

/** Where the group should go on: after the last record that its commit covered. */
function trueOffsetOf(ledger: Ledger, move: Move, audit: AuditedPlace, committed: number): number {
  if (move.from.log === move.to.log) return committed;
  const copies = new BitPlane();
  for (const again of audit.duplicates) copies.add(again.offset, again.count);
  let trueOffset = audit.start;
  const map = new SourceMap(ledger, move.from.log, move.partition);
  map.forEach(audit, (_stream, _seq, count, offset, source) => {
    const covered = Math.min(committed - source, count);
    for (let n = covered - 1; n >= 0; n -= 1) {
      // A second copy says nothing: replication had been there before.
      if (copies.has(offset + n)) continue;
      trueOffset = Math.max(trueOffset, offset + n + 1);
      break;
    }
  });
  return trueOffset;
}

/**
 * Application records at offsets [from, to), and how many of them the group was never handed,
 * wherever it might have been. Probes on the same log are no loss to anybody and are not counted,
 * nor are records that failed for certain, which a mirror may show all the same.
 */
function between(
  ledger: Ledger,
  audit: AuditedPlace,
  from: number,
  to: number,
  group?: GroupLedger,
): { records: number; undelivered: number } {
  const { table } = audit;
  let records = 0;
  let given = 0;
  const start = Math.max(table.rowBefore(from), 0);
  for (let row = start; row < table.rows && table.offset.get(row) < to; row += 1) {
    const first = Math.max(table.offset.get(row), from);
    const end = Math.min(table.offset.get(row) + table.count.get(row), to);
    const index = table.stream.get(row);
    if (end <= first || !ledger.world.stream(index).application) continue;
    const seq = table.seq.get(row) + first - table.offset.get(row);
    records += end - first - ledger.stream(index).failed.countIn(seq, end - first);
    given += group?.delivered.get(index)?.countIn(seq, end - first) ?? 0;
  }
  return { records, undelivered: Math.max(records - given, 0) };
}

/** The log's end when the group resumed: not beyond what a producer appended there later. */
function endAt(ledger: Ledger, move: Move, audit: AuditedPlace): number {
  let end = audit.end;
  for (const { stream, sends } of ledger.streams) {
    if (stream.log.id !== move.to.log || stream.partition !== move.partition) continue;
    for (let row = 0; row < sends.rows; row += 1) {
      const offset = sends.offset.get(row);
      if (offset >= 0 && sends.sentUs(row) > move.resumedUs) end = Math.min(end, offset);
    }
  }
  return end;
}
