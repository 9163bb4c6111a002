/**
 * Every bound the judge uses that the experiment does not set, in one place.
 *
 * Two kinds. *Health limits* say from when on the instrument itself is not to be trusted; beyond
 * one of them, the numbers it touches are inconclusive. *Size limits* keep the result small; what
 * they cut is always counted in full before it is cut.
 */

export const HEALTH = {
  /**
   * An agent's event loop may be late by this share of `stallMs`, at the 99.9th percentile since
   * the steady state. metrics.md asks for the canary interval; on a machine whose cores are busy
   * that makes every run inconclusive, while what a delay can do to a recovery time is known: it
   * dates an ack late by at most itself. So delays widen the printed bounds (`recovery.ts`), and
   * only one that could fake a stall takes the number away (ADR 0019).
   */
  loopDelayShareOfStall: 0.25,
  /**
   * CPU time others took from this machine, as a share of a sample's CPU time. Above it, a late
   * ack may be the machine's and not Kafka's.
   */
  stealShareMax: 0.05,
  /** CPU throttling of one agent by its own limit, summed over the run, µs. */
  cpuThrottledUsMax: 100_000,
  /** A send may leave this share of `stallMs` after it was due before timings are in doubt. */
  lateSendShareOfStall: 0.5,
  /** One journal write may block an agent for this share of `stallMs`. */
  journalWriteShareOfStall: 0.5,
} as const;

export const SIZE = {
  /** Examples kept per anomaly class and cause. The count beside them is always full. */
  examplesMax: 12,
  /** Points of one series, and columns of the latency dots. */
  pointsMax: 600,
  /** Columns of the loss map. */
  lossColumnsMax: 60,
  /** Fine buckets under the exposure curve; its resolution is the run's length over this. */
  exposureBucketsMax: 60_000,
  /** Runs of duplicates kept for telling causes apart. Beyond it only the count goes on. */
  duplicateRunsMax: 1_000_000,
  /** Damaged and foreign records kept one by one. Beyond it only their number goes on. */
  badRecordsMax: 100_000,
  reasonsMax: 40,
  markersPerLaneMax: 200,
} as const;
