/**
 * Goal: with acks=0 nothing is acknowledged, so an RPO of 0 would stand on nothing, and what is gone
 * must show all the same.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { Expectation } from "../../../src/history/judging.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { row } from "./memory-journal.ts";

const UNCONFIRMED: Expectation = { metric: "unconfirmed.records", low: 1, written: ">= 1" };
const RPO: Expectation = { metric: "rpo.records", high: 0, written: "0" };

/** Producer 1 sends 10 records with acks=0, of which the log holds the first `held`. */
function silent(held: number, { others = false, objectives = [RPO] } = {}) {
  const plan = readByNobody();
  const producer = [
    row.intent(1, 0, 0, 10, 0, 10),
    row.outcome(1, 0, 0, 10, OUTCOME.indeterminate, 0, 120),
    ...(others ? acked(0, 3, held, { producer: 2 }) : []),
  ];
  const rest = others ? [seen(1, held, 0, 3, { producer: 2 })] : [];
  const audit = [seen(1, 0, 0, held), ...rest, end(1, held + (others ? 3 : 0)), end(3, 0)];
  const judging = {
    ...plan,
    faultStep: "disaster",
    logs: plan.logs.map((log) => ({ ...log, partitions: 1 })),
    producers: plan.producers
      .filter(({ id }) => others || id === 1)
      .map((one) => (one.id === 1 ? { ...one, acks: "0" as const } : one)),
    objectives,
    predictions: [UNCONFIRMED],
  };
  return judgedAll({ producer, audit, judging, events: faultAt(40, 50, 1000) });
}

const WARNING =
  "4 records sent with acks=0 are on no surviving log; nothing was acked, so they are no part of the RPO";

describe("records sent with acks=0", () => {
  it("are counted when no surviving log holds them, and told of without being asked", () => {
    const { predictions, warnings } = silent(6);
    expect(predictions[0]?.measured).to.include({ value: 4, low: 4, high: 4 });
    expect(warnings).to.include(WARNING);
  });

  it("are no warning where all of them survived, or an objective is about them", () => {
    expect(silent(10).warnings).to.deep.equal([]);
    expect(silent(10).predictions[0]?.measured.value).to.equal(0);
    const objectives = [{ metric: "unconfirmed.records" as const, high: 5, written: "5" }];
    expect(silent(6, { objectives }).warnings).to.deep.equal([]);
  });

  it("leave no RPO of 0 behind: of nothing acked nothing can be missing", () => {
    const { objectives, rpo } = silent(6);
    expect(objectives[0]?.verdict).to.equal("inconclusive");
    expect(rpo).to.include({ lost: null, stranded: null });
    expect(rpo.records.inconclusive).to.equal(
      "every record was sent with acks=0: nothing was acknowledged",
    );
  });

  it("do not touch the RPO of those that were acked beside them", () => {
    const { rpo, predictions } = silent(6, { others: true });
    expect(rpo.records.value).to.equal(0);
    expect(predictions[0]?.measured.value).to.equal(4);
  });

  it("are accounted for, to the last", () => {
    const found = silent(6).balances.find(({ title }) => title.includes("acks=0"));
    expect(found?.ties).to.equal(true);
    expect(found?.rows.map(({ id, count }) => [id, count])).to.deep.equal([
      ["surviving", 6],
      ["unconfirmed", 4],
      ["failed", 0],
      ["sent", 10],
    ]);
  });

  it("are not late: without an ack there is no time to produce", () => {
    expect(silent(6).recoveries.map(({ viewpoint }) => viewpoint)).to.not.include("produce");
  });

  it("are none where every producer asks for acks", () => {
    const judging = { ...readByNobody(), predictions: [UNCONFIRMED] };
    const audit = [seen(1, 0, 0, 1), end(1, 1), end(3, 0)];
    const { predictions } = judgedAll({ producer: acked(0, 1, 0), audit, judging });
    expect(predictions[0]?.measured.inconclusive).to.equal("no producer sent with acks=0");
  });
});
