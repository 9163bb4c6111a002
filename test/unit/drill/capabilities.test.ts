/** A runtime that lacks a means refuses the plan before it boots, and says which step needs what. */
import { expect } from "chai";
import { requireCapabilities } from "../../../src/drill/capabilities.ts";
import { loadExperiment } from "../../../src/experiment/load.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { type Capability, capabilities } from "../../../src/runtime/runtime.ts";

const plan = planExperiment(loadExperiment("experiments/region-partition.yaml"), { run: "unit" });
const runtime = (...without: Capability[]) => ({
  kind: "test",
  capabilities: new Set(capabilities.filter((one) => !without.includes(one))),
});

describe(requireCapabilities.name, () => {
  it("lets a plan pass whose every need is met", () => {
    expect(() => requireCapabilities(plan, runtime("pause", "exec"))).to.not.throw();
  });

  it("names the step, the fault and what is missing, with exit code 2", () => {
    const refuse = () => requireCapabilities(plan, runtime("link.blackhole"));
    expect(refuse).to.throw(DrillError, /wan-down \(link\.partition\) needs link\.blackhole/);
    try {
      refuse();
    } catch (error) {
      expect((error as DrillError).exit).to.equal(2);
    }
  });
});
