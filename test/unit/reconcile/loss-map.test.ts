/**
 * Goal: the map shows what is missing, doubled or unknown, each where it was due.
 *
 * Method: a run of one second, so that a column is 250 ms; times in ms.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { acked, end, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";
import { send, shown } from "./one-second.ts";

const plan = readByNobody();

describe("the map of losses", () => {
  it("shows what is missing, doubled or unknown where it was due, by partition", () => {
    const one = { partition: 1 };
    const result = shown(
      [
        ...acked(0, 2, 0),
        row.intent(1, 0, 2, 4, 300),
        row.outcome(1, 0, 2, 2, OUTCOME.acked, 2, 400),
        ...acked(60, 2, 10),
        ...acked(0, 1, 0, one),
      ],
      {
        audit: [
          seen(1, 0, 0, 2),
          seen(1, 2, 1, 1),
          seen(1, 3, 3, 1),
          end(1, 12),
          end(3, 0),
          end(1, 1, { ...one, complete: false }),
        ],
      },
    );
    expect(result.lossMap).to.deep.equal({
      columnMs: 250,
      rows: [
        {
          cluster: "primary",
          topic: "orders",
          partition: 0,
          cells: [
            { fromMs: 0, acked: 2, missing: 0, duplicated: 1, indeterminate: 0 },
            { fromMs: 250, acked: 2, missing: 1, duplicated: 0, indeterminate: 2 },
            { fromMs: 500, acked: 2, missing: 2, duplicated: 0, indeterminate: 0 },
          ],
        },
        {
          cluster: "primary",
          topic: "orders",
          partition: 1,
          cells: [{ fromMs: 0, acked: 1, missing: null, duplicated: 0, indeterminate: 0 }],
        },
      ],
    });
  });
});

describe("the cells of the map of losses", () => {
  const cellsOf = (producer: Row[], audit: Row[]) =>
    shown(producer, { audit }).lossMap.rows[0]?.cells.map((cell) => [
      ...[cell.fromMs, cell.acked, cell.missing],
      ...[cell.duplicated, cell.indeterminate],
    ]);

  it("stand where anything was, be it nothing but missing, doubled or unknown", () => {
    const producer = [
      ...send(0, 4, 200, OUTCOME.acked, 360, 350),
      ...send(4, 1, 510, OUTCOME.failed, 560),
      row.intent(1, 0, 5, 2, 800),
    ];
    const audit = [seen(1, 0, 0, 2), seen(1, 2, 4, 1), seen(1, 3, 4, 1), end(1, 4), end(3, 0)];
    expect(cellsOf(producer, audit)).to.deep.equal([
      [0, 4, 0, 0, 0],
      [250, 0, 2, 0, 0],
      [500, 0, 0, 1, 0],
      [750, 0, 0, 0, 2],
    ]);
  });

  it("are the first and the last for what was due before or after the workload", () => {
    const producer = [
      row.intent(1, 0, 0, 1, -30),
      ...send(1, 2, 999, OUTCOME.acked, 1100),
      ...send(3, 1, 1300, OUTCOME.acked, 1400),
    ];
    expect(cellsOf(producer, [seen(1, 0, 0, 4), end(1, 4), end(3, 0)])).to.deep.equal([
      [0, 0, 0, 0, 1],
      [750, 3, 0, 0, 0],
    ]);
  });

  it("count a double for the stream it is of, and none of what nobody announced", () => {
    const two = { producer: 2 };
    const producer = [...acked(0, 2, 0), ...acked(0, 2, 2, two)];
    const audit = [
      seen(1, 0, 0, 2),
      seen(1, 2, 0, 2, two),
      seen(1, 4, 1, 1, two),
      seen(1, 5, 50, 1),
      seen(1, 6, 50, 1),
    ];
    expect(cellsOf(producer, [...audit, end(1, 7), end(3, 0)])).to.deep.equal([[0, 4, 0, 1, 0]]);
  });

  it("are in rows by log and partition, whichever producer came first", () => {
    const log = { id: 2, cluster: "primary", topic: "other", partitions: 2, region: "r" };
    const [one, two] = plan.producers;
    if (!one || !two) throw new Error("two producers");
    const judging: Judging = {
      ...plan,
      logs: [...plan.logs, { ...log, role: "workload" }],
      producers: [{ ...one, log: 2 }, two, { ...two, id: 3, log: 2 }],
    };
    const sent = (producer: number, partition: number) => acked(0, 1, 0, { producer, partition });
    const producer = [...sent(1, 1), ...sent(2, 1), ...sent(2, 0), ...sent(3, 0)];
    const { rows } = shown(producer, { judging }).lossMap;
    expect(rows.map(({ topic, partition }) => `${topic}/${partition}`)).to.deep.equal([
      "orders/0",
      "orders/1",
      "other/0",
      "other/1",
    ]);
  });
});
