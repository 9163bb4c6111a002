import { expect } from "chai";
import { DrillError, ERRORS, EXIT, messageOf, weightiest } from "../../../src/kernel/errors.ts";

describe(DrillError.name, () => {
  it("takes its hint and its exit status from the table", () => {
    const cause = new Error("ENOSPC");
    const error = new DrillError("E_DISK_FULL", "no space left", { cause });
    expect(error).to.be.instanceOf(Error);
    expect(error.name).to.equal("DrillError");
    expect(error.code).to.equal("E_DISK_FULL");
    expect(error.exit).to.equal(EXIT.environment);
    expect(error.hint).to.contain("Free space");
    expect(error.cause).to.equal(cause);
  });

  it("has for every code a hint that is a sentence and an exit status that is no verdict", () => {
    const verdicts: number[] = [EXIT.met, EXIT.missed, EXIT.inconclusive];
    // The system did not show what the experiment needs: that is no failure of the harness.
    const open = ["E_CONDITION_UNMET", "E_ABORTED", "E_CONFIG_UNPROVEN", "E_EXEC_FAILED"];
    for (const [code, { hint, exit }] of Object.entries(ERRORS)) {
      expect(code).to.match(/^E_[A-Z_]+$/);
      expect(hint, code).to.match(/\.$/);
      if (open.includes(code)) expect(exit, code).to.equal(EXIT.inconclusive);
      else expect(verdicts, code).not.to.include(exit);
    }
  });
});

describe(messageOf.name, () => {
  it("tells the causes of an error, and copes with anything thrown", () => {
    const root = new Error("root");
    expect(messageOf(new Error("top", { cause: new Error("middle", { cause: root }) }))).to.equal(
      "top: middle: root",
    );
    expect(messageOf(new TypeError())).to.equal("TypeError");
    expect(messageOf("text")).to.equal("text");
    expect(messageOf(undefined)).to.equal("undefined");
  });

  it("does not say twice what a message took over from its cause", () => {
    const cause = new Error("connection refused");
    const error = new DrillError("E_NETWORK", `network east: ${messageOf(cause)}`, { cause });
    expect(messageOf(error)).to.equal("network east: connection refused");
  });
});

describe(weightiest.name, () => {
  it("is the code that says most", () => {
    expect(weightiest([0, 3, 1])).to.equal(1);
    expect(weightiest([0, 3])).to.equal(3);
    expect(weightiest([1, 5, 4])).to.equal(4);
    expect(weightiest([])).to.equal(0);
  });
});
