/**
 * The history: one JSON object a line, what the harness did and observed, in the order it happened.
 *
 * Together with the journals it is the only truth a run leaves: `judge` reads nothing else besides
 * `plan.json`. Each line carries the SHA-256 of the line before it (`prev`), so a line that was
 * changed, removed or moved is found. Times are microseconds on CLOCK_MONOTONIC.
 */
import { z } from "zod";

const us = z.number();

const base = {
  /** Position in the file, from 0. */
  seq: z.number().int(),
  /** When it happened. For agent events, the agent's own time. */
  tUs: us,
  /** SHA-256 (hex, first 16 characters) of the previous line; zeros for the first. */
  prev: z.string(),
};

const fidelity = z.enum([
  "graceful",
  "crash",
  "refuse",
  "stall",
  "pause",
  "blackhole",
  "degrade",
  "power-loss",
]);
export type Fidelity = z.infer<typeof fidelity>;

export const worldSchema = z.object({
  id: z.string(),
  /** It was booted by an earlier run, and proven whole since. */
  warm: z.boolean(),
  /** The run that booted it: this one unless it is warm. */
  bootedBy: z.string(),
  /** How many runs it served before this one. */
  served: z.number(),
  /** When warm: what was proven. Otherwise why a world that was there was not used, if one was. */
  facts: z.array(z.string()),
});
export type WorldFacts = z.infer<typeof worldSchema>;

const journalProgress = z.object({ file: z.string(), blocks: z.number(), crc: z.number() });

export const eventSchemas = {
  "run.started": {
    run: z.string(),
    wall: z.string(),
    tool: z.string(),
    /** Of plan.json, which holds every target. Absent: written by an older Blackstart. */
    planSha256: z.string().optional(),
    /** The networks, gateways and Kafka nodes. Absent: booted for this run alone. */
    world: worldSchema.optional(),
  },
  /** No other run will use the world of this one. */
  "world.spoiled": { reason: z.string() },
  "run.ended": {
    /** not-run: what it needs was not given; nothing was booted. */
    outcome: z.enum(["completed", "interrupted", "failed", "not-run"]),
    code: z.string().optional(),
    reason: z.string().optional(),
  },
  "stage.started": { stage: z.string() },
  "stage.ended": { stage: z.string(), ok: z.boolean() },
  /** Image digests, effective settings, host facts: everything that could change a number. */
  environment: { facts: z.record(z.string(), z.unknown()) },
  "node.state": {
    node: z.string(),
    state: z.enum(["started", "ready", "died", "paused", "resumed", "restarted", "removed"]),
    exitCode: z.number().optional(),
    expected: z.boolean().optional(),
  },
  "agent.started": {
    agent: z.string(),
    region: z.string(),
    role: z.string(),
    origin: z.enum(["initial", "failover", "restore"]),
  },
  /** A journal that must exist when the run is judged. */
  "journal.opened": { agent: z.string(), file: z.string(), role: z.string() },
  /** How far a journal was known to be: a shorter or other one was tampered with. */
  "journal.progress": { journals: z.array(journalProgress) },
  "workload.started": { t0Us: us },
  "workload.stopped": { producers: z.number() },
  "client.started": {
    client: z.string(),
    kind: z.enum(["producer", "consumer", "canary", "watcher"]),
    region: z.string(),
    origin: z.enum(["initial", "failover", "restore"]),
  },
  "client.event": { client: z.string(), event: z.string(), detail: z.string().optional() },
  "steady.reached": { checks: z.array(z.object({ check: z.string(), detail: z.string() })) },
  "steady.missed": { checks: z.array(z.object({ check: z.string(), detail: z.string() })) },
  "step.started": { step: z.string(), label: z.string() },
  /** The instant in the system's cycles at which a repetition breaks it was reached. */
  "phase.reached": {
    step: z.string(),
    /** What it was counted from: the instant the step was due, or the commits of a group. */
    anchor: z.string(),
    delayMs: z.number(),
    cycles: z.array(z.object({ name: z.string(), everyMs: z.number(), phase: z.number() })),
  },
  "step.ended": {
    step: z.string(),
    outcome: z.enum(["done", "failed", "skipped", "timeout"]),
    note: z.string().optional(),
  },
  /** A step begins to wait for the running system. */
  "condition.waiting": {
    step: z.string(),
    condition: z.string(),
    withinMs: z.number(),
    forMs: z.number(),
  },
  /** It was met: what was seen, and since when without a break. */
  "condition.met": { step: z.string(), condition: z.string(), seen: z.string(), sinceUs: us },
  /** Its time was over; makes the run inconclusive. */
  "condition.missed": { step: z.string(), condition: z.string(), seen: z.string() },
  /** A guard's condition came true, and ended the run. */
  "guard.tripped": { condition: z.string(), seen: z.string() },
  /** How often a guard looked, and how often it could not see; what it saw last. */
  "guard.watched": {
    condition: z.string(),
    looks: z.number(),
    blind: z.number(),
    seen: z.string(),
  },
  /** A topic's settings before a `config` step, and as they were read back after it. */
  "config.altered": {
    step: z.string(),
    cluster: z.string(),
    topic: z.string(),
    before: z.record(z.string(), z.string()),
    after: z.record(z.string(), z.string()),
  },
  /** A topic of the plan that a step has made. */
  "topic.created": { step: z.string(), cluster: z.string(), topic: z.string() },
  /** From `tUs` on a producer's rate moves to this one, evenly over `overMs`. */
  "load.changed": {
    step: z.string(),
    client: z.string(),
    ratePerSecond: z.number(),
    overMs: z.number(),
  },
  /** A record of another size than its producer's others, and what became of it. */
  "record.sent": {
    step: z.string(),
    producer: z.number(),
    partition: z.number(),
    /** Its seq in its stream; `seq` is that of the line. */
    recordSeq: z.number(),
    bytes: z.number(),
    outcome: z.enum(["acked", "failed", "indeterminate"]),
    /** Where it was acked; 0 otherwise. */
    offset: z.number(),
  },
  /** A program that an `exec` step ran in a node. Null: it did not come to an end of its own. */
  "exec.ended": {
    step: z.string(),
    node: z.string(),
    tool: z.string(),
    args: z.array(z.string()),
    exitCode: z.number().nullable(),
    output: z.string(),
    tookMs: z.number(),
  },
  /** Before the call: the earliest instant the fault can have begun. */
  "fault.injecting": {
    step: z.string(),
    kind: z.string(),
    fidelity,
    targets: z.array(z.string()),
    /** Regions, clusters and directed links ("east->west") the fault takes away. */
    affects: z.array(z.string()),
  },
  /** After the call: the latest instant the fault can have begun. */
  "fault.injected": { step: z.string(), dieUs: z.array(us).optional() },
  "fault.effective": { step: z.string(), proof: z.string() },
  "fault.unproven": { step: z.string(), reason: z.string() },
  /** What a fault does by itself while it lasts, e.g. each turn of a flapping link. */
  "fault.note": { step: z.string(), note: z.string() },
  "fault.healing": { step: z.string() },
  "fault.healed": { step: z.string(), proof: z.string() },
  "heal.failed": { step: z.string(), reason: z.string() },
  /** What other regions see of a dead node or region, set on purpose and probed. */
  "remote.view": {
    region: z.string(),
    from: z.string(),
    as: z.enum(["refused", "stalled", "blackholed", "reachable"]),
    proof: z.string(),
  },
  "failover.detected": { step: z.string(), by: z.string() },
  "failover.decided": { step: z.string() },
  /** A cold cluster was booted by a step, and its topics are made. */
  "cluster.started": { step: z.string(), cluster: z.string() },
  "failover.restarted": { step: z.string(), clients: z.array(z.string()) },
  /** A change of leader, epoch or ISR of a workload partition, as the observer saw it. */
  "partition.state": {
    log: z.number(),
    partition: z.number(),
    leader: z.number(),
    leaderEpoch: z.number(),
    isr: z.array(z.number()),
    replicas: z.array(z.number()),
    /** When the last look began that still showed the state before. */
    lookedUs: us.optional(),
  },
  /** Health of the instrument itself, per agent. */
  health: {
    agent: z.string(),
    loopDelayP999Us: z.number(),
    loopDelayMaxUs: z.number(),
    lateSendMaxUs: z.number(),
    cpuThrottledUs: z.number(),
    journalWriteMaxUs: z.number(),
  },
  /** Health of the machine: CPU stolen by others and pressure stalls, since the last sample. */
  "health.host": { stealMs: z.number(), cpuBusyPercent: z.number(), intervalMs: z.number() },
  "audit.started": { pass: z.number(), log: z.number(), purpose: z.string() },
  /** Before a heal: what the living replicas of each partition hold, read without their leader. */
  "audit.replicas": {
    log: z.number(),
    /** Nodes that are gone until the heal. */
    gone: z.array(z.string()),
    partitions: z.array(
      z.object({
        partition: z.number(),
        /** As the brokers that live tell it; it may be dead, and -1 is nobody. */
        leader: z.number(),
        read: z.array(
          z.object({
            broker: z.number(),
            end: z.number(),
            records: z.number(),
            complete: z.boolean(),
          }),
        ),
      }),
    ),
  },
  /** Where two independent clients disagree about a log; makes the run inconclusive. */
  "audit.disagreement": { log: z.number(), partition: z.number(), detail: z.string() },
  /** End offsets at quiesce, by the second client. */
  "audit.bounds": {
    pass: z.number(),
    log: z.number(),
    by: z.string(),
    bounds: z.array(z.object({ partition: z.number(), start: z.number(), end: z.number() })),
  },
  warning: { code: z.string(), message: z.string() },
} as const;

export type EventType = keyof typeof eventSchemas;

type Fields<T extends EventType> = z.infer<z.ZodObject<(typeof eventSchemas)[T]>>;
export type EventOf<T extends EventType> = {
  type: T;
  seq: number;
  tUs: number;
  prev: string;
} & Fields<T>;
export type HistoryEvent = { [T in EventType]: EventOf<T> }[EventType];
/** What a caller gives to record an event: its type, its fields, and its time unless it is now. */
export type NewEvent = { [T in EventType]: { type: T; tUs?: number } & Fields<T> }[EventType];

const members = Object.entries(eventSchemas).map(([type, fields]) =>
  z.object({ ...base, type: z.literal(type), ...fields }),
);

/** Validates one parsed line of a history. */
export const historyEventSchema = z.discriminatedUnion(
  "type",
  members as unknown as [(typeof members)[number], ...(typeof members)[number][]],
) as unknown as z.ZodType<HistoryEvent>;
