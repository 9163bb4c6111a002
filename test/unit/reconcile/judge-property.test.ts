/**
 * Goal: on any history the engine counts what the naive oracle counts.
 *
 * Method: random sends, answers, mishaps to the logs, audits and deliveries; both judge them. The
 * oracle works with one string per record; the engine with planes and runs. A few thousand more
 * cases run with the calibration.
 */
import { expect } from "chai";
import fc from "fast-check";
import { resultSchema } from "../../../src/reconcile/result.ts";
import { expectAgreement, judgeJournals, judgingFor } from "./against-oracle.ts";
import type { MemoryJournal } from "./memory-journal.ts";
import { historyPlan, journalsFor } from "./random-history.ts";

describe("judge, against the naive oracle", () => {
  it("counts every class as the oracle does", () => expectAgreement(300));

  it("gives the same bytes whatever the order of the journals", () => {
    fc.assert(
      fc.property(historyPlan, fc.nat({ max: 5 }), (plan, turn) => {
        const judging = judgingFor("standby");
        const [a, b, c] = journalsFor(plan) as [MemoryJournal, MemoryJournal, MemoryJournal];
        const orders = [
          [a, b, c],
          [a, c, b],
          [b, a, c],
          [b, c, a],
          [c, a, b],
          [c, b, a],
        ];
        const one = judgeJournals(judging, [a, b, c]);
        const other = judgeJournals(judging, orders[turn] ?? []);
        expect(JSON.stringify(other)).to.equal(JSON.stringify(one));
      }),
      { numRuns: 200 },
    );
  });

  it("gives results that the schema accepts", () => {
    fc.assert(
      fc.property(historyPlan, (plan) => {
        resultSchema.parse(judgeJournals(judgingFor("standby"), journalsFor(plan)));
      }),
      { numRuns: 100 },
    );
  });
});
