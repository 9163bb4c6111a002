import { expect } from "chai";
import { parseExperiment } from "../../../src/experiment/load.ts";
import { planPhase } from "../../../src/experiment/plan-phase.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { problemsOf, SAMPLE, spoil } from "./sample.ts";

const phased = (phase: string) => spoil("steps:", `phase: ${phase}\nsteps:`, SAMPLE);
const plan = (text: string, index?: number) =>
  planExperiment(
    { ...parseExperiment(text, "f.yaml", { vars: {} }), file: "f.yaml", sha256: "0" },
    { run: "r", ...(index === undefined ? {} : { repetition: { index, of: 4 } }) },
  );

describe(planPhase.name, () => {
  const text = phased("{ over: { commit: { every: 2s, commitsOf: billing }, heartbeat: 1s } }");

  it("changes nothing of a run that is not repeated", () => {
    expect(plan(text)).to.not.have.property("phase");
  });

  it("gives each repetition an instant of its own, in every cycle", () => {
    const phases = [1, 2, 3, 4].map((index) => plan(text, index).phase);
    expect(phases[0]).to.deep.include({ step: "loss", repetition: 1, of: 4 });
    expect(phases[0]?.anchor).to.deep.include({ group: "billing", everyMs: 2000 });
    expect(phases[0]?.anchor?.readers).to.not.deep.equal([]);
    for (const cycle of [0, 1]) {
      const parts = phases.map((phase) => Math.floor((phase?.cycles[cycle]?.phase ?? 0) * 4));
      expect(parts.sort()).to.deep.equal([0, 1, 2, 3]);
    }
    expect(plan(text, 2)).to.deep.equal(plan(text, 2));
  });

  it("counts from the instant the step is due where no group is named", () => {
    expect(plan(phased("{ over: { heartbeat: 2s } }"), 1).phase?.anchor).to.equal(null);
  });

  it("is refused with what does not exist, where it stands", () => {
    const wrong = (phase: string) => problemsOf(phased(phase)).join("\n");
    expect(wrong("{ step: los, over: { a: 2s } }")).to.contain('no fault step "los"');
    expect(wrong("{ over: { a: { every: 2s, commitsOf: biling } } }")).to.contain(
      'no group "biling"; did you mean "billing"?',
    );
    expect(wrong("{ over: {} }")).to.contain("expected at least one cycle");
    expect(wrong("{ over: { a: 2 } }")).to.contain("found");
    const twice = "{ every: 2s, commitsOf: billing }";
    expect(wrong(`{ over: { a: ${twice}, b: ${twice} } }`)).to.contain("one cycle at most");
  });
});
