/** What the page says of its own evidence, in words that need no second look. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { instrumentView } from "../../../src/report/view-model-evidence.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const failed: Result = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
type Journal = Result["instrument"]["journals"][number];

function textOf(...states: Journal["state"][]): string {
  const journals = states.map(
    (state): Journal => ({ file: "f", agent: "a", role: "producer", rows: 600, state, detail: "" }),
  );
  return instrumentView({ ...failed, instrument: { ...failed.instrument, journals } }).journalsText;
}

describe(instrumentView.name, () => {
  it("says what a row is, and why a journal was not closed", () => {
    expect(textOf("closed", "closed")).to.equal(
      "2 journals with 1,200 rows (a row is a batch of records, or what became of one), all closed",
    );
    expect(textOf("closed", "open-end")).to.contain("1 not closed: who wrote them was killed");
    expect(textOf("open-end", "corrupt")).to.contain("2 not closed: why is beside each of them");
  });
});
