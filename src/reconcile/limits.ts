/**
 * Every bound the judge uses that the experiment does not set, in one place.
 *
 * Two kinds. *Health limits* say from when on the instrument itself is not to be trusted; beyond
 * one of them, the numbers it touches are inconclusive. *Size limits* keep the result small; what
 * they cut is always counted in full before it is cut.
 */

export const HEALTH = {
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
  reasonsMax: 40,
  markersPerLaneMax: 200,
} as const;
