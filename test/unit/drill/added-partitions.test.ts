/** Producers of partitions that a step adds: when they start, and with what. */
import { expect } from "chai";
import type { Plan } from "../../../src/experiment/plan.ts";
import type { LogRef } from "../../../src/history/judging.ts";
import type { ProducerSpec } from "../../../src/workload/protocol.ts";
import { DrillWorld, sayHistory } from "../../support/drill-world.ts";
import { drillPlan, faultStep, ORDERS } from "../../support/plans.ts";
import { producerStats } from "../../support/scripted-agents.ts";

const WIDE = ORDERS.partitions + 3;
const GROWN: LogRef = { ...ORDERS, partitions: WIDE, partitionsAtStart: ORDERS.partitions };
const params = { topic: ORDERS.topic, cluster: ORDERS.cluster, to: WIDE };

function grownPlan(): Plan {
  const step = faultStep("topic.add-partitions", params, { id: "wide", atMs: 10 });
  const plan = drillPlan({ steps: [step] });
  const [producer] = plan.producers;
  if (!producer) throw new Error("the plan has a producer");
  return {
    ...plan,
    producers: [producer, { ...producer, ref: 8, name: "new", start: "added" }],
    judging: {
      ...plan.judging,
      logs: plan.judging.logs.map((log) => (log.id === GROWN.id ? GROWN : log)),
    },
  };
}

describe("partitions that a step adds", () => {
  it("are written to once they have leaders; what is there before sees a narrow log", async () => {
    const started: ProducerSpec[] = [];
    const seeded: number[] = [];
    let width = ORDERS.partitions;
    const states = () =>
      Array.from({ length: width }, (_, partition) => ({
        partition,
        leader: 1,
        leaderEpoch: 0,
        replicas: [1],
        isr: [1],
      }));
    const world = new DrillWorld(grownPlan(), {
      "producer.start": (spec, agent) => {
        started.push(spec);
        const { producer } = spec;
        sayHistory(agent, (acked) => ({ producers: [producerStats(producer, acked)] }));
        return { journal: `${spec.name}.bin` };
      },
      "canary.seed": ({ log }) => {
        seeded.push(log.partitions);
        return { offsets: Array.from({ length: log.partitions }, () => 0) };
      },
      "topic.identify": () => ({ topicId: "one", partitions: width }),
      "topic.describe": states,
      "topic.widen": ({ partitions }) => {
        width = partitions;
        return {};
      },
    });
    const { outcome, error } = await world.run();
    expect(error?.message).to.equal(undefined);
    expect(outcome).to.equal("completed");
    const [before, after] = started;
    expect(before?.log.partitions).to.equal(ORDERS.partitions);
    expect(before?.partitionFirst).to.equal(undefined);
    expect(after).to.deep.include({ name: "new", partitionFirst: ORDERS.partitions });
    expect(after?.log.partitions).to.equal(WIDE);
    expect(new Set(seeded)).to.deep.equal(new Set([ORDERS.partitions]));
    const proven = world.eventsOf("fault.effective")[0]?.tUs ?? Infinity;
    const client = world.eventsOf("client.started").find((event) => event.client === "new");
    expect(client?.tUs).to.be.greaterThan(proven);
  });
});
