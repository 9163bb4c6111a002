/**
 * Goal: the canary's outage is the cluster's, not its own: it finds a moved leader at once, and a
 * broker that keeps silent holds up nobody but its own partitions.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import { delay, monotonicUs } from "../../../src/kernel/clock.ts";
import { Canary } from "../../../src/workload/canary.ts";
import { FakeContext, until } from "../../unit/workload/fake-context.ts";
import { StubCluster } from "./stub-cluster.ts";

const INTERVAL_MS = 10;

function startCanary(cluster: StubCluster, timeoutMs: number) {
  const context = new FakeContext();
  const t0Us = monotonicUs() + 150_000;
  const log = {
    id: 7,
    cluster: "c",
    topic: cluster.topic,
    partitions: cluster.partitions.length,
    role: "control" as const,
    region: "r",
  };
  const canary = new Canary(context, {
    producer: 3,
    name: "canary",
    runTag: 1,
    address: { cluster: "c", bootstrap: cluster.bootstrap },
    log,
    intervalMs: INTERVAL_MS,
    recordBytes: 64,
    timeoutMs,
    t0Us,
  });
  canary.start();
  /** Due times, in ms after `fromUs`, of a partition's records with this outcome. */
  const due = (partition: number, code: number, fromUs: number) =>
    context.journal
      .of("outcome")
      .filter((row) => row[3] === partition && row[6] === code)
      .map((row) => (t0Us + Number(row[4]) * INTERVAL_MS * 1000 - fromUs) / 1000)
      .filter((ms) => ms >= 0);
  return { context, canary, due };
}

describe("canary against brokers of its own", () => {
  it("acks on every partition, each due record once", async () => {
    await using cluster = await StubCluster.start("t", 3, [0, 1, 2, 0, 1, 2]);
    const { context, canary } = startCanary(cluster, 5000);
    await until(() => canary.figures().acked > 60, 5000);
    const before = canary.figures();
    await delay(700);
    await canary.stop();
    const { due, acked, failed, indeterminate } = canary.figures();
    const since = due - before.due;
    expect(since).to.be.greaterThan(6 * 40);
    expect(failed).to.equal(0);
    // Those in flight when it stopped: few, unless the machine is busy with something else.
    expect(acked - before.acked).to.be.at.least(since * 0.7);
    expect(acked + indeterminate).to.be.at.most(due);
    const intents = context.journal.of("intent").length;
    expect(intents).to.equal(context.journal.of("outcome").length);
    expect(intents + context.journal.of("unsent").length).to.equal(due);
  });

  it("finds a new leader while the old one keeps silent, and delays no other partition", async () => {
    await using cluster = await StubCluster.start("t", 3, [0, 1]);
    const { context, canary, due } = startCanary(cluster, 2000);
    await until(() => canary.figures().acked > 20, 5000);
    const [dying] = cluster.brokers;
    if (dying === undefined) throw new Error("no broker");
    dying.silent = true;
    const silentUs = monotonicUs();
    await delay(300);
    cluster.moveLeader(0, 2);
    const movedUs = monotonicUs();
    await delay(500);
    const [firstAck = Number.POSITIVE_INFINITY] = due(0, OUTCOME.acked, movedUs);
    expect(firstAck).to.be.lessThan(450);
    const steady = due(1, OUTCOME.acked, silentUs);
    const gaps = steady.slice(1).map((ms, n) => ms - (steady[n] ?? ms));
    expect(Math.max(...gaps)).to.be.at.most(25 * INTERVAL_MS);
    expect(context.journal.of("outcome").every((row) => row[6] !== OUTCOME.failed)).to.equal(true);
    await canary.stop();
  });

  it("journals as unsent what finds no leader to go to", async () => {
    await using cluster = await StubCluster.start("t", 2, [0]);
    cluster.moveLeader(0, -1);
    const { context, canary, due } = startCanary(cluster, 500);
    await delay(500);
    expect(context.journal.of("intent").length).to.equal(0);
    expect(context.journal.of("unsent").length).to.be.greaterThan(20);
    cluster.moveLeader(0, 1);
    const movedUs = monotonicUs();
    await delay(400);
    const [firstAck = Number.POSITIVE_INFINITY] = due(0, OUTCOME.acked, movedUs);
    expect(firstAck).to.be.lessThan(450);
    await canary.stop();
  });
});
