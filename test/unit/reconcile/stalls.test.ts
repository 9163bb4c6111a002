/**
 * Goal: the longest stall is what whoever waited longest waited, whatever came before and after.
 *
 * Method: a record of one producer every 10 ms from 0 to 5 s, acked 2 ms later unless a test says
 * otherwise; a fault between 1000 and 1020 ms.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { Judging, MetricId } from "../../../src/history/judging.ts";
import { gapsOf } from "../../../src/reconcile/stalls.ts";
import { faultAt, type Place } from "./hand-written.ts";
import { measure, plan } from "./measuring.ts";
import { type Row, row, us } from "./memory-journal.ts";

type Acked = (dueMs: number) => number | null;

function sends(ackedMs: Acked, { producer = 1, partition = 0 }: Place = {}): Row[] {
  return Array.from({ length: 500 }, (_, seq) => {
    const at = ackedMs(seq * 10);
    const intent = row.intent(producer, partition, seq, 1, seq * 10);
    if (at === null) return [intent];
    return [intent, row.outcome(producer, partition, seq, 1, OUTCOME.acked, -1, at)];
  }).flat();
}

/** Rounds of a fault: from each instant on nothing is acked for so long. */
const rounds =
  (...stalls: [fromMs: number, forMs: number][]): Acked =>
  (dueMs) => {
    const within = stalls.find(([from, long]) => dueMs >= from && dueMs < from + long);
    return within ? within[0] + within[1] : dueMs + 2;
  };

const health = (atMs: number, loopDelayMaxUs: number): NewEvent => ({
  type: "health",
  tUs: us(atMs),
  agent: "agent",
  loopDelayP999Us: 0,
  loopDelayMaxUs,
  cpuThrottledUs: 0,
  lateSendMaxUs: 0,
  journalWriteMaxUs: 0,
});

interface Case {
  judging?: Judging;
  others?: NewEvent[];
}

function stall(metric: MetricId, producer: Row[], { judging = BROKEN, others = [] }: Case = {}) {
  return measure(metric, { producer, judging, events: faultAt(1000, 1020, 5000, others) });
}

/** One producer: another that never sends would stall for ever. */
const WHOLE: Judging = { ...plan(), producers: plan().producers.slice(0, 1) };
const BROKEN: Judging = { ...WHOLE, faultStep: "disaster" };
const ms = (value: number, low = value) => ({ value, low, high: value, censored: false });

describe("the longest stall of the application", () => {
  it("is that of the worst round, where the recovery is counted over all of them", () => {
    const producer = sends(rounds([1100, 600], [2000, 800], [3000, 700]));
    expect(stall("stall.produce", producer)).to.deep.equal(ms(800));
    // From the middle of the fault's bounds to the ack that ends the last round.
    expect(stall("rto.produce", producer).value).to.equal(3700 - 1010);
  });

  it("is a round trip where nothing stalled, and leaves out what was over before the fault", () => {
    expect(stall("stall.produce", sends(rounds([100, 700])))).to.deep.equal(ms(2));
    expect(stall("stall.produce", sends(rounds([100, 700])), { judging: WHOLE })).to.deep.equal(
      ms(700),
    );
  });

  it("has no end where no ack came any more", () => {
    const producer = sends((dueMs) => (dueMs >= 4000 ? null : dueMs + 2));
    expect(stall("stall.produce", producer)).to.deep.equal({
      value: 990,
      low: 990,
      high: null,
      censored: true,
    });
  });

  it("may have been shorter by as much as its last ack may have been dated late", () => {
    const others = [health(2500, 30_000), health(4800, 90_000)];
    const producer = sends(rounds([1100, 800]));
    expect(stall("stall.produce", producer, { others })).to.deep.equal(ms(800, 770));
  });

  it("is of the worst partition", () => {
    const two = { ...BROKEN, logs: BROKEN.logs.map((log) => ({ ...log, partitions: 2 })) };
    const producer = [
      ...sends(rounds([1100, 300])),
      ...sends(rounds([2000, 500]), { partition: 1 }),
    ];
    expect(stall("stall.produce", producer, { judging: two })).to.deep.equal(ms(500));
  });

  it("is unknown when nothing was due after the fault", () => {
    const events = faultAt(4990, 4995, 5000);
    const told = measure("stall.produce", { judging: BROKEN, events });
    expect(told.inconclusive).to.equal("nothing was due after the fault");
    expect(told.value).to.equal(null);
  });
});

describe("the longest stall of the cluster", () => {
  const [application] = BROKEN.producers;
  if (application === undefined) throw new Error("the plan has a producer");
  const probed: Judging = {
    ...BROKEN,
    producers: [application, { ...application, id: 2, name: "probe", kind: "canary" }],
  };

  it("is the probe's, and no application's", () => {
    const producer = [
      ...sends(rounds([1100, 800])),
      ...sends(rounds([1100, 400]), { producer: 2 }),
    ];
    expect(stall("stall.cluster", producer, { judging: probed })).to.deep.equal(ms(400));
    expect(stall("stall.produce", producer, { judging: probed })).to.deep.equal(ms(800));
  });

  it("is in doubt where the application beside the probe was served all through", () => {
    const producer = [...sends(rounds()), ...sends(rounds([1100, 3000]), { producer: 2 })];
    const { inconclusive } = stall("stall.cluster", producer, { judging: probed });
    expect(inconclusive).to.be.a("string");
    expect(inconclusive).to.equal(stall("rto.cluster", producer, { judging: probed }).inconclusive);
  });
});

describe(gapsOf.name, () => {
  const at = (dueUs: number, doneUs: number) => ({ dueUs, dueLastUs: dueUs, doneUs });

  it("ends each wait with the next ack of anything that was due then or later", () => {
    const slots = [at(0, 5), at(10, Infinity), at(20, 90), at(30, 40)];
    expect(gapsOf(slots, 100, 50)).to.deep.equal([
      { fromUs: 30, forUs: 10, open: false },
      { fromUs: 20, forUs: 20, open: false },
      { fromUs: 10, forUs: 30, open: false },
      { fromUs: 0, forUs: 5, open: false },
    ]);
  });

  it("leaves open what was due early enough and never answered", () => {
    expect(gapsOf([at(0, 5), at(50, Infinity), at(51, Infinity)], 100, 50)).to.deep.equal([
      { fromUs: 50, forUs: 50, open: true },
      { fromUs: 0, forUs: 5, open: false },
    ]);
  });
});
