/** What is said of a set: on how many repetitions a number rests, and one word for one thing. */
import { expect } from "chai";
import { assessmentWords, setSentence } from "../../../../src/report/set/words.ts";
import { judgedSet, times } from "../../reconcile/repetition/sets.ts";

describe(setSentence.name, () => {
  it("says how many repetitions its numbers rest on, where those are not all", () => {
    expect(setSentence(judgedSet(times(3)))).to.contain("8.00 s in the median, 8.00 s at most. ");
    const one = { verdict: "missed", objective: "inconclusive", doubt: "it starved" } as const;
    const some = setSentence(judgedSet(times(3, (n) => (n === 2 ? one : {}))));
    expect(some).to.contain("3 of 3 repetitions are conclusive");
    expect(some).to.contain("8.00 s at most (2 of 3 repetitions). ");
  });

  it("says how many of those that count have no verdict of their own", () => {
    const close = { verdict: "inconclusive", objective: "inconclusive" } as const;
    const told = setSentence(judgedSet(times(3, (n) => (n === 2 ? close : {}))));
    expect(told).to.match(/^3 of 3 repetitions are conclusive, 1 of them too close to a target\. /);
    expect(told).to.not.contain("left out");
  });

  it("counts those that were never begun, too", () => {
    const result = judgedSet(times(4), { planned: 12, interrupted: true });
    expect(setSentence(result)).to.contain("8.00 s at most (4 of 12 repetitions). ");
  });
});

describe(assessmentWords.name, () => {
  it("calls what has no answer inconclusive, as everywhere else", () => {
    const result = judgedSet(times(3, (n) => (n === 2 ? { objective: "inconclusive" } : {})));
    const [objective] = result.objectives;
    if (!objective) throw new Error("the set has an objective");
    expect(assessmentWords(objective, "met", "missed")).to.equal("met in 2, inconclusive in 1 (2)");
  });
});
