/** What replication must have carried before the workload starts: of each group, what it reads. */
import { expect } from "chai";
import type { Plan } from "../../../src/experiment/plan.ts";
import type { LogRef } from "../../../src/history/judging.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { MIRROR, ORDERS, regionLossPlan } from "../../support/plans.ts";

const TRAIL: LogRef = { ...ORDERS, id: 5, topic: "trail" };
const TRAIL_MIRROR: LogRef = { ...MIRROR, id: 6, topic: "primary.trail", mirrorOf: TRAIL.id };

/** A second topic is mirrored, that the group does not read. */
function twoTopics(): Plan {
  const plan = regionLossPlan([]);
  return {
    ...plan,
    replications: plan.replications.map((one) => ({
      ...one,
      expectLogs: [MIRROR.id, TRAIL_MIRROR.id],
    })),
    judging: { ...plan.judging, logs: [ORDERS, MIRROR, TRAIL, TRAIL_MIRROR] },
  };
}

describe("replication that is ready", () => {
  it("has carried no offsets of topics that a group does not read", async () => {
    const asked: string[] = [];
    const world = new DrillWorld(twoTopics(), {
      "group.offsets": ({ group, topic }) => {
        asked.push(`${group} ${topic}`);
        return [topic === TRAIL_MIRROR.topic ? -1 : 10];
      },
    });
    const { outcome, error } = await world.run();
    expect(error?.message).to.equal(undefined);
    expect(outcome).to.equal("completed");
    expect(asked).to.include(`billing ${MIRROR.topic}`);
    expect(asked).to.not.include(`billing ${TRAIL_MIRROR.topic}`);
  });
});
