/** Goal: links and regions can be lost in every mode there is; each is proven, healed and proven again. */
import { expect } from "chai";
import {
  command,
  experiment,
  leftovers,
  resultOf,
  runIn,
  unexpectedReasons,
  useOut,
} from "./command.ts";

const PROOFS: Record<string, RegExp> = {
  refused: /probe east->west met "refused"; probe west->east met "refused"/,
  stalled: /probe east->west met "connected-silent"; probe west->east met "connected-silent"/,
  "one-way": /^probe west->east met "timeout"$/,
  slow: /a request east->west took (6\d|[7-9]\d|\d{3,}) ms/,
  workers: /mm2-primary-standby/,
  deleted: /no broker that answers knows spare/,
  frozen: /"(connected-silent|timeout)"/,
  dark: /"timeout"/,
  evacuated: /standby-west-1/,
};

describe("links and regions, lost in every mode", () => {
  const out = useOut();

  it("each is proven and healed, and nothing that was acknowledged is lost", async () => {
    const { code, stderr } = await command("run", experiment("modes"), "--out", out());
    expect(code, stderr).to.be.oneOf([0, 3]);
    const result = resultOf(runIn(out()));
    expect(result.run.outcome, stderr).to.equal("completed");
    expect(result.faults.map(({ step }) => step)).to.deep.equal(Object.keys(PROOFS));
    for (const { step, proof, healProof, problem } of result.faults) {
      expect(proof, `${step}: ${problem}\n${stderr}`).to.match(PROOFS[step] as RegExp);
      expect(healProof, `${step}: ${problem}\n${stderr}`).to.be.a("string");
    }
    expect(unexpectedReasons(result)).to.deep.equal([]);
    expect(await leftovers(result.run.id)).to.deep.equal([]);
  });
});
