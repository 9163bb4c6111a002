/** Steps that run a program inside of a node. */
import { expect } from "chai";
import type { ExecStep } from "../../../src/experiment/plan.ts";
import type { ExecResult } from "../../../src/runtime/runtime.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan } from "../../support/plans.ts";

const STEP: ExecStep = {
  id: "link",
  label: "link",
  atMs: 0,
  after: null,
  type: "exec",
  node: "primary-east-1",
  tool: "kafka-mirrors",
  args: ["--create"],
  withinMs: 5000,
};

async function ranWith(answer: () => ExecResult) {
  const asked: { name: string; argv: string[] }[] = [];
  const world = new DrillWorld(drillPlan({ steps: [STEP] }));
  world.runtime.exec = async (name, argv) => {
    if (argv[0] !== STEP.tool) return { exitCode: 0, output: "" };
    asked.push({ name, argv });
    return answer();
  };
  const { error, outcome } = await world.run();
  return { asked, error, outcome, ended: world.eventsOf("exec.ended") };
}

describe("exec step", () => {
  it("runs the program in the node and keeps what it said", async () => {
    const done = await ranWith(() => ({ exitCode: 0, output: "Created mirror topic orders." }));
    expect(done.outcome).to.equal("completed");
    expect(done.asked).to.deep.equal([
      { name: "primary-east-1", argv: ["kafka-mirrors", "--create"] },
    ]);
    expect(done.ended).to.have.length(1);
    expect(done.ended[0]).to.deep.include({
      step: "link",
      node: "primary-east-1",
      exitCode: 0,
      output: "Created mirror topic orders.",
    });
  });

  it("ends the run, inconclusive, when the program ends badly, with its last words", async () => {
    const done = await ranWith(() => ({ exitCode: 1, output: "no such link" }));
    expect(done.error?.code).to.equal("E_EXEC_FAILED");
    expect(done.error?.exit).to.equal(3);
    expect(done.error?.message).to.contain("ended with 1: no such link");
    expect(done.ended[0]?.exitCode).to.equal(1);
  });

  it("ends the run when it cannot be run, or takes too long", async () => {
    const done = await ranWith(() => {
      throw new Error("no answer within 5000 ms");
    });
    expect(done.error?.code).to.equal("E_EXEC_FAILED");
    expect(done.ended[0]).to.deep.include({ exitCode: null, output: "no answer within 5000 ms" });
  });
});
