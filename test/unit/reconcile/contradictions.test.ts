/**
 * Goal: a probe that was shut out while the application beside it was served is in doubt, and no other.
 *
 * Method: a record of the application and one of the probe every 10 ms, each acked 2 ms later unless a
 * test says otherwise; a fault between 1000 and 1020 ms, a stall beyond 200 ms, the workload stopped at
 * 5000 ms. A stretch of 600 ms and more is judged.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { ProducerRef } from "../../../src/history/judging.ts";
import { faultAt, judgedAll, type Place, readByNobody } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

const STOP_MS = 5000;
const events = faultAt(1000, 1020, STOP_MS);
const plan = readByNobody();
const [first] = plan.producers as [ProducerRef];
const application = { ...first, id: 1 };
/** Another topic of the same cluster. */
const later = { ...(plan.logs[0] as (typeof plan.logs)[number]), id: 4, topic: "later" };
const probe: ProducerRef = { ...first, id: 3, name: "probe", kind: "canary" };

type Answered = (dueMs: number) => number | null;
const fine: Answered = (dueMs) => dueMs + 2;
/** Nothing due from `fromMs` on and before `toMs` is answered. */
const silent =
  (...stretches: [fromMs: number, toMs: number][]): Answered =>
  (dueMs) =>
    stretches.some(([fromMs, toMs]) => dueMs >= fromMs && dueMs < toMs) ? null : dueMs + 2;

function sends(answered: Answered, { producer = 1, partition = 0 }: Place = {}): Row[] {
  return Array.from({ length: STOP_MS / 10 }, (_, seq) => {
    const at = answered(seq * 10);
    const intent = row.intent(producer, partition, seq, 1, seq * 10);
    if (at === null) return [intent];
    return [intent, row.outcome(producer, partition, seq, 1, OUTCOME.acked, -1, at)];
  }).flat();
}

interface Case {
  probed: Answered;
  served?: Answered;
  /** How the application differs from one beside the probe. */
  other?: Partial<ProducerRef>;
  partition?: number;
}

/** Why the cluster's recovery time is in doubt; undefined when it is not. */
function doubt({ probed, served = fine, other = {}, partition = 0 }: Case): string | undefined {
  const { recoveries } = judgedAll({
    producer: [
      ...sends(served, { partition }),
      ...sends(probed, { producer: 3 }),
      ...sends(fine, { producer: 3, partition: 1 }),
    ],
    events,
    judging: {
      ...plan,
      faultStep: "disaster",
      logs: [...plan.logs, later].map((log) => ({ ...log, partitions: 2 })),
      producers: [{ ...application, ...other }, probe],
    },
  });
  return recoveries.find(({ viewpoint }) => viewpoint === "cluster")?.measure.inconclusive;
}

const said = (from: string, to: string) =>
  `the probe of orders-0 was not acked from ${from} s to ${to} s after the fault, ` +
  "and all that time the application beside it was: the probe was in its own way";

describe("a probe that was shut out", () => {
  it("is in doubt when the application beside it was served all through", () => {
    expect(doubt({ probed: silent([1520, 3530]) })).to.equal(said("0.5", "2.5"));
  });

  it("is believed when the application was shut out, too", () => {
    const probed = silent([1500, 3500]);
    expect(doubt({ probed, served: silent([1500, 3500]) })).to.equal(undefined);
    // A stall limit and more without anything served, at its begin, in its middle or at its end.
    for (const fromMs of [1500, 2400, 3280]) {
      const served = silent([fromMs, fromMs + 220]);
      expect(doubt({ probed, served }), `${fromMs}`).to.equal(undefined);
    }
    // A stall limit, to the edge: served at 2390 and at 2590, or from 1700 on, or up to 3290.
    for (const fromMs of [1500, 2400, 3300]) {
      const served = silent([fromMs, fromMs === 2400 ? 2590 : fromMs + 200]);
      expect(doubt({ probed, served }), `${fromMs}`).to.equal(said("0.5", "2.5"));
    }
  });

  it("is not judged for less than three stall limits", () => {
    // The last of them is due 10 ms before the stretch ends.
    expect(doubt({ probed: silent([1520, 2130]) })).to.equal(said("0.5", "1.1"));
    expect(doubt({ probed: silent([1520, 2120]) })).to.equal(undefined);
  });

  it("is not judged for what was before the fault", () => {
    expect(doubt({ probed: silent([100, 900]) })).to.equal(undefined);
  });

  it("was answered in time, to the edge of a stall; and so was the application", () => {
    const slow: Answered = (dueMs) => dueMs + (dueMs > 1500 && dueMs < 3500 ? 200 : 2);
    expect(doubt({ probed: slow })).to.equal(undefined);
    expect(doubt({ probed: silent([1520, 3530]), served: slow })).to.equal(said("0.5", "2.5"));
  });

  it("is not judged for several short stretches with an answer in between", () => {
    expect(doubt({ probed: silent([1500, 2000], [2010, 2500], [2510, 3000]) })).to.equal(undefined);
  });

  it("is judged by every stretch, not by the first alone", () => {
    const probed = silent([1500, 2500], [3000, 4000]);
    const served = silent([1800, 2200]);
    expect(doubt({ probed, served })).to.equal(said("2.0", "3.0"));
  });
});

describe("an application that says nothing about a probe", () => {
  const probed = silent([1520, 3530]);

  it("is one in another region, of another partition or log", () => {
    expect(doubt({ probed, other: { region: "elsewhere" } })).to.equal(undefined);
    expect(doubt({ probed, partition: 1 })).to.equal(undefined);
    expect(doubt({ probed, other: { log: 4 } })).to.equal(undefined);
  });

  it("is one that asks for less than every replica in sync", () => {
    expect(doubt({ probed, other: { acks: "1" } })).to.equal(undefined);
    expect(doubt({ probed, other: { acks: "all" } })).to.equal(said("0.5", "2.5"));
  });
});
