/**
 * Recovery per viewpoint and partition: whose stalls are judged, and how partitions add up. What a
 * stall and a recovery are is in `outage.ts`.
 */
import type { Chronicle, Interval } from "./chronicle.ts";
import { contradictionOf } from "./contradictions.ts";
import type { Ledger } from "./ledger.ts";
import { type Outage, outageOf, type Timing } from "./outage.ts";
import type { PartitionRecovery, Recovery } from "./result.ts";
import { ackedUs, type Chain, chainsOf, deliveredUs, slotsOf, spacingUs } from "./slots.ts";
import type { Stream } from "./world.ts";

/** Agents report their health this often, each time the worst since the report before. */
const HEALTH_EVERY_US = 1_000_000;

export interface RecoveryInput {
  ledger: Ledger;
  chronicle: Chronicle;
}

/** A viewpoint's recovery, and the outage behind each of its partitions. */
export interface Viewed {
  recovery: Recovery;
  /** By "log/partition". */
  outages: Map<string, Outage>;
}

const HOW = {
  produce:
    "per partition: T0 to the first ack from which on every due send of the application was " +
    "acked on time; the slowest partition counts",
  consume:
    "per partition: T0 to the first delivery from which on every due record reached the group on " +
    "time; the slowest partition and group count",
  fresh:
    "as for the application, but of clients that connect anew with the usual list of brokers, one after " +
    "another",
  cluster:
    "as for the application, but of a probe that always talks to the partition's current leader",
} as const;

type Measured = keyof typeof HOW;

/** Every viewpoint there is data for; none when nothing was broken. */
export function recoveriesOf(input: RecoveryInput): Viewed[] {
  const { ledger, chronicle } = input;
  if (!chronicle.t0) return [];
  const views: Viewed[] = [];
  const chains = chainsOf(ledger, ({ application }) => application);
  const byAck = () => [ackedUs];
  views.push(viewOf(input, "produce", outagesOf(input, ackedChains(ledger), byAck)));
  const deliveries = ledger.groups.map((group) => ({ group, done: deliveredUs(group) }));
  const doneFor = (chain: Chain) =>
    deliveries
      .filter(({ group }) => group.group.readers.some((r) => readsFamily(ledger, r.logs, chain)))
      .map(({ done }) => done);
  views.push(viewOf(input, "consume", outagesOf(input, chains, doneFor)));
  const probes = probeChains(ledger);
  const cluster = viewOf(input, "cluster", outagesOf(input, probes, byAck));
  const doubt = contradictionOf(
    { probes, applications: chains },
    {
      t0: chronicle.t0,
      endUs: stoppedByPlanUs(ledger, chronicle),
      stallUs: ledger.world.judging.policy.stallMs * 1000,
    },
  );
  if (doubt !== null) cluster.recovery.measure.inconclusive ??= doubt;
  views.push(cluster);
  views.push(viewOf(input, "fresh", outagesOf(input, probeChains(ledger, true), byAck)));
  return views.filter(({ recovery }) => recovery.partitions.length > 0);
}

/** The application's. Without acks there is nothing to be late. */
export function ackedChains(ledger: Ledger): Chain[] {
  const chains = chainsOf(ledger, ({ application }) => application);
  return chains.filter(({ head }) => head.producer.acks !== "0");
}

/** Those of the probes, or of fresh clients, in clusters that the application writes to. */
export function probeChains(ledger: Ledger, fresh = false): Chain[] {
  const clusters = new Set(ledger.world.applicationStreams().map(({ log }) => log.cluster));
  return chainsOf(
    ledger,
    ({ producer, log }) =>
      producer.kind === "canary" &&
      (producer.fresh ?? false) === fresh &&
      !producer.control &&
      clusters.has(log.cluster),
  );
}

function readsFamily(ledger: Ledger, logs: readonly number[], { streams }: Chain): boolean {
  return streams.some(({ stream }) =>
    ledger.world.family(stream.log).some((log) => logs.includes(log.id)),
  );
}

type DoneOf = Parameters<typeof slotsOf>[2];

/** The worst outage of each partition, over chains and over what "done" may mean for them. */
function outagesOf(
  { ledger, chronicle }: RecoveryInput,
  chains: readonly Chain[],
  doneFor: (chain: Chain) => DoneOf[],
): { head: Stream; outage: Outage }[] {
  const t0 = chronicle.t0 as Interval;
  const { stallMs, sustainedMs } = ledger.world.judging.policy;
  const [stallUs, sustainedUs] = [stallMs * 1000, sustainedMs * 1000];
  const lateUs = latenessOf(chronicle);
  const worst = new Map<string, { head: Stream; outage: Outage }>();
  for (const chain of chains) {
    const endUs = endOf(chain, ledger, chronicle);
    const timing: Timing = {
      t0,
      endUs,
      attributionEndUs: chronicle.attributionEndUs,
      stallUs,
      sustainedUs,
      lateUs,
      spacingUs: Math.max(0, ...chain.streams.map(spacingUs)),
      // A fresh client's connecting is what it is asked about, not what the probe could not see.
      probes: chain.head.producer.kind === "canary" && chain.head.producer.fresh !== true,
    };
    for (const done of doneFor(chain)) {
      const window = { fromUs: t0.lowUs, endUs, stallUs };
      const outage = outageOf(slotsOf(chain, window, done), timing);
      const key = keyOf(chain.head);
      const held = worst.get(key);
      if (!held || isWorse(outage, held.outage)) worst.set(key, { head: chain.head, outage });
    }
  }
  return [...worst.values()].sort(
    (a, b) => a.head.log.id - b.head.log.id || a.head.partition - b.head.partition,
  );
}

/** By how much the instrument may have dated an ack of an instant late, never early, µs. */
export function latenessOf(chronicle: Chronicle): (aroundUs: number) => number {
  const reports = chronicle.of("health");
  return (aroundUs) =>
    reports
      .filter(({ tUs }) => tUs >= aroundUs && tUs <= aroundUs + 2 * HEALTH_EVERY_US)
      .reduce((most, one) => Math.max(most, one.loopDelayMaxUs, one.lateSendMaxUs), 0);
}

/** Until when a chain had something due; one whose writer died, to the end of the workload. */
export function endOf(chain: Chain, ledger: Ledger, chronicle: Chronicle): number {
  const died = chain.streams.at(-1)?.writerDied ?? false;
  return died ? chronicle.workloadEndUs : stoppedByPlanUs(ledger, chronicle);
}

/** When producers stopped making records due: the latest due time of any stream that lived. */
export function stoppedByPlanUs(ledger: Ledger, chronicle: Chronicle): number {
  let last = -Infinity;
  for (const { sends, unsentRuns, writerDied } of ledger.streams) {
    if (writerDied) continue;
    if (sends.rows > 0) last = Math.max(last, sends.dueLastUs(sends.rows - 1));
    for (const run of unsentRuns) last = Math.max(last, run.dueLastUs);
  }
  return Number.isFinite(last) ? Math.min(last, chronicle.workloadEndUs) : chronicle.workloadEndUs;
}

function keyOf(head: Stream): string {
  return `${head.log.id}/${head.partition}`;
}

function isWorse(a: Outage, b: Outage): boolean {
  if (a.censored !== b.censored) return a.censored;
  return a.valueUs > b.valueUs;
}

function viewOf(
  { chronicle }: RecoveryInput,
  viewpoint: Measured,
  worst: readonly { head: Stream; outage: Outage }[],
): Viewed {
  const partitions = worst.map(({ head, outage }) => partitionOf(chronicle, head, outage));
  const values = partitions.flatMap(({ rtoMs }) => rtoMs ?? []).sort((a, b) => a - b);
  const censored = partitions.some((partition) => partition.censored);
  const most = (pick: (p: PartitionRecovery) => number | null) =>
    partitions.reduce<number>((max, partition) => Math.max(max, pick(partition) ?? 0), 0);
  const unobserved = partitions.filter(({ rtoMs }) => rtoMs === null).length;
  const known = unobserved === 0;
  const recovery: Recovery = {
    viewpoint,
    measure: {
      value: known ? most(({ rtoMs }) => rtoMs) : null,
      low: most(({ lowMs }) => lowMs),
      high: known && !censored ? most(({ highMs }) => highMs) : null,
      censored,
      ...(unobserved > 0
        ? { inconclusive: `nothing was due after the fault on ${unobserved} partitions` }
        : {}),
    },
    firstPartitionMs: values[0] ?? null,
    medianPartitionMs: values[Math.floor((values.length - 1) / 2)] ?? null,
    partitions,
    how: HOW[viewpoint],
  };
  const outages = new Map(worst.map(({ head, outage }) => [keyOf(head), outage]));
  return { recovery, outages };
}

function partitionOf(chronicle: Chronicle, head: Stream, outage: Outage): PartitionRecovery {
  const at = (us: number | null) => (us === null ? null : roundMs(chronicle.ms(us)));
  return {
    log: head.log.id,
    cluster: head.log.cluster,
    topic: head.log.topic,
    partition: head.partition,
    firstMissedAtMs: at(outage.firstMissedUs),
    firstAckAtMs: at(outage.firstDoneUs),
    sustainedAtMs: at(outage.sustainedUs),
    rtoMs: outage.observed ? roundMs(outage.valueUs / 1000) : null,
    lowMs: outage.observed ? roundMs(outage.lowUs / 1000) : null,
    highMs: outage.observed && outage.highUs !== null ? roundMs(outage.highUs / 1000) : null,
    censored: outage.censored,
  };
}

function roundMs(value: number): number {
  return Math.round(value * 1000) / 1000;
}
