/** `catalogue`: what is refused, and that plan, result and report carry what was written. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { catalogueSchema, rowName } from "../../../src/history/catalogue.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import { resultSchema } from "../../../src/reconcile/result.ts";
import { pageView } from "../../../src/report/view-model.ts";
import { SyntheticRun } from "../reconcile/synthetic-run.ts";
import { planOf, problemsOf, SAMPLE } from "./sample.ts";

const withRow = (row: string) => `${SAMPLE}catalogue: ${row}\n`;
const QUICK = "{ row: B9, variant: quick, scaled: partition 10 min -> 40 s, source: [S2] }";

describe("catalogue", () => {
  it("is carried into the plan as it was written, and absent where there is none", () => {
    const { catalogue } = planOf(withRow(QUICK));
    expect(catalogue).to.deep.equal({
      row: "B9",
      variant: "quick",
      scaled: "partition 10 min -> 40 s",
      source: ["S2"],
    });
    expect(planOf(SAMPLE)).to.not.have.property("catalogue");
  });

  it("accepts every kind of row and of source", () => {
    for (const row of ["A1", "A1g", "C6a", "B19", "I6", "F4b"]) {
      const source = ["S0", "KIP-545", "KAFKA-10710", "kafkajs#1303", "tulios/kafkajs#1303"];
      expect(problemsOf(withRow(`{ row: ${row}, source: [${source.join(", ")}] }`))).to.deep.equal(
        [],
      );
    }
    expect(problemsOf(withRow("{ row: B14, source: [] }"))).to.deep.equal([]);
  });

  const at = SAMPLE.split("\n").length;
  it("refuses a quick variant that does not say what it scales", () => {
    expect(problemsOf(withRow("{ row: A1, variant: quick, source: [S2] }"))).to.deep.equal([
      `${at}:32: a quick variant must say what it scales down: scaled: partition 10 min -> 40 s`,
    ]);
  });

  it("refuses scaled timers in anything but a quick variant", () => {
    const sentence =
      "only a quick variant scales timers down: add variant: quick, or take `scaled` out";
    for (const variant of ["", "variant: full, "]) {
      const text = withRow(`{ row: A1, ${variant}scaled: a, source: [] }`);
      const column = text.split("\n")[at - 1]?.indexOf("a, source");
      expect(problemsOf(text)).to.deep.equal([`${at}:${Number(column) + 1}: ${sentence}`]);
    }
  });

  it("refuses rows and sources that are none, and keys that it does not know", () => {
    expect(problemsOf(withRow("{ row: Z1, sauce: [S9], source: [S9] }"))).to.deep.equal([
      `${at}:19: expected the row of the catalogue, such as A1, A1g or C6a, found "Z1"`,
      `${at}:23: unknown key "sauce"; the other keys here are variant, scaled, refuted`,
      `${at}:45: expected S0 to S3, KIP-n, KAFKA-n or project#n, found "S9"`,
    ]);
    expect(problemsOf(withRow("{ row: A1 }"))).to.have.length(1);
  });

  it("is in the result; a scaled timer is a limit of the evidence", () => {
    const input = new SyntheticRun({}).input();
    expect(judge(input)).to.not.have.property("catalogue");
    const catalogue = catalogueSchema.parse(planOf(withRow(QUICK)).catalogue);
    const result = judge({ ...input, plan: { ...input.plan, catalogue } });
    expect(resultSchema.parse(result).catalogue).to.deep.equal(catalogue);
    const limits = result.limits.filter((limit) => limit.includes("timers scaled down: "));
    expect(limits).to.have.length(1);
    expect(limits[0]).to.contain("variant of B9").and.to.contain("partition 10 min -> 40 s");
    const full = judge({ ...input, plan: { ...input.plan, catalogue: { row: "B9", source: [] } } });
    expect(full.limits.filter((limit) => limit.includes("scaled"))).to.deep.equal([]);
  });

  it("is in the report's header", () => {
    const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
    const golden = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    const factOf = (catalogue?: object) =>
      pageView({
        ...golden,
        ...(catalogue ? { catalogue } : {}),
      } as typeof golden).verdict.facts.find(({ term }) => term === "Catalogue")?.value;
    expect(factOf()).to.equal(undefined);
    expect(factOf(planOf(withRow(QUICK)).catalogue)).to.equal(
      "B9 quick, from S2; timers scaled down: partition 10 min -> 40 s",
    );
    expect(factOf({ row: "C6a", source: [] })).to.equal("C6a");
  });

  it("names each variant of a row apart", () => {
    expect(rowName({ row: "A1", source: [] })).to.equal("A1");
    expect(rowName({ row: "A1", variant: "full", source: [] })).to.equal("A1 full");
  });
});
