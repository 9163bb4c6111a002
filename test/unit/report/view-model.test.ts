/** The words and numbers of the page. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import {
  formatMargin,
  formatMeasure,
  formatUtc,
  list,
  sentence,
} from "../../../src/report/format.ts";
import { renderReport } from "../../../src/report/render.ts";
import { parseTarget } from "../../../src/report/target.ts";
import { stylePartial } from "../../../src/report/templates/style.ts";
import { pageView } from "../../../src/report/view-model.ts";
import { environmentView, flatten } from "../../../src/report/view-model-environment.ts";
import { answerSentence, faultClause } from "../../../src/report/view-model-verdict.ts";

function load(name: string): Result {
  const file = new URL(`../../golden/files/${name}.result.json`, import.meta.url);
  return resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
const measure = (value: number | null, low = value, high = value, censored = false) => ({
  value,
  low,
  high,
  censored,
});

describe(formatMeasure.name, () => {
  it("prints the bounds as ± when they are even, else as an interval", () => {
    expect(formatMeasure(measure(9100, 9078, 9122), "ms")).to.deep.equal({
      main: "9.10 s",
      bounds: "± 22 ms",
    });
    expect(formatMeasure(measure(100, 90, 150), "ms").bounds).to.equal("90 ms to 150 ms");
    expect(formatMeasure(measure(0, 0, 15), "ms").bounds).to.equal("at most 15 ms");
    expect(formatMeasure(measure(1204), "records").bounds).to.equal("exact");
  });

  it("never prints 0 for a number that is missing or not over", () => {
    expect(formatMeasure(measure(null), "records").main).to.equal("no number");
    const open = formatMeasure({ value: 60_000, low: 60_000, high: null, censored: true }, "ms");
    expect(open).to.deep.equal({ main: "≥ 1 m 00 s", bounds: "not over when the run ended" });
  });

  it("uses the singular for one", () => {
    expect(formatMeasure(measure(1), "records").main).to.equal("1 record");
    expect(formatMeasure(measure(1), "ms").main).to.equal("1 ms");
  });
});

describe("small words", () => {
  it("formats margins, dates, lists and sentences", () => {
    expect(formatMargin({ margin: -704, unit: "records", verdict: "missed" })).to.equal(
      "−704 records",
    );
    expect(formatMargin({ margin: 20_910, unit: "ms", verdict: "met" })).to.equal("+20.91 s");
    expect(formatMargin({ margin: null, unit: "ms", verdict: "met" })).to.equal("–");
    expect(formatUtc("2026-03-01T09:00:00.431Z")).to.equal("2026-03-01 09:00:00 UTC");
    expect(formatUtc("2026-03-01T10:00:00+01:00")).to.equal("2026-03-01T10:00:00+01:00");
    expect(formatUtc("yesterday")).to.equal("yesterday");
    expect(list(["a", "b", "c", "d", "e"])).to.equal("a, b, c and 2 more");
    expect(list(["a", "b", "c", "d"])).to.equal("a, b, c and d");
    expect(sentence("the run ended")).to.equal("The run ended.");
  });
});

describe(formatMargin.name, () => {
  it("has none for a miss that the distance did not decide", () => {
    expect(formatMargin({ margin: 443, unit: "records", verdict: "missed" })).to.equal("–");
    expect(formatMargin({ margin: 0, unit: "records", verdict: "refuted" })).to.equal("–");
    expect(formatMargin({ margin: 0, unit: "records", verdict: "met" })).to.equal("0");
  });
});

describe(parseTarget.name, () => {
  it("reads an upper bound and nothing else", () => {
    expect(parseTarget("30s", "ms")).to.equal(30_000);
    expect(parseTarget("≤ 1m30s", "ms")).to.equal(90_000);
    expect(parseTarget("at most 500", "records")).to.equal(500);
    expect(parseTarget("5,000 records", "records")).to.equal(5000);
    expect(parseTarget("1MiB", "bytes")).to.equal(1_048_576);
    for (const written of ["tail", "9s to 12s", "≥ 5s", ">= 5", ""]) {
      expect(parseTarget(written, "ms"), written).to.equal(null);
    }
  });
});

describe(answerSentence.name, () => {
  it("says what died, what was lost, and for how long", () => {
    expect(answerSentence(load("region-loss-failed"))).to.equal(
      "Region east was shut down (crash); 1,204 acknowledged records are not on standby " +
        "(a tail, the oldest due 2.11 s before the fault); producing was down 9.09 s; " +
        "consuming was down 12.37 s; groups skipped 12 records, replayed 2,209 and found no " +
        "committed offset on 1 partition.",
    );
  });

  it("says that nothing was lost only when that was looked for", () => {
    const passed = answerSentence(load("broker-kill-passed"));
    expect(passed).to.match(/no acknowledged record is missing from main/);
    const crashed = answerSentence(load("crash-inconclusive"));
    expect(crashed).to.match(/is not known to have taken place/);
    expect(crashed).to.match(/could not be determined/);
  });

  it("names several targets, an unknown kind, and an unproven fault", () => {
    const [fault] = load("region-loss-failed").faults;
    if (!fault) throw new Error("the fixture has a fault");
    const two = { ...fault, kind: "broker.kill", targets: ["a", "b"] };
    expect(faultClause(two)).to.equal("brokers a and b were killed (crash)");
    expect(faultClause({ ...fault, kind: "disk.fill" })).to.equal(
      "fault disk.fill hit east (crash)",
    );
    const unproven = { ...load("region-loss-failed"), faults: [{ ...fault, effectiveAtMs: null }] };
    expect(answerSentence(unproven)).to.match(
      /^Region east was shut down \(crash\), which was not/,
    );
  });

  it("speaks of the fault that times count from, where that was not the first", () => {
    const result = load("region-loss-failed");
    const [first] = result.faults;
    if (!first) throw new Error("the fixture has a fault");
    const strike = { ...first, step: "strike", kind: "broker.kill", targets: ["a"] };
    const told = (t0?: true) =>
      answerSentence({ ...result, faults: [first, { ...strike, ...(t0 ? { t0 } : {}) }] });
    expect(told()).to.match(/^Region east was shut down \(crash\), with 1 more fault;/);
    expect(told(true)).to.match(/^Broker a was killed \(crash\), with 1 more fault;/);
  });

  it("says ≥ in words when it was not over", () => {
    const result = load("region-loss-failed");
    const recoveries = result.recoveries.map((r) => ({
      ...r,
      measure: { value: 39_987, low: 39_987, high: null, censored: true },
    }));
    expect(answerSentence({ ...result, recoveries })).to.match(/had not recovered after 39.99 s/);
  });
});

describe(pageView.name, () => {
  const view = pageView(load("region-loss-failed"));

  it("puts objectives, margins and verdicts in words", () => {
    const [first] = view.judged.objectives;
    expect(first?.main).to.equal("1,204 records");
    expect(first?.margin).to.equal("−704 records");
    expect(first?.kind).to.equal("missed");
    expect(first?.bullet.length).to.be.greaterThan(2);
  });

  it("shows an account that does not tie", () => {
    expect(view.balances.map((balance) => balance.ties)).to.deep.equal([true, true, false]);
    expect(view.balances[2]?.tieText).to.equal("does not tie out: off by 1 record");
  });

  it("lists violations first and leaves empty classes out", () => {
    expect(view.anomalies.map((anomaly) => anomaly.name)).to.deep.equal([
      "unread",
      "redelivery",
      "stranded",
      "duplicate append",
    ]);
  });

  it("adds the phases up against the RTO", () => {
    expect(view.phases[0]?.lead).to.match(/together 9.09 s. They add up to the measured RTO/);
  });

  it("does not call nothing examined nothing found", () => {
    expect(pageView(load("crash-inconclusive")).noAnomaly).to.match(/Nothing was reconciled/);
    expect(pageView(load("broker-kill-passed")).noAnomaly).to.match(/No anomaly/);
  });

  it("names the nodes only where their settings differ", () => {
    const cluster = view.environment.groups.find((g) => g.caption === "Cluster primary: 3 nodes");
    const rows = cluster?.rows.map((row) => row.cells.map((one) => one.s)) ?? [];
    expect(rows).to.deep.include(["min.insync.replicas", "2"]);
    expect(rows).to.deep.include([
      "node.id",
      "primary-east-1: 1; primary-east-2: 2; primary-east-3: 3",
    ]);
  });
});

describe(flatten.name, () => {
  it("keeps every leaf and every empty branch", () => {
    expect(flatten({ a: { b: [1, "x"], c: {} }, d: null, e: [{ f: true }] })).to.deep.equal([
      ["a.b", "1, x"],
      ["a.c", "empty"],
      ["d", "null"],
      ["e.0.f", "true"],
    ]);
  });
});

describe(environmentView.name, () => {
  it("writes bytes as sizes, in a table of their own and beside other facts", () => {
    const environment = {
      memoryBytes: { "broker-1": 160_907_264 },
      host: { memoryBytes: 2 ** 34 },
    };
    const { groups } = environmentView({ ...load("broker-kill-passed"), environment });
    const cells = groups.slice(0, 2).map(({ rows }) => rows[0]?.cells.map(({ s }) => s));
    expect(cells).to.deep.equal([
      ["broker-1", "153.5 MiB"],
      ["memoryBytes", "16.00 GiB"],
    ]);
  });
});

describe("the page", () => {
  for (const name of ["broker-kill-passed", "region-loss-failed", "crash-inconclusive"]) {
    it(`has one h1, unique ids, and links and labels that lead somewhere: ${name}`, () => {
      const html = renderReport(load(name));
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] ?? "");
      expect(new Set(ids).size).to.equal(ids.length);
      expect(html.match(/<h1>/g)).to.have.length(1);
      const uses = [
        ...[...html.matchAll(/ href="#([^"]*)"/g)].map((match) => match[1] ?? ""),
        ...[...html.matchAll(/ aria-labelledby="([^"]*)"/g)].flatMap((m) =>
          (m[1] ?? "").split(" "),
        ),
        ...[...html.matchAll(/url\(#([^)]*)\)/g)].map((match) => match[1] ?? ""),
      ];
      expect(uses.length).to.be.greaterThan(20);
      for (const id of uses) expect(ids, id).to.include(id);
      expect(html).to.match(/<html lang="en">/);
      expect(html).to.not.match(/<script|undefined|NaN|\[object/);
    });
  }
});

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, "$&$&") : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe("colours", () => {
  const themes = [...stylePartial.matchAll(/:root\{([^}]*)\}/g)].map(
    ([, body = ""]) =>
      new Map([...body.matchAll(/--([a-z]+):(#[0-9a-f]{3,6})\b/g)].map((m) => [m[1], m[2] ?? ""])),
  );

  it("keep text at 4.5 : 1 and marks at 3 : 1, in both themes", () => {
    expect(themes).to.have.length(2);
    for (const theme of themes) {
      const of = (name: string, ground = "paper") =>
        contrast(theme.get(name) ?? "", theme.get(ground) ?? "");
      for (const name of ["ink", "soft", "link"]) {
        expect(of(name), name).to.be.at.least(4.5);
        expect(of(name, "wash"), `${name} on wash`).to.be.at.least(4.5);
      }
      for (const name of "blue green red amber purple sky met missed incon".split(" ")) {
        expect(of(name), name).to.be.at.least(3);
      }
      for (const name of ["met", "missed", "incon"]) {
        expect(of("on", name), `on ${name}`).to.be.at.least(3);
      }
    }
  });
});
