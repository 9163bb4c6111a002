/** Which world a run gets: the one before if it can be proven whole, and otherwise another. */
import { expect } from "chai";
import { Worlds } from "../../../src/cli/worlds.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan } from "../../support/plans.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Worlds on fake runtimes, one runtime for each. */
function worlds(plan = drillPlan()) {
  const opened: { id: string; drill: DrillWorld }[] = [];
  let asked = plan;
  const served = new Worlds({
    id: "s",
    interrupt: new AbortController().signal,
    connect: async (id) => {
      const drill = new DrillWorld(asked);
      opened.push({ id, drill });
      return drill.runtime;
    },
  });
  const run = async (wanted = plan) => {
    asked = wanted;
    const shared = await served.next(() => wanted);
    const of = opened.at(-1);
    if (!of) throw new Error("a world was opened");
    of.drill.folder = temporaryFolder("worlds");
    await of.drill.run({ world: shared });
    return shared;
  };
  return { served, opened, run, plan };
}

describe(Worlds.name, () => {
  it("gives the same world again, with what was proven", async () => {
    const { opened, run } = worlds();
    const first = await run();
    expect(first.facts).to.deep.equal([]);
    const second = await run();
    expect(second.world).to.equal(first.world);
    expect(second.facts.join()).to.contain("links have their planned quality");
    expect(opened.map(({ id }) => id)).to.deep.equal(["s-w1"]);
  });

  it("removes a world that another topology follows, and says why", async () => {
    const { opened, run, plan } = worlds();
    await run();
    const [node, ...others] = plan.topology.nodes;
    if (!node) throw new Error("the plan has nodes");
    const topology = { ...plan.topology, nodes: [{ ...node, heapMiB: 999 }, ...others] };
    const second = await run({ ...plan, topology });
    expect(second.facts).to.deep.equal(["the topology is another one"]);
    expect(opened.map(({ id }) => id)).to.deep.equal(["s-w1", "s-w2"]);
    expect(opened[0]?.drill.runtime.leftovers()).to.deep.equal([]);
  });

  it("does not give a world again that something happened to", async () => {
    const { opened, run } = worlds();
    const { world } = await run();
    world.spoil("a leader was not in sync");
    expect((await run()).facts).to.deep.equal(["a leader was not in sync"]);
    expect(opened).to.have.length(2);
  });

  it("goes on in another when one cannot be removed", async () => {
    const { opened, run, served } = worlds();
    const { world } = await run();
    const runtime = opened[0]?.drill.runtime;
    if (!runtime) throw new Error("a world was opened");
    runtime.destroy = async () => {
      throw new Error("the network is in use");
    };
    world.spoil("a leader was not in sync");
    expect((await run()).facts).to.deep.equal(["a leader was not in sync"]);
    expect(opened).to.have.length(2);
    await served.close();
  });

  it("leaves nothing when it is closed, and opens anew after it", async () => {
    const { opened, run, served } = worlds();
    await run();
    await served.close();
    await served.close();
    expect(opened[0]?.drill.runtime.leftovers()).to.deep.equal([]);
    expect((await run()).facts).to.deep.equal([]);
    expect(opened).to.have.length(2);
  });
});
