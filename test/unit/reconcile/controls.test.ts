/**
 * Goal: a stream that nothing breaks and that stalled all the same makes times doubtful, by name.
 *
 * Method: a control's probe every 10 ms until 5 s, acked 2 ms later; stalls are beyond 200 ms; a
 * fault between 1000 and 1020 ms.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { ProducerRef } from "../../../src/history/judging.ts";
import { controlsOf } from "../../../src/reconcile/controls.ts";
import { bookOf, faultAt, readByNobody } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

const plan = readByNobody();
const [first] = plan.producers as [ProducerRef];

function probes(ackedMs: (dueMs: number) => number | null, producer = 1, partition = 0): Row[] {
  return Array.from({ length: 500 }, (_, seq) => {
    const at = ackedMs(seq * 10);
    const intent = row.intent(producer, partition, seq, 1, seq * 10);
    if (at === null) return [intent];
    return [intent, row.outcome(producer, partition, seq, 1, OUTCOME.acked, -1, at)];
  }).flat();
}

const fine = (dueMs: number) => dueMs + 2;
const late = (atMs: number, byMs: number) => (dueMs: number) => dueMs + (dueMs === atMs ? byMs : 2);

function controls(producer: Row[], names = ["far"], partitions = 1, broken = true, stopMs = 5000) {
  const judging = {
    ...plan,
    ...(broken ? { faultStep: "disaster" } : {}),
    logs: plan.logs.map((log) => ({ ...log, partitions })),
    producers: names.map((name, n) => ({
      ...{ ...first, id: n + 1, name },
      ...{ kind: "canary" as const, control: name !== "own" },
    })),
  };
  const { ledger, chronicle } = bookOf({ producer, judging, events: faultAt(1000, 1020, stopMs) });
  return controlsOf(ledger, chronicle);
}

const worst = (rows: Row[]) => controls(rows).controls[0]?.worstGapMs;

describe(controlsOf.name, () => {
  it("has the longest wait of each control, and no problem while that is no stall", () => {
    expect(controls(probes(fine))).to.deep.equal({
      controls: [{ name: "far", partitions: 1, worstGapMs: 2, stalled: false }],
      problems: [],
    });
  });

  it("doubts times, and times alone, beyond a stall and not at it", () => {
    // All of them wait: the answer to a later one is an answer.
    const down = (untilMs: number) =>
      probes((dueMs) => (dueMs >= 2000 && dueMs < untilMs ? untilMs : dueMs + 2));
    expect(controls(down(2200)).controls[0]).to.include({ worstGapMs: 200, stalled: false });
    expect(controls(down(2210))).to.deep.equal({
      controls: [{ name: "far", partitions: 1, worstGapMs: 210, stalled: true }],
      problems: [
        {
          scope: "timing",
          sentence: "the control far, which nothing broke, waited 210 ms for an ack",
        },
      ],
    });
  });

  it("takes a single probe without an answer for a wait until the next one's", () => {
    const holed = probes((dueMs) => (dueMs === 2000 ? null : dueMs + 2));
    expect(worst(holed)).to.equal(12);
    expect(worst(probes(late(2000, 900)))).to.equal(12);
  });

  it("does not wait for what was due too late to be answered, but for all before that", () => {
    // The last is due at 4990: a stall before it is 4790.
    expect(worst(probes((dueMs) => (dueMs >= 4800 ? null : dueMs + 2)))).to.equal(2);
    expect(worst(probes((dueMs) => (dueMs >= 4790 ? null : dueMs + 2)))).to.equal(200);
    expect(worst(probes((dueMs) => (dueMs >= 4000 ? null : dueMs + 2)))).to.equal(990);
  });

  it("looks from the fault on; from the start where nothing was broken", () => {
    const early = probes((dueMs) => (dueMs < 500 ? 500 : dueMs + 2));
    expect(controls(early).controls[0]?.worstGapMs).to.equal(2);
    expect(controls(early, ["far"], 1, false).controls[0]?.worstGapMs).to.equal(500);
  });

  it("takes one that was never heard of for stalled, however short the time was", () => {
    expect(controls([]).problems[0]?.sentence).to.equal(
      "the control far, which nothing broke, waited 4000 ms for an ack",
    );
    expect(controls([], ["far"], 1, true, 1100)).to.deep.equal({
      controls: [{ name: "far", partitions: 1, worstGapMs: null, stalled: true }],
      problems: [
        { scope: "timing", sentence: "the control far, which nothing broke, was never answered" },
      ],
    });
  });

  it("is of each control by itself, over its partitions, in the order of names; of nobody else", () => {
    const rows = [
      ...probes(fine, 1),
      ...probes(late(2000, 50), 1, 1),
      ...probes(fine, 2),
      ...probes(() => null, 3),
    ];
    const { controls: told } = controls(rows, ["z", "a", "own"], 2);
    expect(told.map(({ name, partitions }) => [name, partitions])).to.deep.equal([
      ["a", 2],
      ["z", 2],
    ]);
    expect(told[1]?.worstGapMs).to.equal(12);
  });
});
