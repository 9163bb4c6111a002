/** Judges a random history with the engine and with the oracle, and compares all they counted. */
import { expect } from "chai";
import fc from "fast-check";
import type { Judging } from "../../../src/history/judging.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { journalInput, type MemoryJournal } from "./memory-journal.ts";
import { Oracle, type OracleCounts } from "./oracle.ts";
import { type HistoryPlan, historyPlan, journalsFor } from "./random-history.ts";

export function judgingFor(survivingCluster: "primary" | "standby"): Judging {
  const log = { partitions: 2, region: "r" };
  const producer = {
    kind: "application" as const,
    log: 1,
    region: "r",
    ratePerSecond: 100,
    recordBytes: 100,
    acks: "all" as const,
    control: false,
  };
  const group = { kind: "group" as const, group: "g", region: "r" };
  const audit = { kind: "audit" as const, region: "r" };
  return {
    runTag: 1,
    logs: [
      { ...log, id: 1, cluster: "primary", topic: "orders", role: "workload" },
      { ...log, id: 3, cluster: "standby", topic: "p.orders", role: "mirror", mirrorOf: 1 },
    ],
    producers: [
      { ...producer, id: 1, name: "one" },
      { ...producer, id: 2, name: "two" },
    ],
    readers: [
      { ...group, id: 1, name: "g-1", logs: [1] },
      { ...group, id: 2, name: "g-2", logs: [3], takesOverFrom: 1 },
      { ...audit, id: 101, name: "a-1", logs: [1] },
      { ...audit, id: 103, name: "a-3", logs: [3] },
    ],
    survivingCluster,
    failedClusters: survivingCluster === "standby" ? ["primary"] : [],
    objectives: [],
    predictions: [],
    policy: {
      sustainedMs: 1000,
      stallMs: 200,
      throughputShare: 0.95,
      canaryIntervalMs: 20,
      horizonMs: 60_000,
    },
  };
}

export function judgeJournals(judging: Judging, journals: readonly MemoryJournal[]): Result {
  return judge({
    plan: {
      run: "r",
      name: "n",
      title: "t",
      seed: 1,
      experimentFile: "f",
      experimentSha256: "0",
      topology: {},
      judging,
    },
    history: { events: [], problems: [], sha256: "0" },
    journals: journals.map(journalInput),
    tool: { name: "blackstart", version: "0" },
  });
}

function engineCounts(result: Result): OracleCounts {
  const count = (name: string) =>
    result.anomalies
      .filter((anomaly) => anomaly.class === name)
      .reduce((sum, anomaly) => sum + anomaly.count, 0);
  // Conflicts between readers are asked for elsewhere; here deliveries repeat what the log holds.
  return {
    lost: count("lost"),
    stranded: count("stranded"),
    overwritten: count("overwritten"),
    unread: count("unread"),
    "duplicate-append": count("duplicate-append"),
    redelivery: count("redelivery"),
    "failed-read": count("failed-read"),
    phantom: count("phantom"),
    corrupt: count("corrupt"),
    reordered: count("reordered"),
    "inconsistent-offset": count("inconsistent-offset"),
    "duplicate-acked-offset": count("duplicate-acked-offset"),
    holes: -1,
  };
}

/** fast-check prints only the message of what a property threw. */
function differences(engine: OracleCounts, oracle: OracleCounts): string {
  const names = Object.keys(oracle).filter((name) => name !== "holes") as (keyof OracleCounts)[];
  return names
    .filter((name) => engine[name] !== oracle[name])
    .map((name) => `${name}: engine ${engine[name]}, oracle ${oracle[name]}`)
    .join("; ");
}

const survivor = fc.constantFrom("primary" as const, "standby" as const);

/** Fails with the smallest history on which the two differ. */
export function expectAgreement(numRuns: number): void {
  fc.assert(
    fc.property(historyPlan, survivor, (plan: HistoryPlan, cluster) => {
      const judging = judgingFor(cluster);
      const journals = journalsFor(plan);
      const result = judgeJournals(judging, journals);
      const expected = new Oracle(judging, journals).counts();
      const counted = engineCounts(result);
      expect(counted, differences(counted, expected)).to.deep.equal({ ...expected, holes: -1 });
      const missing = expected.lost + expected.stranded + expected.overwritten;
      const nothing = !plan.sends.some(({ announced }) => announced);
      const shape = expected.holes > 0 ? "hole" : missing > 0 ? "tail" : "none";
      expect(result.rpo.shape).to.equal(nothing ? "unknown" : shape);
      expect(result.rpo.records.value ?? 0).to.equal(missing);
      for (const { title, ties } of result.balances) expect(ties, title).to.equal(true);
    }),
    { numRuns },
  );
}
