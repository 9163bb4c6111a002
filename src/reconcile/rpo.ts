/** The fates of all application streams, added up into the RPO of the run. */
import type { z } from "zod";
import { round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import { type Fate, isUnconfirmed } from "./loss.ts";
import type { Measure, rpoPartitionSchema, rpoSchema } from "./result.ts";
import type { World } from "./world.ts";

type Rpo = z.infer<typeof rpoSchema>;
type RpoPartition = z.infer<typeof rpoPartitionSchema>;

export function rpoOf(world: World, chronicle: Chronicle, fates: readonly Fate[]): Rpo {
  const unread = fates.filter((fate) => !isRead(fate));
  const known = fates.filter((fate) => fate.known);
  const sum = (pick: (fate: Fate) => number) => known.reduce((all, fate) => all + pick(fate), 0);
  const reason = nothingReason(fates) ?? unreadReason(unread);
  const split = reason === undefined && fates.every((fate) => fate.splitKnown);
  const losses = nothingReason(fates) === undefined && fates.every((fate) => fate.lostKnown);
  const most = (all: readonly Fate[], pick: (fate: Fate) => number) =>
    all.reduce((total, fate) => total + pick(fate), 0);
  const bytes = (fate: Fate) => bytesOf(chronicle, fate);
  return {
    survivingCluster: world.judging.survivingCluster,
    records: countMeasure(
      most(known, (fate) => fate.missing),
      most(fates, (fate) => fate.missing),
      reason,
    ),
    timeMs: timeOf(chronicle, known, reason),
    bytes: countMeasure(most(known, bytes), most(fates, bytes), reason),
    shape: reason === undefined ? worstShape(known) : "unknown",
    lost: split || losses ? most(fates, (fate) => fate.lost) : null,
    stranded: split ? sum((fate) => fate.stranded) : null,
    overwritten: split ? sum((fate) => fate.overwritten) : null,
    partitions: partitionsOf(chronicle, fates),
  };
}

/** Where nothing can be acked, nothing acked can be missing: a 0 that no record stands behind. */
function nothingReason(fates: readonly Fate[]): string | undefined {
  if (fates.length === 0) return "no records were sent";
  if (!fates.every(isUnconfirmed)) return undefined;
  return "every record was sent with acks=0: nothing was acknowledged";
}

/** Was the log read on which this stream's records survive, if it has any? */
function isRead({ known, stream }: Fate): boolean {
  return known || stream.acked.size === 0;
}

/** Records of another size than their producer's others are in the history, one by one. */
function bytesOf(chronicle: Chronicle, fate: Fate): number {
  const { producer, partition } = fate.stream.stream;
  const others = chronicle
    .of("record.sent")
    .filter((sent) => sent.producer === producer.id && sent.partition === partition)
    .filter(({ recordSeq }) => isMissing(fate, recordSeq));
  const more = others.reduce((sum, { bytes }) => sum + bytes - producer.recordBytes, 0);
  return fate.missing * producer.recordBytes + more;
}

function isMissing({ absent }: Fate, seq: number): boolean {
  return absent.inAll.every((plane) => plane.has(seq)) && !absent.inNone.some((p) => p.has(seq));
}

function worstShape(fates: readonly Fate[]): Fate["shape"] {
  const some = (wanted: Fate["shape"]) => fates.some(({ shape }) => shape === wanted);
  return some("hole") ? "hole" : some("tail") ? "tail" : "none";
}

function unreadReason(unread: readonly Fate[]): string | undefined {
  const [first] = unread;
  if (!first) return undefined;
  const { log, partition } = first.stream.stream;
  const where = first.survivor?.topic ?? log.topic;
  const more = unread.length > 1 ? ` (and ${unread.length - 1} more streams)` : "";
  return `the surviving log of ${where}/${partition} was not read to its end${more}`;
}

/** Exact when everything was read; otherwise only what is certain bounds it from below. */
function countMeasure(certain: number, atMost: number, reason: string | undefined): Measure {
  if (reason === undefined) {
    return { value: certain, low: certain, high: certain, censored: false };
  }
  return { value: null, low: certain, high: atMost, censored: false, inconclusive: reason };
}

/**
 * Fault time − due time of the oldest missing record. Not: fault time − last ack, which says how
 * long the producer was idle, whatever was lost. The fault's own interval is the uncertainty. Nor 0
 * when all that is missing was due later, as where a second failure takes what the promoted cluster
 * had acked: no time before the fault was lost, and none after it is named by the difference.
 */
function timeOf(chronicle: Chronicle, known: readonly Fate[], reason: string | undefined): Measure {
  const dues = known.flatMap(({ oldestMissingDueUs }) => oldestMissingDueUs ?? []);
  if (reason !== undefined) {
    return { value: null, low: null, high: null, censored: false, inconclusive: reason };
  }
  if (dues.length === 0) return { value: 0, low: 0, high: 0, censored: false };
  const t0 = chronicle.t0;
  if (!t0) {
    const why = "records are missing, but no fault gives the instant to measure from";
    return { value: null, low: null, high: null, censored: false, inconclusive: why };
  }
  const oldest = dues.reduce((first, due) => Math.min(first, due), Infinity);
  if (oldest > t0.highUs) {
    const after = `${((oldest - t0.highUs) / 1e6).toFixed(1)} s after the fault`;
    const why = `the oldest missing record was due ${after}: that instant did not take it`;
    return { value: null, low: null, high: null, censored: false, inconclusive: why };
  }
  const ms = (us: number) => round(Math.max(us - oldest, 0) / 1000);
  return {
    value: ms((t0.lowUs + t0.highUs) / 2),
    low: ms(t0.lowUs),
    high: ms(t0.highUs),
    censored: false,
  };
}

function partitionsOf(chronicle: Chronicle, fates: readonly Fate[]): RpoPartition[] {
  const byPlace = Map.groupBy(fates, ({ stream }) => placeOf(stream.stream));
  return [...byPlace.values()]
    .map((here) => partitionOf(chronicle, here))
    .sort((a, b) => a.log - b.log || a.partition - b.partition);
}

function placeOf({ log, partition }: Fate["stream"]["stream"]): string {
  return `${log.id}/${partition}`;
}

/** The streams of one partition, added up; one of which something is unknown leaves the sum unknown. */
function partitionOf(chronicle: Chronicle, fates: readonly Fate[]): RpoPartition {
  const [first] = fates as [Fate];
  const { log, partition } = first.stream.stream;
  const known = fates.every(isRead);
  const split = known && fates.every(({ splitKnown }) => splitKnown);
  const losses = split || fates.every(({ lostKnown }) => lostKnown);
  const sum = (pick: (fate: Fate) => number) => fates.reduce((all, fate) => all + pick(fate), 0);
  const dues = known ? fates.flatMap(({ oldestMissingDueUs }) => oldestMissingDueUs ?? []) : [];
  return {
    log: log.id,
    topic: log.topic,
    partition,
    acked: sum(({ stream }) => stream.acked.size),
    missing: known ? sum(({ missing }) => missing) : null,
    lost: losses ? sum(({ lost }) => lost) : null,
    stranded: split ? sum(({ stranded }) => stranded) : null,
    indeterminate: sum(({ unknown }) => unknown),
    // The log is one for all of them: it was read for all or for none.
    indeterminateSurvived: first.known ? sum(({ unknownSurvived }) => unknownSurvived) : null,
    shape: known ? worstShape(fates) : "unknown",
    oldestMissingDueAtMs: dues.length > 0 ? round(chronicle.ms(Math.min(...dues))) : null,
    timeMs: known ? timeOf(chronicle, fates, undefined).value : null,
  };
}
