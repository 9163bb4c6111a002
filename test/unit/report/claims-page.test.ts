/** Judged claims on a page, and in a terminal. */
import { expect } from "chai";
import type { ClaimVerdict } from "../../../src/reconcile/catalogue/judge-claims.ts";
import { claimsPage, claimsText } from "../../../src/report/claims/claims-page.ts";

const CLAIM = {
  id: "one",
  text: "nothing | is lost",
  source: ["S0"],
  rows: ["B4"],
  doubt: "it may",
};
const evidence = (run: string) => ({
  experiment: "b04-x",
  run,
  startedAt: "2026-01-01T00:00:00Z",
  label: "RPO, records",
  unit: "records",
  measured: { value: 7, low: 7, high: 7, censored: false },
  asked: ">=1",
  answer: "yes" as const,
});
const REFUTED: ClaimVerdict = {
  claim: CLAIM,
  word: "refuted",
  note: "",
  evidence: ["r1", "r2", "r3", "r4"].map(evidence),
};
const OPEN: ClaimVerdict = {
  claim: { ...CLAIM, id: "two", qualified: "a part" },
  word: "not run",
  note: "nothing decides it here; its rows are B4",
  evidence: [],
};

describe(claimsPage.name, () => {
  it("has a row for each claim: text, source, verdict, number and run", () => {
    const page = claimsPage([REFUTED, OPEN]);
    const rows = page.split("\n").filter((line) => line.startsWith("| Nothing"));
    expect(rows).to.have.length(2);
    expect(rows[0]).to.contain("| Nothing \\| is lost. | S0 | **refuted** | b04-x: RPO, records");
    expect(rows[0]).to.contain("7 records \\(exact\\), asked &gt;=1: yes, run r1<br>");
    expect(rows[0]).to.contain("<br>and 1 more |");
    expect(rows[1]).to.contain("| not run | nothing decides it here; its rows are B4 |");
    expect(page).to.contain("2 claims: 0 confirmed, 0 qualified, 1 refuted, 1 not run.");
  });

  it("says what is left of a claim only when it is qualified", () => {
    expect(claimsPage([OPEN])).to.not.contain("A part");
    const page = claimsPage([{ ...OPEN, word: "qualified", note: "in 1 of 3 runs" }]);
    expect(page).to.contain("**two** (B4). It may. Qualified: a part.");
    expect(page).to.contain("| **qualified** | in 1 of 3 runs |");
  });
});

describe(claimsText.name, () => {
  it("says the verdict first, and the evidence below", () => {
    const lines = claimsText([REFUTED, OPEN]).split("\n");
    expect(lines[0]).to.equal("REFUTED    nothing | is lost [S0]");
    expect(lines[1]).to.contain("b04-x: RPO, records 7 records (exact), asked >=1: yes, run r1");
    expect(lines).to.include("             nothing decides it here; its rows are B4");
  });
});
