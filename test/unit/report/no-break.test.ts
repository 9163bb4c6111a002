/** Numbers and their units stay on one line. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { resultSchema } from "../../../src/reconcile/result.ts";
import { renderMarkdown } from "../../../src/report/markdown.ts";
import { unbroken } from "../../../src/report/no-break.ts";
import { renderReport } from "../../../src/report/render.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const failed = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));

describe(unbroken.name, () => {
  it("binds a number to its unit, and a sign to its number", () => {
    const shown = (text: string) => unbroken(text).replaceAll("\u00a0", "_");
    expect(shown("at 18.61 s to 2 m 05 s")).to.equal("at 18.61_s to 2_m_05_s");
    expect(shown("≥ 9.00 s (± 13 ms)")).to.equal("≥_9.00_s (±_13_ms)");
    expect(shown("8,927 records of 6 partitions, 12 %")).to.equal(
      "8,927_records of 6_partitions, 12_%",
    );
    expect(shown("3 more faults, 5 s-shaped, region 1 main")).to.equal(
      "3 more faults, 5 s-shaped, region 1 main",
    );
  });

  it("leaves outlines, class names and what is copied from a page as it is", () => {
    const view = { d: "M1 2 m 3", id: "5 s", cells: [{ s: "retention 5 s", c: "code wide" }] };
    expect(unbroken(view)).to.deep.equal(view);
  });

  it("is of pages alone", () => {
    expect(renderReport(failed)).to.contain("\u00a0records");
    expect(renderMarkdown(failed)).to.not.contain("\u00a0");
  });
});
