/** From which fault the instants of a recovery are drawn, and how a lower bound is said. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { originMs, recoveryFigures } from "../../../src/report/charts/recovery.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const recovered: Result = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));

/** Two faults, the later of which is T0, and a partition that recovered from neither. */
function openRun(firstMissedAtMs: number): Result {
  const [fault] = recovered.faults;
  const [recovery] = recovered.recoveries;
  const [row] = recovery?.partitions ?? [];
  if (!fault || !recovery || !row) throw new Error("the fixture has a fault and a recovery");
  const bound = { rtoMs: 9000, lowMs: 9000, highMs: null, censored: true };
  const at = { firstMissedAtMs, firstAckAtMs: 41_500, sustainedAtMs: null };
  return {
    ...recovered,
    faults: [
      { ...fault, step: "cut", injectingAtMs: 5000, beganLowMs: 5000, beganHighMs: 5100 },
      { ...fault, step: "lost", t0: true, injectingAtMs: 40_000, beganLowMs: 40_000 },
    ],
    recoveries: [
      {
        ...recovery,
        measure: { value: 9000, low: 9000, high: null, censored: true },
        firstPartitionMs: 9000,
        medianPartitionMs: 9000,
        partitions: [{ ...row, ...at, ...bound }],
      },
    ],
  };
}

function marksOf(result: Result): (string | undefined)[] {
  const [figure] = recoveryFigures(result);
  const [, marks] = figure?.drawing?.layers ?? [];
  return marks?.paths.filter(({ c }) => c.startsWith("mark")).map(({ d }) => d.slice(1, 6)) ?? [];
}

describe(recoveryFigures.name, () => {
  it("counts from the fault that is T0, not from the first one", () => {
    expect(originMs(openRun(41_000))).to.equal(40_000);
    const [figure] = recoveryFigures(openRun(41_000));
    expect(marksOf(openRun(41_000))).to.have.length(3);
    expect(figure?.lead).to.not.contain("shut out");
  });

  it("says that a partition was shut out before the fault, and draws no T1 for it", () => {
    const [figure] = recoveryFigures(openRun(24_000));
    expect(figure?.lead).to.contain("1 of 1 partition was already shut out when the fault began");
    expect(figure?.lead).to.contain("since 24.00 s of the run's clock");
    expect(marksOf(openRun(24_000))).to.have.length(2);
  });

  it("says of the first and the median partition, too, that they are lower bounds", () => {
    const [open] = recoveryFigures(openRun(41_000));
    expect(open?.lead).to.contain("First partition ≥ 9.00 s, median ≥ 9.00 s.");
    const [closed] = recoveryFigures(recovered);
    expect(closed?.lead).to.match(/First partition \d.*, median \d/);
  });
});
