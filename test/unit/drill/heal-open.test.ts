import { expect } from "chai";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";

const cut = (id: string) =>
  faultStep("link.partition", { between: ["east", "west"], mode: "blackhole" }, { id });
const lost = (id: string) => faultStep("region.shutdown", { region: "east", mode: "kill" }, { id });
const after = (first: string) => ({ atMs: null, after: { steps: [first], plusMs: 0 } });

/** Two faults that nobody heals before the end. */
function open(one: ReturnType<typeof cut>, other: ReturnType<typeof cut>): DrillWorld {
  const second = { ...other, ...after(one.id) };
  return new DrillWorld(drillPlan({ steadyState: [], steps: [one, second] }));
}

const story = (found: DrillWorld) =>
  found
    .eventsOf("fault.healing", "fault.healed", "heal.failed")
    .map((event) => `${event.type} ${event.step}`);

describe("faults that are open at the end", () => {
  it("are all undone before the first is proven: a started node may need the link", async () => {
    const found = open(cut("cut"), lost("dc-lost"));
    expect(await found.run()).to.deep.equal({ outcome: "completed" });
    expect(story(found)).to.deep.equal([
      "fault.healing dc-lost",
      "fault.healing cut",
      "fault.healed dc-lost",
      "fault.healed cut",
    ]);
  });

  it("are proven with the nodes first: what a link carries shows when both ends live", async () => {
    const found = open(lost("dc-lost"), cut("cut"));
    expect(await found.run()).to.deep.equal({ outcome: "completed" });
    expect(story(found).slice(2)).to.deep.equal(["fault.healed dc-lost", "fault.healed cut"]);
  });

  it("are undone together after Ctrl-C, too", async () => {
    const found = open(cut("cut"), lost("dc-lost"));
    found.onNote = (text) => {
      if (text.startsWith("dc-lost: in effect")) found.interrupt.abort(new Error("Ctrl-C"));
    };
    await found.run();
    expect(story(found).slice(0, 2)).to.deep.equal(["fault.healing dc-lost", "fault.healing cut"]);
    expect(story(found).slice(2)).to.deep.equal(["fault.healed dc-lost", "fault.healed cut"]);
  });

  it("are each proven although another cannot be undone", async () => {
    const found = open(cut("cut"), lost("dc-lost"));
    found.runtime.failNext("mend", "east->west", new Error("no gateway"));
    await found.run();
    expect(story(found).slice(2)).to.deep.equal(["fault.healed dc-lost", "heal.failed cut"]);
  });
});
