/** The claims file: what it says, and every mistake with its place. */
import { join } from "node:path";
import { expect } from "chai";
import { catalogueEntries } from "../../../src/cli/catalogue-files.ts";
import { gapsOf } from "../../../src/cli/judge-claims.ts";
import { askedOf, loadClaims, parseClaims } from "../../../src/experiment/claims.ts";
import { ExperimentError, formatProblem } from "../../../src/experiment/problems.ts";
import { packageRoot } from "../../../src/kernel/environment.ts";
import { judgeClaims } from "../../../src/reconcile/catalogue/judge-claims.ts";
import { assessment, runOf } from "../../support/catalogue-runs.ts";

const SAMPLE = `version: 1
claims:
  - id: one
    text: Nothing is lost
    source: [S0, KIP-545]
    rows: [A1, C6a]
    doubt: It may be.
    refutedWhen: { of: a01-killed, metric: rpo.records, is: ">=1" }
    qualifiedWhen:
      - { of: [a01-full, a01-killed], metric: rto.produce, is: "7s..12s" }
      - { of: a01-killed, metric: rpo.shape, is: tail }
    qualified: it takes a while
    otherwise: confirmed
  - id: two
    text: Nobody knows
    source: [S1]
    rows: [D6]
    doubt: Nothing runs it.
`;

function problemsOf(text: string): string[] {
  try {
    parseClaims(text, "c.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map((problem) => formatProblem(problem).replace(/^c\.yaml:/, ""));
  }
}
const spoilt = (find: string, put: string) => {
  expect(SAMPLE).to.contain(find);
  return problemsOf(SAMPLE.replace(find, put));
};

describe("claims file", () => {
  it("is read into claims with rules in the language of predictions", () => {
    const [one, two] = parseClaims(SAMPLE, "c.yaml");
    expect(one?.decides?.refutedWhen).to.deep.equal([
      { of: ["a01-killed"], is: { metric: "rpo.records", low: 1, written: ">=1" } },
    ]);
    expect(one?.decides?.qualifiedWhen).to.deep.equal([
      {
        of: ["a01-full", "a01-killed"],
        is: { metric: "rto.produce", low: 7000, high: 12_000, written: "7s..12s" },
      },
      { of: ["a01-killed"], is: { metric: "rpo.shape", text: "tail", written: "tail" } },
    ]);
    expect(one?.decides?.otherwise).to.equal("confirmed");
    expect(two?.decides).to.equal(undefined);
  });

  it("tells a mistake with its place", () => {
    expect(spoilt("id: two", "id: one")).to.deep.equal(['14:9: another claim is called "one"']);
    expect(spoilt("rows: [D6]", "rows: [Z6]")).to.deep.equal([
      '17:12: expected the row of the catalogue, such as A1, A1g or C6a, found "Z6"',
    ]);
    expect(spoilt("    otherwise: confirmed\n", "")).to.deep.equal([
      "3:9: a claim with a rule needs `otherwise`: what it is when no rule holds",
    ]);
    expect(spoilt("doubt: Nothing runs it.", "otherwise: confirmed")).to.include(
      '14:5: the key "doubt" is missing: expected a text',
    );
    expect(
      spoilt("    doubt: Nothing", "    otherwise: refuted\n    doubt: Nothing"),
    ).to.deep.equal(["18:16: `otherwise` needs a rule: refutedWhen or qualifiedWhen"]);
    expect(spoilt("version: 1", "version: 2")).to.have.length(1);
    expect(spoilt("source: [S1]", "sauce: [S1]")).to.have.length(2);
  });

  it("refuses a rule that no measurement could answer", () => {
    const [problem = ""] = spoilt('is: ">=1"', "is: many");
    expect(problem).to.match(/^8:/);
    expect(spoilt("metric: rpo.records", "metric: rpo.recods")[0]).to.match(/^8:/);
    expect(spoilt('"7s..12s"', '"7s"')).to.have.length(1);
  });

  it("says which experiments it asks for what", () => {
    const asked = askedOf(parseClaims(SAMPLE, "c.yaml"));
    expect([...(asked.get("a01-killed") ?? [])]).to.deep.equal([
      "rpo.records",
      "rto.produce",
      "rpo.shape",
    ]);
    expect([...(asked.get("a01-full") ?? [])]).to.deep.equal(["rto.produce"]);
  });

  it("is told where a rule asks what no experiment answers", () => {
    const claims = parseClaims(SAMPLE, "c.yaml");
    expect(
      gapsOf(claims, [{ name: "a01-killed", metrics: ["rpo.records", "rto.produce"] }]),
    ).to.deep.equal([
      "a01-killed neither predicts rpo.shape nor has an objective for it",
      "no experiment is called a01-full",
    ]);
  });
});

describe("experiments/claims/claims.yaml", () => {
  const claims = loadClaims(join(packageRoot(), "experiments/claims/claims.yaml"));

  it("is valid, and has the claims of all four articles", () => {
    expect(claims.length).to.be.greaterThan(40);
    const sources = new Set(claims.flatMap(({ source }) => source));
    expect([...sources]).to.include.members(["S0", "S1", "S2", "S3"]);
  });

  it("asks only experiments of the rows that it names", () => {
    const strayed = claims.flatMap(({ id, rows, decides }) =>
      [...(decides?.refutedWhen ?? []), ...(decides?.qualifiedWhen ?? [])]
        .flatMap(({ of }) => of)
        .filter((name) => {
          const [, group = "", number = "", letter = ""] = /^(\D)0*(\d+)(\D?)-/.exec(name) ?? [];
          const row = `${group.toUpperCase()}${number}`;
          return !rows.includes(row) && !rows.includes(`${row}${letter}`);
        })
        .map((name) => `${id}: ${name}`),
    );
    expect(strayed).to.deep.equal([]);
  });

  it("asks the full variant of an experiment first, where that measures the same", () => {
    const entries = catalogueEntries();
    const late = claims.flatMap(({ id, decides }) =>
      [...(decides?.refutedWhen ?? []), ...(decides?.qualifiedWhen ?? [])].flatMap(({ of, is }) =>
        entries.some(({ name, metrics }) => name === `${of[0]}-full` && metrics.includes(is.metric))
          ? [`${id}: ${of.join(", ")}`]
          : [],
      ),
    );
    expect(late).to.deep.equal([]);
  });

  it("qualifies a topic that is its name by the loss of a worker that was away", () => {
    const loss = (name: string, value: number) =>
      runOf(name, [assessment("rpo.records", { value, verdict: "refuted" })]);
    const about = claims.filter(({ id }) => id === "a-topic-is-its-name");
    const seen = loss("b16-topic-recreated", 0);
    const words = [157, 0].map((lost) => {
      const [verdict] = judgeClaims(about, [seen, loss("b16a-recreated-unseen", lost)]);
      return verdict?.word;
    });
    expect(words).to.deep.equal(["qualified", "confirmed"]);
  });

  it("has a rule for no claim whose rows are all of groups that are not built", () => {
    const ruled = claims.filter(
      ({ decides, rows }) => decides && rows.every((r) => /^[D-H]/.test(r)),
    );
    expect(ruled).to.deep.equal([]);
  });
});
