/**
 * Goal: the judge finds every defect class of metrics.md, exactly, and nothing else.
 *
 * Method: a simulated run whose truth is known, one defect planted in each, the same judge that
 * judges drills. `docs/calibration.md` is generated from the same table.
 */
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { tryCase } from "./reconcile/case.ts";
import { cases } from "./reconcile/cases.ts";
import { renderTable } from "./reconcile/render-table.ts";

describe("calibration of the judge", () => {
  for (const one of cases) {
    it(`${one.name}: ${one.planted}`, () => {
      const { failures, falseAlarms } = tryCase(one);
      expect(failures, "exact class, count and place").to.deep.equal([]);
      if (one.anomalies) expect(falseAlarms, "false alarms").to.deep.equal([]);
    });
  }

  it("is documented as it is (else: node test/calibration/table.ts)", () => {
    const file = path.join(import.meta.dirname, "../../docs/calibration.md");
    expect(fs.readFileSync(file, "utf8")).to.equal(renderTable());
  });
});
