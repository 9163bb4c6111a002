/** Goal: a set says what its repetitions have in common, and its intervals know where each was placed. */
import { expect } from "chai";
import type { SetFacts } from "../../../../src/history/set-folder.ts";
import { judgeSet } from "../../../../src/reconcile/repetition/judge-set.ts";
import { judgedSet, resultOf, setOf, type Told, times } from "./sets.ts";

const COMMON =
  "Repetitions ran one after another on one machine: what changes slowly there (its load, its " +
  "temperature) they have in common, and no interval shows it.";
const SPREAD =
  "The instant of the fault was spread over the cycles that the experiment names. A cycle whose own " +
  "phase cannot be seen is spread against the instant the step was due only.";

describe("the limits of a set", () => {
  const [host] = resultOf({}, 1).limits;

  it("are the first of its runs, told once, and what they have in common", () => {
    expect(host).to.match(/^One host/);
    expect(judgedSet(times(3), { warm: false }).limits).to.deep.equal([host, COMMON]);
    expect(judgedSet([], { planned: 3, warm: false }).limits).to.deep.equal([COMMON]);
  });

  it("tell how many ran on nodes that others had used", () => {
    expect(judgedSet(times(3)).limits).to.deep.equal([
      host,
      COMMON,
      "2 of 3 repetitions ran on Kafka nodes that others had used: proven whole, with new topics and " +
        "groups, but with compiled code and filled caches.",
    ]);
  });

  it("tell what spreading the instants leaves open", () => {
    const phased = times(3, (n) => ({ phase: n / 4 }));
    expect(judgedSet(phased, { warm: false }).limits).to.deep.equal([host, COMMON, SPREAD]);
    const random = judgedSet(phased, { warm: false, phases: "random" });
    expect(random.limits).to.deep.equal([host, COMMON]);
  });
});

describe("the interval of a set", () => {
  /** The values rise with the phase; the repetitions come in another order. */
  const place = (n: number) => ((n * 7) % 24) / 24;
  const all: Told[] = times(24, (n) => ({ redelivered: 1200 * place(n), phase: place(n) }));
  const blind = times(24, (n) => ({ redelivered: 1200 * place(n) }));

  function intervalOf(told: Told[], change: (set: SetFacts) => SetFacts = (set) => set) {
    const results = new Map(told.map((one, at) => [at + 1, resultOf(one, at + 1)]));
    const set = judgeSet({
      set: change(setOf(told)),
      results,
      sums: new Map(),
      tool: { name: "b", version: "0" },
    });
    return set.measures.find(({ metric }) => metric === "redelivered.records")?.interval;
  }

  it("is made from neighbours in phase, in whatever order they ran", () => {
    const [known, unknown] = [intervalOf(all), intervalOf(blind)];
    const width = (one: typeof known) => (one?.high.value ?? 0) - (one?.low.value ?? 0);
    expect(width(known)).to.be.greaterThan(0);
    expect(width(known)).to.be.lessThan(width(unknown) / 2);
  });

  it("knows no phase of instants that were drawn at random, or not for each repetition", () => {
    const unknown = intervalOf(blind);
    expect(intervalOf(all, (set) => ({ ...set, phases: "random" }))).to.deep.equal(unknown);
    const first = (set: SetFacts) => ({
      ...set,
      repetitions: set.repetitions.map((one, at) => (at === 0 ? { ...one, phase: [] } : one)),
    });
    expect(intervalOf(all, first)).to.deep.equal(unknown);
  });

  it("counts the phase in the longest cycle, wherever that stands among the others", () => {
    const cycles = (set: SetFacts) => ({
      ...set,
      repetitions: set.repetitions.map((one) => ({
        ...one,
        phase: [
          { name: "short", everyMs: 500, phase: 0.5 },
          ...one.phase,
          { name: "middle", everyMs: 1000, phase: 0.25 },
        ],
      })),
    });
    expect(intervalOf(all, cycles)).to.deep.equal(intervalOf(all));
  });
});
