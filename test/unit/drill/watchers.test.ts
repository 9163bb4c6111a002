/** What is watched beside the stages: partitions and the machine. */
import { expect } from "chai";
import { watchHost } from "../../../src/drill/host-health.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { WrittenHistory } from "../../support/histories.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";

const state = { partition: 0, leader: 1, leaderEpoch: 1, replicas: [1, 2], isr: [1, 2] };
const hold = faultStep("broker.pause", { brokers: ["standby-west-1"] }, { forMs: 1200 });

describe("the watch over partitions", () => {
  it("records each change once, and nothing while a cluster does not answer", async () => {
    const views = [
      [state],
      [state],
      [{ ...state, leader: 2, leaderEpoch: 2, isr: [2] }],
      new Error("no broker answers"),
    ];
    const world = new DrillWorld(drillPlan({ steadyState: [], steps: [hold] }), {
      "topic.describe": () => {
        const view = views.shift() ?? null;
        if (view instanceof Error) throw view;
        return view;
      },
    });
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    const told = world
      .eventsOf("partition.state")
      .map(({ log, leader, isr }) => [log, leader, isr]);
    expect(told).to.deep.equal([
      [0, 1, [1, 2]],
      [0, 2, [2]],
    ]);
    const [first, second] = world.eventsOf("partition.state");
    expect(first).to.not.have.property("lookedUs");
    expect(second?.lookedUs).to.be.within(first?.tUs ?? Infinity, second?.tUs ?? 0);
  });
});

describe(watchHost.name, () => {
  it("notes what others took of the machine, until it is stopped", async () => {
    const { history, of } = written();
    const stop = new AbortController();
    const watching = watchHost(history, stop.signal);
    stop.abort();
    await watching;
    const [sample] = of("health.host");
    expect(sample?.cpuBusyPercent).to.be.within(0, 100);
    expect(sample?.stealMs).to.be.at.least(0);
    expect(sample?.intervalMs).to.be.within(0, 1000);
  });
});

function written() {
  const made = new WrittenHistory();
  return { history: made.history, of: made.of.bind(made) };
}
