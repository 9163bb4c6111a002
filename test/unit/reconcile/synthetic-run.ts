/**
 * A run that never happened: producers, logs, mirror, groups and audits as a small simulation whose
 * truth is known, so that defects can be planted in it and must be found.
 *
 * ```
 *  1 orders@primary (east) ──mirror, lag──▶ 3 primary.orders@standby (west)
 *  2 orders@standby: where producer 2 goes on after the failover;  4 control@standby
 *  producers: 1 app, 2 takes over from 1, 3 canary of 1, 4 control canary
 *  readers:   1 billing in east (log 1), 2 takes over in west (logs 3, 2), 3 watcher of 3, audits
 * ```
 * `region-loss`: east dies at `faultAtMs`. `outage`: some partitions of the primary acknowledge
 * nothing for a while, everything stays where it is. `calm`: nothing happens.
 *
 * Build, plant (change `sends`, `logs`, `groups` or an option), then `input()` or `writeTo(dir)`.
 */
import { createHash } from "node:crypto";
import type { Judging, LogRef } from "../../../src/history/judging.ts";
import type { JudgeInput, PlanSummary } from "../../../src/reconcile/judge.ts";
import { journalInput, type MemoryJournal } from "./memory-journal.ts";
import { simulateLogs } from "./synthetic-logs.ts";
import {
  AUDIT_BASE,
  type LogRecord,
  type Send,
  type SyntheticModel,
  type SyntheticOptions,
  type Tampering,
} from "./synthetic-model.ts";
import { eventsOf, journalsOf } from "./synthetic-rows.ts";

const DEFAULTS: SyntheticOptions = {
  scenario: "region-loss",
  partitions: 3,
  durationMs: 12_000,
  faultAtMs: 4000,
  faultWidthMs: 40,
  everyMs: 10,
  batch: 5,
  ackMs: 5,
  mirrorLagMs: 0,
  deliverMs: 8,
  commitEveryMs: 500,
  takeoverMs: 2000,
  outageMs: 3000,
  outagePartitions: [0],
  deliveryOutageMs: 0,
  resumeShift: 0,
  resumeAs: "translated",
  objectives: [],
  predictions: [],
};

export class SyntheticRun implements SyntheticModel {
  readonly options: SyntheticOptions;
  readonly judging: Judging;
  sends: Send[] = [];
  /** log id → partition → records in order of offset. */
  readonly logs = new Map<number, LogRecord[][]>();
  readonly tampering: Tampering = {
    hidden: [],
    redelivered: [],
    alsoDelivered: [],
    earlierAudits: [],
    missingJournals: [],
    events: (events) => events,
    journalState: new Map(),
  };

  constructor(options: Partial<SyntheticOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.judging = judgingOf(this.options);
    simulateLogs(this);
  }

  get faulty(): boolean {
    return this.options.scenario !== "calm";
  }

  /** When the region died or the outage began, as the truth has it. */
  get faultMs(): number {
    return this.options.faultAtMs + this.options.faultWidthMs / 2;
  }

  records(log: number, partition: number): LogRecord[] {
    const records = this.logs.get(log)?.[partition];
    if (!records) throw new Error(`no log ${log}/${partition}`);
    return records;
  }

  /** Every journal that the history announces. */
  announced(): MemoryJournal[] {
    return journalsOf(this);
  }

  journals(): MemoryJournal[] {
    return this.announced().filter(({ file }) => !this.tampering.missingJournals.includes(file));
  }

  plan(): PlanSummary {
    return {
      run: "synthetic-run",
      name: `synthetic-${this.options.scenario}`,
      title: "A run that never happened",
      seed: 42,
      experimentFile: "synthetic.yaml",
      experimentSha256: createHash("sha256").update(SYNTHETIC_EXPERIMENT).digest("hex"),
      topology: TOPOLOGY,
      judging: this.judging,
    };
  }

  /** The judge's input. `shuffle` reorders the journals; the result must not change. */
  input(shuffle: (journals: MemoryJournal[]) => MemoryJournal[] = (all) => all): JudgeInput {
    const events = eventsOf(this, this.announced());
    return {
      plan: this.plan(),
      history: { events, problems: [], sha256: "1".repeat(64) },
      journals: shuffle(this.journals()).map(journalInput),
      tool: { name: "blackstart", version: "0.0.0-test" },
    };
  }
}

/** The experiment file of every synthetic run. */
export const SYNTHETIC_EXPERIMENT = "version: 1\nname: synthetic\n";

const TOPOLOGY = {
  regions: [
    { name: "east", index: 0 },
    { name: "west", index: 1 },
  ],
  nodes: [
    { name: "primary-east-1", cluster: "primary", region: "east" },
    { name: "standby-west-1", cluster: "standby", region: "west" },
  ],
  replications: [{ name: "mm2-primary-standby", region: "west" }],
};

function judgingOf(options: SyntheticOptions): Judging {
  const lost = options.scenario === "region-loss";
  const logs: LogRef[] = [
    log(1, "primary", "orders", options.partitions, "workload", "east"),
    log(2, "standby", "orders", options.partitions, "workload", "west"),
    { ...log(3, "standby", "primary.orders", options.partitions, "mirror", "west"), mirrorOf: 1 },
    log(4, "standby", "control", 1, "control", "west"),
  ];
  const producer = { region: "east", ratePerSecond: 100, recordBytes: 256, acks: "all" as const };
  const canary = { ...producer, kind: "canary" as const, recordBytes: 64 };
  return {
    runTag: 7,
    logs,
    producers: [
      { ...producer, id: 1, name: "orders-east", kind: "application", log: 1, control: false },
      {
        ...producer,
        id: 2,
        name: "orders-west",
        kind: "application",
        log: 2,
        region: "west",
        takesOverFrom: 1,
        control: false,
      },
      { ...canary, id: 3, name: "canary-primary", log: 1, control: false },
      { ...canary, id: 4, name: "control-standby", log: 4, region: "west", control: true },
    ],
    readers: [
      { id: 1, name: "billing-east", kind: "group", group: "billing", region: "east", logs: [1] },
      {
        id: 2,
        name: "billing-west",
        kind: "group",
        group: "billing",
        region: "west",
        logs: [3, 2],
        takesOverFrom: 1,
      },
      { id: 3, name: "watcher-standby", kind: "watcher", region: "west", logs: [3] },
      ...logs.map(({ id, region }) => ({
        id: AUDIT_BASE + id,
        name: `audit-${id}`,
        kind: "audit" as const,
        region,
        logs: [id],
      })),
    ],
    survivingCluster: lost ? "standby" : "primary",
    failedClusters: lost ? ["primary"] : [],
    ...(options.scenario === "calm" ? {} : { faultStep: "disaster" }),
    ...(lost ? { failoverStep: "declare" } : {}),
    objectives: options.objectives,
    predictions: options.predictions,
    policy: {
      sustainedMs: 1500,
      stallMs: 200,
      throughputShare: 0.95,
      canaryIntervalMs: 20,
      horizonMs: 60_000,
    },
  };
}

function log(
  id: number,
  cluster: string,
  topic: string,
  partitions: number,
  role: LogRef["role"],
  region: string,
): LogRef {
  return { id, cluster, topic, partitions, role, region };
}
