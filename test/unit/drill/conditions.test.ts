/** What each condition looks at, on agents that say what the test wants. */
import { expect } from "chai";
import type { Condition } from "../../../src/experiment/plan.ts";
import type { FakeContainer } from "../../../src/runtime/fake/fake-container.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan } from "../../support/plans.ts";
import { type Handlers, producerStats, sayEvent, stats } from "../../support/scripted-agents.ts";
import { ran, waitStep } from "../../support/waits.ts";

const place = { cluster: "primary", topic: "orders", partitions: null };
const state = (partition: number, isr: number[], leader = isr[0] ?? -1) => ({
  partition,
  leader,
  leaderEpoch: 1,
  replicas: [1, 2],
  isr,
});

/** What one look at a condition sees, and whether it holds. */
async function seen(condition: Condition, handlers: Handlers = {}): Promise<[boolean, string]> {
  const { world } = await ran([waitStep(condition)], handlers);
  const [event] = world.eventsOf("condition.met", "condition.missed");
  return [event?.type === "condition.met", event?.seen ?? "nothing was recorded"];
}

describe("conditions of partitions", () => {
  const shrunk: Handlers = {
    "topic.describe": () => [state(0, [1]), state(1, [1, 2])],
  };

  it("hold for every partition meant, and tell of those that are not so", async () => {
    const isr = { what: "isr", ...place } as const;
    expect(await seen({ ...isr, wants: { atMost: 1 } }, shrunk)).to.deep.equal([
      false,
      "1 of 2 partitions; not 1: ISR [1, 2] of [1, 2]",
    ]);
    const first = { ...isr, partitions: [0] };
    expect(await seen({ ...first, wants: { atMost: 1 } }, shrunk)).to.deep.equal([
      true,
      "1 of 1 partitions; 0: ISR [1] of [1, 2]",
    ]);
    expect((await seen({ ...first, wants: { atLeast: 2 } }, shrunk))[0]).to.equal(false);
    expect((await seen({ ...isr, wants: { atLeast: 1 } }, shrunk))[0]).to.equal(true);
    expect((await seen({ ...isr, wants: "full" }, shrunk))[0]).to.equal(false);
    expect((await seen({ ...isr, partitions: [1], wants: "full" }, shrunk))[0]).to.equal(true);
  });

  it("know the region of a replica and of a leader", async () => {
    const first = { ...place, partitions: [0] };
    const here = (region: string): Condition => ({ what: "isr", ...first, wants: { in: region } });
    expect((await seen(here("east"), shrunk))[0]).to.equal(true);
    expect((await seen(here("west"), shrunk))[0]).to.equal(false);
    const nobody: Handlers = { "topic.describe": () => [state(0, [])] };
    expect((await seen(here("east"), nobody))[0], "an empty ISR is nowhere").to.equal(false);
    const leader: Condition = { what: "leader", ...first, in: "east" };
    expect(await seen(leader, shrunk)).to.deep.equal([
      true,
      "1 of 1 partitions; 0: leader 1 in east",
    ]);
    expect((await seen({ ...leader, in: "west" }, shrunk))[0]).to.equal(false);
    expect((await seen({ ...leader, in: null }, shrunk))[0]).to.equal(false);
    expect((await seen({ ...leader, in: null }, nobody))[0]).to.equal(true);
  });

  it("are not met where nobody answers, or a partition is absent", async () => {
    const isr: Condition = { what: "isr", ...place, partitions: [7], wants: { atMost: 9 } };
    expect(await seen(isr, shrunk)).to.deep.equal([
      false,
      "no answer: orders lacks partitions that were named",
    ]);
    expect((await seen(isr, { "topic.describe": () => null }))[1]).to.equal(
      "no answer: there is no topic orders on primary",
    );
  });
});

describe("conditions of groups, mirrors and controllers", () => {
  const bound = (side: "above" | "below", than: number, unit: "records" | "ms" = "records") => ({
    bound: { side, unit, than },
  });
  const group = { what: "group-lag" as const, group: "billing", logs: [0], readers: [1] };

  it("count what a group has not committed", async () => {
    const behind: Handlers = { "group.offsets": () => [4] };
    expect(await seen({ ...group, ...bound("above", 5) }, behind)).to.deep.equal([
      true,
      "6 records behind",
    ]);
    expect((await seen({ ...group, ...bound("above", 6) }, behind))[0]).to.equal(false);
    expect((await seen({ ...group, ...bound("below", 7) }, behind))[0]).to.equal(true);
    expect((await seen({ ...group, ...bound("below", 6) }, behind))[0]).to.equal(false);
    const none: Handlers = { "group.offsets": () => [-1] };
    expect((await seen({ ...group, ...bound("above", 9) }, none))[1]).to.equal("10 records behind");
  });

  it("measure age by what arrives, and see none where nothing does", async () => {
    const young = { ...group, ...bound("below", 6, "ms") };
    expect(await seen(young)).to.deep.equal([true, "records are 5 ms old"]);
    expect((await seen({ ...group, ...bound("above", 5, "ms") }))[0]).to.equal(false);
    const [met, words] = await seen({ ...young, readers: [] });
    expect(met).to.equal(false);
    expect(words).to.equal("no answer: no record arrived in the last 2000 ms");
  });

  it("compare a mirror with what it copies", async () => {
    const ends: Handlers = {
      "log.bounds": ({ log }) => [{ partition: 0, start: 0, end: log.id === 0 ? 10 : 7 }],
    };
    const mirror = { what: "mirror-lag" as const, topic: "orders", source: 0, mirror: 1 };
    const condition = { ...mirror, readers: [], ...bound("above", 2) };
    expect(await seen(condition, ends)).to.deep.equal([true, "3 records behind"]);
  });

  it("take a group's state from its coordinator", async () => {
    const condition = { what: "group", group: "billing", cluster: "primary" } as const;
    const stateIs = (word: string): Handlers => ({
      "group.describe": () => ({ state: word, members: 2 }),
    });
    expect(await seen({ ...condition, is: "stable" }, stateIs("Stable"))).to.deep.equal([
      true,
      "Stable with 2 members",
    ]);
    expect((await seen({ ...condition, is: "stable" }, stateIs("Empty")))[0]).to.equal(false);
    expect((await seen({ ...condition, is: "empty" }, stateIs("Empty")))[0]).to.equal(true);
    const moving = stateIs("PreparingRebalance");
    expect((await seen({ ...condition, is: "rebalancing" }, moving))[0]).to.equal(true);
  });

  it("ask the controllers themselves which of them is active", async () => {
    const condition = { what: "controller", cluster: "primary", in: "east" } as const;
    const claims = (leader: number | null): Handlers => ({
      "quorum.describe": () => ({
        claim: leader === null ? null : { leader, leaderEpoch: 3 },
        answered: 1,
      }),
    });
    expect(await seen(condition, claims(1))).to.deep.equal([
      true,
      "controller 1 in east is active, epoch 3",
    ]);
    expect((await seen({ ...condition, in: "west" }, claims(1)))[0]).to.equal(false);
    expect((await seen(condition, claims(null)))[0]).to.equal(false);
    const silent: Handlers = { "quorum.describe": () => ({ claim: null, answered: 0 }) };
    expect((await seen(condition, silent))[1]).to.equal(
      "no answer: no controller of primary answers",
    );
  });
});

describe("conditions of the workload and of the machine", () => {
  it("count what a topic holds", async () => {
    const condition = { what: "topic", cluster: "primary", topic: "orders", above: 9 } as const;
    expect(await seen(condition)).to.deep.equal([true, "10 records"]);
    expect((await seen({ ...condition, above: 10 }))[0]).to.equal(false);
  });

  it("probe a region from inside it", async () => {
    const lost = { what: "region", region: "east", is: "lost" } as const;
    expect(await seen(lost)).to.deep.equal([false, "1 of 1 brokers answer"]);
    expect((await seen({ ...lost, is: "answering" }))[0]).to.equal(true);
    const dead: Handlers = { "probe.connect": () => ({ outcome: "refused", tookMs: 1 }) };
    expect((await seen(lost, dead))[0]).to.equal(true);
    expect((await seen({ ...lost, is: "answering" }, dead))[0]).to.equal(false);
  });

  /** One look, after the producer's agent reported so much more than in the steady state. */
  async function afterReport(
    condition: Condition,
    report: Partial<ReturnType<typeof producerStats>>,
  ) {
    let agent: FakeContainer | undefined;
    const world = new DrillWorld(drillPlan({ steps: [waitStep(condition)] }), {
      "health.begin": (_ask, asked) => {
        if (asked.name === "agent-east-producers") agent = asked;
        return {};
      },
    });
    const steady = { ...producerStats(1, 200), ...report };
    world.onNote = (text) => {
      if (agent && text === "wait: waits until the words") {
        sayEvent(agent, stats({ producers: [steady] }));
      }
    };
    await world.run();
    const [event] = world.eventsOf("condition.met", "condition.missed");
    return [event?.type === "condition.met", event?.seen];
  }

  it("count acks from the beginning of the wait", async () => {
    const condition = { what: "acked", records: 5, after: null } as const;
    expect(await afterReport(condition, {})).to.deep.equal([false, "0 records acked"]);
    expect(await afterReport(condition, { acked: 204 })).to.deep.equal([false, "4 records acked"]);
    expect(await afterReport(condition, { acked: 205 })).to.deep.equal([true, "5 records acked"]);
  });

  it("take what failed and what nobody knows as a share of what ended", async () => {
    const condition = { what: "errors", above: 0.04, overMs: 10_000 } as const;
    expect(await afterReport(condition, {})).to.deep.equal([false, "0 of 200 records not acked"]);
    const some = { failed: 5, indeterminate: 3 };
    expect(await afterReport(condition, some)).to.deep.equal([false, "8 of 208 records not acked"]);
    expect(await afterReport(condition, { ...some, failed: 6 })).to.deep.equal([
      true,
      "9 of 209 records not acked",
    ]);
  });

  it("read the disk and the memory of this machine", async () => {
    for (const what of ["disk", "memory"] as const) {
      expect((await seen({ what, belowBytes: 1 }))[0], what).to.equal(false);
      expect((await seen({ what, belowBytes: 2 ** 60 }))[0], what).to.equal(true);
    }
  });
});
