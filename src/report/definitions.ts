/**
 * The definitions that stand beside the numbers. One short sentence each; the long form is in
 * docs/metrics.md of the tool.
 */
import type { MetricId } from "../history/judging.ts";
import type { AnomalyClass } from "../reconcile/result.ts";

export const METRIC_DEFINITIONS: Record<MetricId, string> = {
  "rpo.records": "Acknowledged records absent from the surviving log after the final drain.",
  "rpo.time": "Fault time minus the due time of the oldest missing acknowledged record.",
  "rpo.bytes": "Size of the acknowledged records absent from the surviving log.",
  "rpo.shape":
    "Tail: a suffix is missing, or what a log lost when it was cut back to a new leader. Hole: a " +
    "record is missing and a later one is there.",
  "rto.produce": "Fault until acks are on time again and stay so; the worst partition.",
  "rto.consume": "Fault until deliveries are on time again and stay so; the worst partition.",
  "rto.cluster": "The same, seen by a probe that always talks to the current leader.",
  "rto.leader": "Fault until a broker tells of another leader; the slowest partition that got one.",
  "rto.fresh": "The same, seen by a client that connects anew.",
  "stall.produce": "The longest time that a partition had something due and acked nothing.",
  "stall.cluster": "The same, seen by a probe that always talks to the current leader.",
  "offsets.skipped": "Records between the last committed one and the resumed one, never delivered.",
  "offsets.replayed": "Records already committed that the group was given again.",
  "offsets.unmapped": "Partitions where the group found no committed offset after the failover.",
  "exposure.records":
    "The largest RPO in records that a region loss could have had at any instant.",
  "exposure.time": "The largest RPO in time that a region loss could have had at any instant.",
  "lost.records": "Acknowledged, and on no log anywhere after the final drain.",
  "stranded.records": "Acknowledged, and only on the disks of the failed region: recoverable.",
  "mirror.missing": "Acknowledged on the source, absent from its copy.",
  "duplicates.records": "One record at two offsets of one log.",
  "redelivered.records": "One offset delivered to one group twice.",
  "reordered.records": "A later record of one stream at an earlier offset.",
  "corrupt.records": "The checksum or the re-derived body does not match.",
  "failedReads.records":
    "A record that is on a log although its send definitely failed, or its transaction was aborted.",
  "phantom.records": "A record that nobody sent in this run.",
  "unread.records": "On the surviving log, never delivered to the group.",
  "unconfirmed.records":
    "Sent without asking for an ack, and on no surviving log: nobody was told.",
};

export const ANOMALY_DEFINITIONS: Record<AnomalyClass, string> = {
  lost: METRIC_DEFINITIONS["lost.records"],
  stranded: METRIC_DEFINITIONS["stranded.records"],
  overwritten: "Was only on the failed region's disks, and was destroyed by the failback.",
  unread: METRIC_DEFINITIONS["unread.records"],
  "duplicate-append": METRIC_DEFINITIONS["duplicates.records"],
  redelivery: METRIC_DEFINITIONS["redelivered.records"],
  "failed-read": "A record whose send definitely failed, or was aborted, was read.",
  phantom: METRIC_DEFINITIONS["phantom.records"],
  corrupt: METRIC_DEFINITIONS["corrupt.records"],
  reordered: METRIC_DEFINITIONS["reordered.records"],
  "inconsistent-offset": "One offset carries two values, or is not the record its ack named.",
  "acked-not-appended": "The ack names an offset below the log end known before the send.",
  "duplicate-acked-offset": "Two acks name one offset.",
};

export const GLOSSARY: { term: string; meaning: string }[] = [
  {
    term: "acked, failed, indeterminate",
    meaning:
      "Acked: the response names topic, partition and offset. Failed: definitely not appended. " +
      "Indeterminate: anything else, such as a timeout. Only acked records count for the RPO.",
  },
  {
    term: "stream",
    meaning: "One producer on one partition. Its sequence has no gaps, so a missing record shows.",
  },
  {
    term: "T0 … T3",
    meaning:
      "T0 the fault. T1 the first due send that was not acked on time. T2 the first ack of a send " +
      "due after T0. T3 the start of sustained on-time acks. The RTO is T3 − T0.",
  },
  {
    term: "due time",
    meaning:
      "Sends follow a fixed schedule that never waits. Latency counts from the due time, so a " +
      "stalled client cannot hide its own delay.",
  },
  {
    term: "viewpoint",
    meaning:
      "The application's own client, a fresh client, and a probe that follows the leader. They " +
      "see different outages and are never mixed.",
  },
  {
    term: "± and ≥",
    meaning:
      "± is the resolution of the instrument and the width of the fault's own interval. ≥ means " +
      "that it was not over when the run ended.",
  },
  {
    term: "tail, hole",
    meaning: `${METRIC_DEFINITIONS["rpo.shape"]} A hole is an integrity violation.`,
  },
  {
    term: "exposure",
    meaning: "What the RPO would have been had the region died at a given instant.",
  },
  {
    term: "exact, replay, skip, unmapped",
    meaning:
      "Where a group resumed: at the right record, before it, after it, or with no committed " +
      "offset at all. Skipped records are data loss for the application.",
  },
  {
    term: "effective",
    meaning: "The instant a probe proved that the fault had taken hold, not when it was ordered.",
  },
  {
    term: "fidelity",
    meaning:
      "How a fault breaks things: graceful, crash, refuse, stall, pause, blackhole, degrade, " +
      "power-loss. A number holds for its fidelity only.",
  },
  {
    term: "inconclusive",
    meaning:
      "The run cannot decide: the fault was not proven, the steady state was not reached, or the " +
      "instrument was unhealthy. It is never a pass.",
  },
];
