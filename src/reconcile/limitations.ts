/** What this evidence cannot show, said beside what it shows. */
import type { Catalogue } from "../history/catalogue.ts";
import { formatCount, formatDurationMs, formatExactMs } from "../kernel/units.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Ledger } from "./ledger.ts";
import { madeAnew } from "./made-anew.ts";
import type { World } from "./world.ts";

interface Evidence {
  world: World;
  chronicle: Chronicle;
  ledger: Ledger;
  catalogue: Catalogue | undefined;
}

export function limitsOf({ world, chronicle, ledger, catalogue }: Evidence): string[] {
  const { policy } = world.judging;
  const limits = [
    "One host, containers, a simulated WAN: times and losses hold for this set-up and load, and " +
      "for another machine only after measuring there.",
    `A stall shorter than ${formatExactMs(policy.stallMs)} is not seen; recovery is told from ` +
      `${formatExactMs(policy.sustainedMs)} without a missed send.`,
  ];
  if (catalogue?.scaled !== undefined) {
    limits.push(
      `A quick variant of ${catalogue.row}: timers scaled down: ${catalogue.scaled}. Its numbers ` +
        "hold for these timers, not for the shipped ones.",
    );
  }
  const shared = chronicle.first("run.started")?.world;
  if (shared?.warm) {
    limits.push(
      `The Kafka nodes were warm: run ${shared.bootedBy} booted them, and ${shared.served} ` +
        `${shared.served === 1 ? "run" : "runs"} used them before. They were proven whole, topics ` +
        "and groups are new; their JVMs have compiled their code and their caches are filled.",
    );
  }
  const t0 = chronicle.t0;
  if (t0) {
    const width = (t0.highUs - t0.lowUs) / 1000;
    limits.push(
      `The fault began within an interval of ${formatDurationMs(width)}; every recovery time carries ` +
        "that width and the distance between due sends as its bounds.",
    );
  }
  limits.push(...decisionLimit(chronicle), ...unknownLimit(ledger));
  limits.push(...dyingLimits(chronicle), ...anchorLimit(chronicle));
  limits.push(...replicaLimits(world, chronicle));
  if (chronicle.faults.some(({ injecting }) => injecting.fidelity === "crash")) {
    limits.push(
      "A killed process loses what it held in memory, not what the kernel had not yet written: " +
        "the loss of unflushed pages with the power is not part of this fault.",
    );
  }
  for (const id of madeAnew(world, chronicle)) {
    const { topic, cluster } = world.log(id) ?? { topic: `log ${id}`, cluster: "its cluster" };
    limits.push(
      `${topic} on ${cluster} was deleted, and made anew: an offset of it may name two records, so acks ` +
        "were not held against the log, nor the order of a mirror against its source.",
    );
  }
  if (world.judging.producers.some(({ acks }) => acks === "0")) {
    limits.push(
      "With acks=0 the client reports success without an answer; such acks prove nothing.",
    );
  }
  const unmirrored = world
    .applicationStreams()
    .some(({ log }) => world.survivingLog(log) === undefined);
  if (unmirrored) {
    limits.push(
      "Nothing in the plan copies some logs to the surviving cluster: their records count as " +
        "missing without an audit, because there is nothing to audit.",
    );
  }
  return limits;
}

/** Below this, nobody and nothing waited for a decision: what is left is the way of a message. */
const NO_DECISION_MS = 500;

/** The RTO of a drill has in it what the plan waits for a decision, and no other time of people. */
function decisionLimit({ failover }: Chronicle): string[] {
  const { detectedUs, decidedUs } = failover;
  if (detectedUs === undefined || decidedUs === undefined) return [];
  const tookMs = Math.max(0, decidedUs - detectedUs) / 1000;
  const took = formatDurationMs(tookMs);
  return [
    tookMs < NO_DECISION_MS
      ? `Nobody had to decide (the failover followed its detection after ${took}): people's time is ` +
        "not in the RTO."
      : `The decision to fail over was simulated: ${took} after the detection stand for people's ` +
        "time in the RTO.",
  ];
}

function unknownLimit({ streams }: Ledger): string[] {
  const unknown = streams
    .filter(({ stream }) => stream.application)
    .reduce((sum, { sent, acked, failed }) => sum + sent.size - acked.size - failed.size, 0);
  if (unknown === 0) return [];
  const [have, they] = unknown === 1 ? ["record has", "it is"] : ["records have", "they are"];
  return [
    `${formatCount(unknown)} ${have} an unknown outcome (indeterminate or unanswered); ${they} no ` +
      `part of the RPO, and ${unknown === 1 ? "is" : "are"} shown beside it.`,
  ];
}

function replicaLimits(world: World, chronicle: Chronicle): string[] {
  return chronicle.of("audit.replicas").map(({ log, gone, partitions }) => {
    const { topic, cluster } = world.log(log) ?? { topic: `log ${log}`, cluster: "its cluster" };
    const leaderless = partitions.filter(({ leader }) => leader < 0).length;
    const brokers = new Set(partitions.flatMap(({ read }) => read.map(({ broker }) => broker)));
    return (
      `Before the heal of ${gone.join(", ")} not every partition of ${topic} was led by who lived ` +
      `(${leaderless} of ${partitions.length} by nobody). What survives was read from the living ` +
      `replicas of ${cluster} (brokers ${[...brokers].sort((a, b) => a - b).join(", ") || "none"}): ` +
      "no client could read it then, and an unclean election keeps the log of one of them."
    );
  });
}

/** Deaths further apart than this are no instant. */
const AT_ONCE_US = 100_000;

/** Between the first death and the last of one fault, whoever lived still served. */
function dyingLimits({ faults }: Chronicle): string[] {
  return faults.flatMap(({ injecting, injected }) => {
    const deaths = injected?.dieUs ?? [];
    const tookUs = Math.max(...deaths) - Math.min(...deaths);
    if (deaths.length < 2 || tookUs <= AT_ONCE_US) return [];
    const took = formatDurationMs(tookUs / 1000);
    return [
      `${injecting.step} took ${took} from the first of its ${deaths.length} deaths to the last: who ` +
        "lived longer still took records, and replication carried some of them over.",
    ];
  });
}

function anchorLimit(chronicle: Chronicle): string[] {
  const started = chronicle.first("run.started");
  if (started === undefined || started.planSha256 !== undefined) return [];
  return [
    "The history does not name the plan's SHA-256 (an older Blackstart wrote it): a target that was " +
      "changed since the run would not be seen.",
  ];
}
