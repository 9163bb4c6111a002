/**
 * A plan for tests: two regions with a cluster each, one topic on the first, an application in east
 * that fails over to west. Every wait is a matter of milliseconds.
 */
import type {
  FailoverStep,
  FaultStep,
  HealStep,
  Plan,
  PlannedStep,
} from "../../src/experiment/plan.ts";
import type { Judging, LogRef } from "../../src/history/judging.ts";
import { replicationIn, twoRegions } from "./topologies.ts";

export const ORDERS: LogRef = {
  id: 0,
  cluster: "primary",
  topic: "orders",
  partitions: 1,
  role: "workload",
  region: "east",
};
export const MIRROR: LogRef = {
  ...ORDERS,
  id: 1,
  cluster: "standby",
  role: "mirror",
  mirrorOf: 0,
  region: "west",
};

const RATE = 100;
const PRODUCER = { log: 0, recordBytes: 256, ratePerSecond: RATE } as const;
const READINESS = { ...PRODUCER, kind: "readiness", region: "east", acks: "all" } as const;

const judging: Judging = {
  runTag: 7,
  logs: [ORDERS],
  producers: [
    { id: 0, name: "ready", control: false, ...READINESS },
    {
      id: 1,
      name: "app-east",
      kind: "application",
      region: "east",
      acks: "all",
      control: false,
      ...PRODUCER,
    },
  ],
  readers: [
    { id: 1, name: "billing-east", kind: "group", group: "billing", region: "east", logs: [0] },
    { id: 9, name: "audit", kind: "audit", region: "east", logs: [0, 1] },
  ],
  survivingCluster: "primary",
  failedClusters: [],
  objectives: [],
  predictions: [],
  policy: {
    sustainedMs: 0,
    stallMs: 1000,
    throughputShare: 0.9,
    canaryIntervalMs: 10,
    horizonMs: 60,
  },
};

function producer(ref: number, region: string, start: "initial" | "failover") {
  const settings = { acks: "all", idempotent: true, lingerMs: 0, batchRecordsMax: 10 } as const;
  return { ref, name: `app-${region}`, region, ...PRODUCER, ...settings, client: {}, start };
}

function consumer(ref: number, region: string, start: "initial" | "failover") {
  const common = { group: "billing", commitEveryMs: 10, client: {}, start };
  const place = region === "east" ? { cluster: "primary", logs: [0] } : WEST;
  return { ref, name: `billing-${region}`, region, ...place, ...common };
}
const WEST = { cluster: "standby", logs: [1] };

/** One cluster's life: no replication, no failover, no steps. */
export function drillPlan(changes: Partial<Plan> = {}): Plan {
  return {
    schema: "blackstart/plan.v1",
    name: "test",
    title: "A test",
    description: "",
    seed: 1,
    run: "test",
    experimentFile: "test.yaml",
    experimentSha256: "",
    vars: {},
    topology: twoRegions(1),
    topics: [
      {
        log: 0,
        cluster: "primary",
        spec: { topic: "orders", partitions: 1, replication: 1, config: {} },
      },
    ],
    producers: [producer(1, "east", "initial")],
    canaries: [],
    consumers: [consumer(1, "east", "initial")],
    watchers: [],
    replications: [],
    steadyState: [{ check: "acked-rate", atLeast: 0.9, forMs: 1000 }],
    steadyWithinMs: 60,
    steps: [],
    end: { settleMs: 0, horizonMs: 60, drainMs: 20 },
    memoryMiB: { total: 0, byNode: {} },
    judging,
    ...changes,
  };
}

/** The loss of east: replication to west, canaries, a failover of the application. */
export function regionLossPlan(steps: PlannedStep[], workerIn = "west"): Plan {
  const worker = replicationIn(workerIn);
  return drillPlan({
    topology: { ...twoRegions(1), replications: [worker] },
    producers: [producer(1, "east", "initial"), producer(2, "west", "failover")],
    consumers: [consumer(1, "east", "initial"), consumer(2, "west", "failover")],
    canaries: [
      {
        ref: 3,
        name: "canary-east",
        region: "east",
        log: 0,
        intervalMs: 10,
        recordBytes: 64,
        timeoutMs: 10,
      },
    ],
    watchers: [{ ref: 2, region: "west", cluster: "standby", logs: [1] }],
    replications: [
      { name: worker.name, expectLogs: [1], expectGroups: ["billing"], readyWithinMs: 60 },
    ],
    steadyState: [
      { check: "acked-rate", atLeast: 0.9, forMs: 1000 },
      { check: "delivered-rate", atLeast: 0.9, forMs: 1000 },
      { check: "replication-lag", atMostMs: 100, forMs: 1000 },
      { check: "consumer-lag", atMostMs: 100, forMs: 1000 },
    ],
    steps,
    judging: {
      ...judging,
      logs: [ORDERS, MIRROR],
      survivingCluster: "standby",
      failedClusters: ["primary"],
      faultStep: "disaster",
      failoverStep: "declare",
    },
  });
}

const AT_ONCE = { atMs: 0, after: null };

export function faultStep(
  kind: string,
  params: unknown,
  changes: Partial<FaultStep> = {},
): FaultStep {
  const names = { id: "disaster", label: kind };
  return { type: "fault", kind, params, forMs: null, ...names, ...AT_ONCE, ...changes };
}

export function failoverStep(changes: Partial<FailoverStep> = {}): FailoverStep {
  return {
    type: "failover",
    id: "declare",
    label: "fail over to west",
    atMs: null,
    after: { steps: ["disaster"], plusMs: 0 },
    from: "east",
    to: "west",
    decisionMs: 1,
    detect: { everyMs: 1, failures: 1, timeoutMs: 1 },
    ...changes,
  };
}

export function healStep(heals: string, changes: Partial<HealStep> = {}): HealStep {
  const after = { steps: [heals], plusMs: 0 };
  return { type: "heal", id: "heal", label: "heal", atMs: null, after, heals, ...changes };
}
