/** A heal that failed is told apart from the verdict: in the result, on the page, in the summary. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { renderMarkdown } from "../../../src/report/markdown.ts";
import { renderReport } from "../../../src/report/render.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "../reconcile/hand-written.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const healed: Result = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const unhealed: Result = {
  ...healed,
  healFailures: [{ step: "disaster", reason: "start primary-east-1: no space <left>" }],
};

describe("a heal that failed", () => {
  const judging = { ...readByNobody(), faultStep: "disaster" };
  const run = (failed: boolean) =>
    judgedAll({
      producer: acked(0, 1, 0),
      audit: [seen(1, 0, 0, 1), end(1, 1), end(3, 0)],
      judging,
      events: faultAt(1000, 1020, 5000, [
        ...(failed
          ? [{ type: "heal.failed", step: "disaster", reason: "it is stuck" } as const]
          : []),
      ]),
    });

  it("is in the result, and changes neither verdict nor reasons", () => {
    const [whole, broken] = [run(false), run(true)];
    expect(whole.healFailures).to.equal(undefined);
    expect(broken.healFailures).to.deep.equal([{ step: "disaster", reason: "it is stuck" }]);
    expect([broken.verdict, broken.reasons]).to.deep.equal([whole.verdict, whole.reasons]);
    expect(resultSchema.parse(broken).healFailures).to.have.length(1);
  });

  it("has a section of its own right behind the verdict, which is absent otherwise", () => {
    expect(renderReport(healed)).to.not.contain('id="unhealed"');
    const page = renderReport(unhealed);
    const [verdict, section, rest] = ["</header>", 'id="unhealed"', 'id="objectives"'].map((text) =>
      page.indexOf(text),
    );
    expect(section).to.be.within(verdict ?? 0, rest ?? 0);
    expect(page).to.contain("<b>disaster</b>: start primary-east-1: no space &lt;left&gt;");
  });

  it("stands above everything but the answer in the summary", () => {
    expect(renderMarkdown(healed)).to.not.contain("NOT HEALED");
    expect(renderMarkdown(unhealed).split("\n")[4]).to.match(/^- NOT HEALED, disaster: start/);
  });
});
