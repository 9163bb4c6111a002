/**
 * Faults on a real world, one after another. What each does to the records is known beforehand: the
 * skipped offsets and the flipped bit must be found to the record, and nothing else.
 */
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

/** Offsets that are skipped on each of two partitions. */
const SKIPPED = 2 * 50;

describe("faults whose effect is known", () => {
  const out = useOut();

  it("each is proven and healed; what they planted is found, and nothing else", async () => {
    const { code, stderr } = await command("run", experiment("planted"), "--out", out());
    const result = resultOf(runIn(out()));
    expect(code, stderr).to.be.oneOf([1, 3]);
    expect(result.run.outcome, stderr).to.equal("completed");
    const unproven = result.faults.filter(({ proof, healProof }) => !proof || !healProof);
    expect(unproven.map(({ step, problem }) => `${step}: ${problem}`)).to.deep.equal([]);
    expect(result.faults.map(({ step }) => step)).to.deep.equal([
      ...["skip", "hang", "crash", "die", "wide"],
      ...["monkey.1", "monkey.2", "monkey.3", "rot"],
    ]);
    const measured = (metric: string) =>
      result.objectives.find((objective) => objective.metric === metric)?.measured.value;
    expect(measured("lost.records")).to.equal(0);
    expect(measured("phantom.records")).to.equal(0);
    expect(measured("corrupt.records")).to.equal(1);
    expect(measured("offsets.skipped")).to.equal(SKIPPED);
    const missed = /skipped|[Cc]orrupt/;
    expect(unexpectedReasons(result).filter((reason) => !missed.test(reason))).to.deep.equal([]);
    expect(await leftovers(result.run.id)).to.deep.equal([]);
  });
});
