/** Goal: a drill begins with every node of its topology, also with those that serve no client. */
import { expect } from "chai";
import { compileTopology } from "../../../src/topology/compile.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan } from "../../support/plans.ts";
import { KAFKA } from "../../support/topologies.ts";

/** One broker, and a controller in a process of its own. */
const topology = compileTopology(
  {
    regions: ["east"],
    clusters: { primary: { kafka: KAFKA, brokers: { east: 1 }, controllers: { east: 1 } } },
    links: [],
  },
  "test",
);
const controller = topology.nodes.find(({ clientPort }) => clientPort === null)?.name ?? "";

const statesOf = (world: DrillWorld) =>
  world.eventsOf("node.state").flatMap(({ node, state }) => (node === controller ? [state] : []));

describe("controllers of their own", () => {
  it("are ready when they answer", async () => {
    const world = new DrillWorld(drillPlan({ topology }));
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(statesOf(world).slice(0, 2)).to.deep.equal(["started", "ready"]);
  });

  it("are waited for, until the run is ended", async () => {
    const world = new DrillWorld(drillPlan({ topology }), {
      "probe.connect": ({ host }) => {
        if (host === controller) setImmediate(() => world.interrupt.abort(new Error("Ctrl-C")));
        return { outcome: host === controller ? "refused" : "answered", tookMs: 1 };
      },
    });
    expect((await world.run()).outcome).to.equal("interrupted");
    expect(statesOf(world)).to.not.include("ready");
  });
});
