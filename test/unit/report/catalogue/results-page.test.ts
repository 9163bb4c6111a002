/** The page of results by row: its form, what it says of each kind of row, and that none is missing. */
import { expect } from "chai";
import { catalogueEntries, catalogueFiles } from "../../../../src/cli/catalogue-files.ts";
import { loadCells } from "../../../../src/experiment/load.ts";
import { resultsPage } from "../../../../src/report/catalogue/results-page.ts";
import { unexplained } from "../../../../src/report/catalogue/row-details.ts";
import { type CatalogueEntry, compareRows, rowsOf } from "../../../../src/report/catalogue/rows.ts";
import { assessment, runOf } from "../../../support/catalogue-runs.ts";

const entry = (name: string, row: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  name,
  title: `Title of ${name}`,
  file: `experiments/a-in-cluster/${name}.yaml`,
  version: "sha-1",
  catalogue: { row, source: ["S2"] },
  vars: {},
  kafka: ["4.3.1"],
  metrics: ["rpo.records"],
  predictions: [{ label: "RPO, records", written: "0" }],
  ...more,
});

/** Cells of the table row of an experiment. */
function cellsOf(page: string, name: string): string[] {
  const line = page.split("\n").find((one) => one.startsWith("| ") && one.includes(`${name}]`));
  return (line ?? "").split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
}

const LOST = assessment("rpo.records", { value: 7, verdict: "refuted" });

describe(`${resultsPage.name}, a row`, () => {
  it("shows a row that was not run, with what is predicted", () => {
    const page = resultsPage(rowsOf([entry("a01-x", "A1")], []));
    const cells = cellsOf(page, "a01-x");
    expect(cells.slice(1)).to.deep.equal(["RPO, records 0", "–", "not run", "–", "–", "–", "–"]);
    expect(page).to.contain("1 row: 1 not run; 0 runs in all.");
  });

  it("shows prediction, number, verdict, spread, date, run and images of one that was", () => {
    const first = runOf("a01-x", [assessment("rpo.records", { value: 3, verdict: "refuted" })]);
    const run = runOf("a01-x", [LOST]);
    const page = resultsPage(rowsOf([entry("a01-x", "A1")], [first, run]));
    const [name, predicted, measured, verdict, spread, date, id, images] = cellsOf(page, "a01-x");
    expect(name).to.contain("**A1**");
    expect([predicted, verdict, date]).to.deep.equal(["RPO, records 0", "refuted", "2026-01-01"]);
    expect(measured).to.equal("**7 records \\(exact\\)**");
    expect(spread).to.equal("RPO, records: 3 records – 5 records – 7 records \\(n 2\\)");
    expect([id, images]).to.deep.equal([`\`${run.run}\``, "i1"]);
    expect(page).to.contain("| i1 | kafka 4.3.1 | `blackstart/kafka:4.3.1` | `sha256:1` |");
    expect(page).to.contain(`All runs: \`${first.run}\` refuted, \`${run.run}\` refuted.`);
  });

  it("explains what was refuted, or says that nobody has", () => {
    const pageOf = (one: CatalogueEntry) => resultsPage(rowsOf([one], [runOf("a01-x", [LOST])]));
    expect(pageOf(entry("a01-x", "A1"))).to.contain("no explanation is written in its file yet");
    const catalogue = { row: "A1", source: [], refuted: "the disk was full, see run-1" };
    const told = pageOf(entry("a01-x", "A1", { catalogue }));
    expect(told).to.contain("**Why it was not as predicted:** The disk was full, see run-1.");
    expect(told).to.not.contain("no explanation");
  });

  it("names the rows that did not hold and whose files do not say why", () => {
    const rowsWith = (refuted?: string) => {
      const catalogue = { row: "A1", source: [], ...(refuted === undefined ? {} : { refuted }) };
      const rows = rowsOf([entry("a01-x", "A1", { catalogue })], [runOf("a01-x", [LOST])]);
      return unexplained(rows).map(({ label }) => label);
    };
    expect(rowsWith()).to.deep.equal(["A1"]);
    expect(rowsWith("the disk was full")).to.deep.equal([]);
    expect(unexplained(rowsOf([entry("a01-x", "A1")], []))).to.deep.equal([]);
  });

  it("goes on after 'because' as a sentence does, and leaves names as they are", () => {
    const told = (because: string) => {
      const page = resultsPage(rowsOf([entry("a01-x", "A1", { because })], []));
      return /^Expected because .*$/m.exec(page)?.[0];
    };
    expect(told("A killed broker is fenced.")).to.equal(
      "Expected because a killed broker is fenced.",
    );
    expect(told("The rest is gone")).to.equal("Expected because the rest is gone.");
    for (const name of ["RTO is", "MirrorMaker goes", "Kafka waits", "2 to 4 s", "acks=1 is"]) {
      expect(told(name)).to.equal(`Expected because ${name}.`);
    }
  });

  it("says what a quick variant scales down, and that a file has changed since", () => {
    const catalogue = {
      row: "A1",
      variant: "quick" as const,
      scaled: "10 min -> 40 s",
      source: [],
    };
    const one = entry("a01-x", "A1", { catalogue, version: "sha-2" });
    const page = resultsPage(rowsOf([one], [runOf("a01-x", [LOST])]));
    expect(page).to.contain("### A1 quick: Title of a01-x");
    expect(page).to.contain("Timers scaled down: 10 min -&gt; 40 s.");
    expect(page).to.contain("the file has been changed since this run");
  });
});

describe(`${resultsPage.name}, versions of a file`, () => {
  it("says which runs are of another version of the file than the one that speaks", () => {
    const first = runOf("a01-x", [LOST], { version: "sha-0" });
    const run = runOf("a01-x", [LOST]);
    const open = assessment("rpo.records", { value: null, verdict: "inconclusive" });
    const later = runOf("a01-x", [open], { version: "sha-2" });
    const page = resultsPage(rowsOf([entry("a01-x", "A1")], [later, first, run]));
    expect(page).to.contain(
      `All runs: \`${first.run}\` refuted (earlier version of the file), ` +
        `\`${run.run}\` refuted, \`${later.run}\` inconclusive (later version of the file).`,
    );
    expect(cellsOf(page, "a01-x")[4]).to.contain("n 1");
  });

  it("takes the included files for a part of it", () => {
    const versions = catalogueEntries().flatMap(({ name, version }) =>
      name === "b16a-recreated-unseen" || name === "b16-topic-recreated" ? [version] : [],
    );
    const [base = "", unseen = ""] = versions;
    expect(base).to.match(/^[0-9a-f]{64}$/);
    expect(unseen).to.match(new RegExp(`^[0-9a-f]{64}\\+${base}$`));
  });
});

describe(`${resultsPage.name}, all rows`, () => {
  it("says of what is inconclusive all that makes it so", () => {
    const head = resultsPage([]).replaceAll("\n", " ");
    expect(head).to.contain("or a target lay within the bounds of the measurement");
  });

  it("leaves out runs with other variables or another Kafka, and names them", () => {
    const other = runOf("a01-x", [LOST], { vars: { away: "2m" } });
    const older = runOf("a01-x", [LOST], { kafka: ["3.9.2"] });
    const page = resultsPage(rowsOf([entry("a01-x", "A1")], [other, older]));
    expect(cellsOf(page, "a01-x")[3]).to.equal("not run");
    expect(page).to.contain(`left out: \`${other.run}\`, \`${older.run}\`.`);
  });

  it("keeps cells of a matrix apart, and groups in order, drills last", () => {
    const cells = ["rtt=1ms", "rtt=80ms"].map((cell) => entry("c12-x", "C12", { cell }));
    const { catalogue: _, ...drill } = entry("broker-crash", "A1");
    const rows = rowsOf(
      [drill, ...cells, entry("a10-x", "A10"), entry("a02-x", "A2")],
      [runOf("c12-x", [LOST], { cell: "rtt=80ms" })],
    );
    expect(rows.map(({ label, answer }) => `${label}: ${answer.word}`)).to.deep.equal([
      "A2: not run",
      "A10: not run",
      "C12 rtt=1ms: not run",
      "C12 rtt=80ms: refuted",
      "broker-crash: not run",
    ]);
    const headings = resultsPage(rows).match(/^## .*$/gm);
    expect(headings).to.deep.equal([
      "## A. Partial failures in one cluster",
      "## C. Stretched clusters",
      "## Drills outside the catalogue",
      "## Images",
      "## Details of A",
      "## Details of C",
      "## Details of the drills",
    ]);
  });

  it("is not tricked by what a run or a file says", () => {
    const title = "<script>alert(1)</script> | a | b";
    const reasons = ["| x | [y](javascript:z)"];
    const run = runOf("a01-x", [LOST], { reasons, verdict: "inconclusive" });
    const page = resultsPage(rowsOf([entry("a01-x", "A1", { title })], [run]));
    expect(page).to.not.contain("<script>").and.to.not.contain("[y](");
    expect(page).to.contain("\\| x");
  });

  it("has every row of the catalogue that has a file, with the same width throughout", () => {
    const page = resultsPage(rowsOf(catalogueEntries(), []));
    const files = catalogueFiles();
    expect(files.length).to.be.greaterThan(7);
    for (const file of files) {
      const [loaded] = loadCells(file);
      expect(cellsOf(page, loaded?.experiment.name ?? "?"), file).to.have.length(8);
      expect(page).to.contain(`](../${file})`);
    }
  });
});

describe(compareRows.name, () => {
  it("counts as people do", () => {
    const sorted = ["A10", "A1g", "A2", "A1", "A1 full"].sort(compareRows);
    expect(sorted).to.deep.equal(["A1", "A1 full", "A1g", "A2", "A10"]);
  });
});
