/** The page of a set: what its first screen says of the set as a whole. */
import { expect } from "chai";
import { renderSetReport } from "../../../../src/report/set/render.ts";
import { judgedSet, times } from "../../reconcile/repetition/sets.ts";

describe(renderSetReport.name, () => {
  it("has the facts that the page of a run has: duration, tool and exit code", () => {
    const page = renderSetReport(judgedSet(times(3)));
    // A number and its unit stay on one line of the page.
    const fact = (term: string) =>
      new RegExp(`<dt>${term}</dt>\\s*<dd[^>]*>([^<]*)</dd>`)
        .exec(page)?.[1]
        ?.replaceAll("\u00a0", " ");
    expect(fact("Duration")).to.equal("3 m 00 s in 3 runs");
    expect(fact("Tool")).to.equal("blackstart 0.0.0");
    expect(fact("Exit code")).to.equal("0");
  });
});
