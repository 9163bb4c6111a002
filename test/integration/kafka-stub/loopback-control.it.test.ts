/**
 * Goal: an agent that stalls is told from a cluster that stalls.
 *
 * Method: the agent as a process probes itself and a stub cluster. The process is stopped for longer
 * than a stall, or the cluster is silent; then the judge reads the control's journal.
 */
import { expect } from "chai";
import type { HistoryEvent } from "../../../src/history/events.ts";
import type { Judging, LogRef } from "../../../src/history/judging.ts";
import { delay, monotonicUs } from "../../../src/kernel/clock.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { AgentProcess } from "./agent-on-pipes.ts";
import { StubCluster } from "./stub-cluster.ts";

const INTERVAL_MS = 20;
const STALL_MS = 1000;
/** Beyond a stall, so that a probe due at its beginning waits too long. */
const PAUSE_MS = 1500;

const common = { partitions: 1, region: "r" };
const LOGS: LogRef[] = [
  { ...common, id: 1, cluster: "c", topic: "t", role: "workload" },
  { ...common, id: 2, cluster: "loopback:r", topic: "own", role: "loopback" },
];

function judgingOf(): Judging {
  const canary = { kind: "canary" as const, region: "r", recordBytes: 64, acks: "all" as const };
  return {
    runTag: 1,
    logs: LOGS,
    producers: LOGS.map(({ id, role }) => ({
      ...canary,
      id,
      name: role === "loopback" ? "control-loopback-r" : "canary",
      log: id,
      ratePerSecond: 1000 / INTERVAL_MS,
      control: role === "loopback",
    })),
    readers: [],
    survivingCluster: "c",
    failedClusters: [],
    objectives: [],
    predictions: [],
    policy: {
      sustainedMs: 5000,
      stallMs: STALL_MS,
      throughputShare: 0.95,
      canaryIntervalMs: INTERVAL_MS,
      horizonMs: 60_000,
    },
  };
}

/** What happens between a second of quiet and another; the judgement of what the agent left. */
async function judgeAgent(
  happens: (agent: AgentProcess, cluster: StubCluster) => Promise<void>,
): Promise<Result> {
  await using cluster = await StubCluster.start("t", 1, [0]);
  await using agent = new AgentProcess();
  await agent.hello();
  const t0Us = monotonicUs() + 100_000;
  for (const log of LOGS) {
    const bootstrap = log.role === "loopback" ? [] : cluster.bootstrap;
    await agent.ask("canary.start", {
      producer: log.id,
      name: `canary-${log.id}`,
      runTag: 1,
      address: { cluster: log.cluster, bootstrap },
      log,
      intervalMs: INTERVAL_MS,
      recordBytes: 64,
      timeoutMs: 5000,
      t0Us,
    });
  }
  await agent.acked(LOGS.length, 1000 / INTERVAL_MS);
  const steadyUs = monotonicUs();
  await happens(agent, cluster);
  await delay(1000);
  for (const { id } of LOGS) await agent.ask("canary.stop", { producer: id });
  const endUs = monotonicUs();
  await agent.ask("bye", {});
  await agent.exited;
  const told = [
    { type: "run.started", tUs: t0Us, run: "r", wall: "", tool: "" },
    { type: "workload.started", tUs: t0Us, t0Us },
    { type: "steady.reached", tUs: steadyUs, checks: [] },
    { type: "workload.stopped", tUs: endUs, producers: 2 },
    { type: "run.ended", tUs: endUs, outcome: "completed" },
  ];
  const events = told.map((event, seq) => ({ ...event, seq, prev: "" }) as HistoryEvent);
  return judge({
    plan: {
      run: "r",
      name: "loopback",
      title: "Loopback",
      seed: 0,
      experimentFile: "",
      experimentSha256: "",
      topology: {},
      judging: judgingOf(),
    },
    history: { events, problems: [], sha256: "" },
    journals: agent.journals(),
    tool: { name: "blackstart", version: "test" },
  });
}

function controlOf({ instrument }: Result) {
  const [control, ...others] = instrument.controls;
  expect(others).to.deep.equal([]);
  expect(control).to.include({ name: "control-loopback-r", partitions: 1 });
  return control as typeof control & { worstGapMs: number };
}

const blamed = /the control control-loopback-r, which nothing broke, waited/;

describe("LoopbackControl in an agent", () => {
  it("shows no stall when nothing happens", async () => {
    const result = await judgeAgent(async () => {});
    expect(controlOf(result).stalled).to.equal(false);
    expect(result.instrument.problems.join()).not.to.match(blamed);
  });

  it("shows no stall when only the cluster falls silent", async () => {
    const result = await judgeAgent(async (_agent, { brokers }) => {
      for (const broker of brokers) broker.silent = true;
      await delay(PAUSE_MS);
      for (const broker of brokers) broker.silent = false;
    });
    expect(controlOf(result).stalled).to.equal(false);
    expect(result.instrument.problems.join()).not.to.match(blamed);
  });

  it("shows how long the agent itself stood still, and times are inconclusive", async () => {
    const result = await judgeAgent(async ({ child }) => {
      child.kill("SIGSTOP");
      await delay(PAUSE_MS);
      child.kill("SIGCONT");
    });
    const { stalled, worstGapMs } = controlOf(result);
    expect(stalled).to.equal(true);
    // At most an interval of the pause falls before a due time; what is above is the machine's.
    expect(worstGapMs).to.be.within(PAUSE_MS - 2 * INTERVAL_MS, PAUSE_MS + 500);
    expect(result.instrument.problems.join()).to.match(blamed);
  });
});
