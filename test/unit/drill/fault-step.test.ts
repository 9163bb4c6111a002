import { expect } from "chai";
import type { FaultStep } from "../../../src/experiment/plan.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";
import type { Handlers } from "../../support/scripted-agents.ts";

const EAST = "primary-east-1";
const WEST = "standby-west-1";
const kill = (broker: string, changes: Partial<FaultStep> = {}) =>
  faultStep("broker.kill", { brokers: [broker] }, { forMs: 0, ...changes });

const world = (...steps: FaultStep[]) => new DrillWorld(drillPlan({ steps }));
const FAULT_EVENTS = [
  "fault.injecting",
  "fault.injected",
  "fault.effective",
  "fault.unproven",
  "remote.view",
  "fault.healing",
  "fault.healed",
  "heal.failed",
] as const;

const story = (found: DrillWorld) => found.eventsOf(...FAULT_EVENTS).map(({ type }) => type);

describe("a fault in the history", () => {
  it("is told from before the act to the proof that all is as before", async () => {
    const found = world(kill(EAST));
    await found.run();
    expect(story(found)).to.deep.equal([
      "fault.injecting",
      "fault.injected",
      "remote.view",
      "fault.effective",
      "fault.healing",
      "fault.healed",
    ]);
    expect(found.eventsOf("fault.injecting")[0]).to.include({
      step: "disaster",
      kind: "broker.kill",
      fidelity: "crash",
    });
    expect(found.eventsOf("fault.injecting")[0]?.targets).to.deep.equal([EAST]);
    expect(found.eventsOf("fault.injecting")[0]?.affects).to.deep.equal(["cluster:primary"]);
    expect(found.eventsOf("remote.view")[0]).to.include({ region: "east", from: "west" });
  });

  it("has its beginning between the instants before and after the act, and the deaths there", async () => {
    const found = world(kill(EAST));
    await found.run();
    const [injecting] = found.eventsOf("fault.injecting");
    const [injected] = found.eventsOf("fault.injected");
    expect(injected?.dieUs).to.have.length(1);
    expect(injected?.dieUs?.[0]).to.be.within(injecting?.tUs ?? 0, injected?.tUs ?? 0);
    const death = found.eventsOf("node.state").find(({ state }) => state === "died");
    expect(death).to.include({ node: EAST, expected: true, tUs: injected?.dieUs?.[0] });
  });

  it("is on disk before the act: a crash of the harness leaves what it began", async () => {
    const found = world(kill(EAST));
    const held = found.runtime.holdNext("kill", EAST);
    const run = found.run();
    await held.begun;
    expect(story(found)).to.deep.equal(["fault.injecting"]);
    held.release();
    await run;
  });

  it("waits for the deaths of its own victims only", async () => {
    const second = kill(WEST, { id: "second", atMs: null, after: { steps: ["first"], plusMs: 0 } });
    const found = world(kill(EAST, { id: "first", forMs: null }), second);
    await found.run();
    const [, injected] = found.eventsOf("fault.injected");
    const [, effective] = found.eventsOf("fault.effective");
    expect(injected?.dieUs).to.have.length(1);
    // Both deaths are known at once; waiting for more would take two seconds.
    expect((effective?.tUs ?? Infinity) - (injected?.tUs ?? 0)).to.be.lessThan(1_900_000);
  });

  it("is unproven, with the reason, when nothing happened; the run goes on", async () => {
    const found = world(faultStep("broker.pause", { brokers: [EAST] }, { forMs: 0 }));
    found.runtime.ignoreNext("pause", EAST);
    expect(await found.run()).to.deep.equal({ outcome: "completed" });
    expect(story(found)).to.deep.equal([
      "fault.injecting",
      "fault.injected",
      "fault.unproven",
      "fault.healing",
      "fault.healed",
    ]);
    expect(found.eventsOf("fault.unproven")[0]?.reason).to.contain('met "answered"');
  });

  it("acts on the leader as it is when the step begins", async () => {
    const leaderOf = { topic: "orders", cluster: "primary", partition: 0 };
    const found = world(faultStep("broker.kill", { leaderOf }, { forMs: 0 }));
    await found.run();
    expect(found.runtime.acts).to.include(`kill ${EAST}`);
    expect(found.eventsOf("fault.injecting")[0]?.targets).to.deep.equal([EAST]);
  });
});

describe("a heal that fails", () => {
  it("is told with its reason, and fails the run", async () => {
    const found = world(kill(EAST));
    found.runtime.failNext("restart", EAST, new Error("no space"));
    const { outcome, error } = await found.run();
    expect({ outcome, code: error?.code }).to.deep.equal({
      outcome: "failed",
      code: "E_HEAL_FAILED",
    });
    expect(found.eventsOf("heal.failed")).to.have.length(1);
    expect(found.eventsOf("heal.failed")[0]?.reason).to.equal(`start ${EAST}: no space`);
    expect(found.eventsOf("fault.healed")).to.deep.equal([]);
    // Once, though the heal is asked for again as the run is cleaned up.
    const told = found.notes.filter((note) => note.includes("FAILED"));
    expect(told).to.have.length(1);
    expect(told[0]).to.contain("heal of disaster FAILED: ");
    expect(found.runtime.destroyed).to.equal(true);
  });

  it("leaves the others their turn, also at the end of the run", async () => {
    const found = world(
      kill(EAST, { id: "one", forMs: null }),
      kill(WEST, { id: "two", forMs: null }),
    );
    found.runtime.failNext("restart", WEST, new Error("no space"));
    await found.run();
    expect(found.eventsOf("heal.failed").map(({ step }) => step)).to.deep.equal(["two"]);
    expect(found.eventsOf("fault.healed").map(({ step }) => step)).to.deep.equal(["one"]);
  });
});

describe("Ctrl-C while a fault acts on and on", () => {
  const storm = faultStep(
    "election.storm",
    { topic: "orders", cluster: "primary", every: 5, rounds: 1000, turns: Array(1000).fill(0) },
    { forMs: null },
  );

  /** A cluster whose one partition is as it was last asked to be, `late` questions after that. */
  function cluster(late: number): { handlers: Handlers; order: () => number[] } {
    const first = [1, 2, 3];
    let shown = first;
    let meant = first;
    let asked = 0;
    const handlers: Handlers = {
      "partitions.describe": () => {
        asked += 1;
        if (asked > late) shown = meant;
        const leader = { leader: shown[0] ?? -1, leaderEpoch: 1 };
        return [{ topic: "orders", partition: 0, ...leader, replicas: shown, isr: shown }];
      },
      "replicas.reassign": ({ partitions }) => {
        meant = partitions[0]?.replicas ?? [];
        asked = 0;
        return partitions.map((one) => ({ ...one, errorCode: 0, reason: "" }));
      },
      "leaders.elect": ({ partitions }) =>
        partitions.map((one) => ({ ...one, errorCode: 0, reason: "" })),
    };
    return { handlers, order: () => meant };
  }

  it("is healed, and the heal is waited for and proven although the run is over", async () => {
    const { handlers, order } = cluster(3);
    let rounds = 0;
    const found = new DrillWorld(drillPlan({ steps: [storm] }), {
      ...handlers,
      "leaders.elect": (ask, agent) => {
        rounds += 1;
        if (rounds === 4) found.interrupt.abort(new Error("Ctrl-C"));
        return handlers["leaders.elect"]?.(ask, agent) ?? [];
      },
    });
    await found.run();
    expect(story(found)).to.deep.equal(["fault.injecting", "fault.healing", "fault.healed"]);
    expect(found.eventsOf("fault.healed")[0]?.proof).to.contain("first order");
    expect(order()).to.deep.equal([1, 2, 3]);
    expect(rounds).to.be.within(5, 6);
  });
});
