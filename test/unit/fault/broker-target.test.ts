import { expect } from "chai";
import { brokerKill } from "../../../src/fault/broker-kill.ts";
import { brokerPause } from "../../../src/fault/broker-pause.ts";
import { brokerProblems, brokersReach } from "../../../src/fault/broker-target.ts";
import { stretched, twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const leaderOf = { topic: "orders", cluster: "primary", partition: 0 };

describe(brokerProblems.name, () => {
  const messages = (params: Parameters<typeof brokerProblems>[0]) =>
    brokerProblems(params, twoRegions(1));

  it("finds none in a name that exists, or in a leader to be found", () => {
    expect(messages({ brokers: [B1] })).to.deep.equal([]);
    expect(messages({ leaderOf })).to.deep.equal([]);
  });

  it("asks for one of both, never for both or none", () => {
    const message = "give either `brokers` or `leaderOf`";
    expect(messages({})).to.deep.equal([{ path: [], message }]);
    expect(messages({ brokers: [B1], leaderOf })).to.deep.equal([{ path: [], message }]);
  });

  it("names every broker and cluster that does not exist, and what there is", () => {
    expect(messages({ brokers: ["b1", B1, "b2"] })).to.deep.equal([
      {
        path: ["brokers", 0],
        message: `no node named "b1"; the nodes are ${B1}, standby-west-1`,
      },
      {
        path: ["brokers", 2],
        message: `no node named "b2"; the nodes are ${B1}, standby-west-1`,
      },
    ]);
    expect(messages({ leaderOf: { ...leaderOf, cluster: "tertiary" } })).to.deep.equal([
      { path: ["leaderOf", "cluster"], message: `no cluster named "tertiary"` },
    ]);
  });
});

describe(brokersReach.name, () => {
  it("is the nodes and their clusters", () => {
    const brokers = [B1, "standby-west-1"];
    expect(brokerKill.reach({ brokers }, twoRegions(1))).to.deep.equal({
      fidelity: "crash",
      targets: brokers,
      affects: ["cluster:primary", "cluster:standby"],
    });
    expect(brokerPause.reach({ brokers: [B1] }, twoRegions(1)).fidelity).to.equal("pause");
  });

  it("is known in part before the leader is, and whole after", () => {
    expect(brokerKill.reach({ leaderOf }, twoRegions(2))).to.deep.equal({
      fidelity: "crash",
      targets: ["leader of orders-0"],
      affects: ["cluster:primary"],
    });
    const live = { nodes: ["stretched-west-1"] };
    const inStretched = { leaderOf: { ...leaderOf, cluster: "stretched" } };
    expect(brokerKill.reach(inStretched, stretched(1), live)).to.deep.equal({
      fidelity: "crash",
      targets: ["stretched-west-1"],
      affects: ["cluster:stretched"],
    });
  });
});

describe("needs of the broker faults", () => {
  it("are what their acts and their heals use", () => {
    expect(brokerKill.needs({ brokers: [B1] })).to.have.members(["kill", "start"]);
    expect(brokerPause.needs({ brokers: [B1] })).to.have.members(["pause"]);
  });
});
