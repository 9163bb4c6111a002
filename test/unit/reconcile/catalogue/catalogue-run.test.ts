/** Goal: a run is seen over many runs as its result says it, and with the images it used, no others. */
import { expect } from "chai";
import {
  catalogueRun,
  kafkaOf,
  versionOf,
} from "../../../../src/reconcile/catalogue/catalogue-run.ts";
import type { Result } from "../../../../src/reconcile/result.ts";
import { assessment } from "../../../support/catalogue-runs.ts";
import { resultOf } from "../repetition/sets.ts";

const measure = { value: 7000, low: 6900, high: 7100, censored: false };
const objective = assessment("rpo.records", { value: 0, verdict: "met" });
const prediction = assessment("rto.produce", { value: 7000 });
const result = {
  verdict: "met",
  reasons: ["because"],
  run: {
    id: "run-1",
    name: "crash",
    title: "A crash",
    seed: 42,
    startedAt: "2026-01-01T00:00:00Z",
    durationMs: 60_000,
    outcome: "completed",
    experimentFile: "crash.yaml",
    experimentSha256: "sha-1",
    historySha256: "sha-2",
  },
  objectives: [objective],
  predictions: [prediction],
  recoveries: [{ viewpoint: "produce", measure, partitions: [] }],
  limits: ["one host"],
  topology: { clusters: [{ kafka: "4.3.1" }, { kafka: "3.9.0" }, { kafka: "4.3.1" }] },
  environment: {
    images: {
      "kafka 3.9.0": { tag: "kafka:3.9.0", id: "sha256:3" },
      "kafka 4.3.1": { tag: "kafka:4.3.1", id: "sha256:4" },
      "kafka 4.0.0": { tag: "kafka:4.0.0", id: "sha256:0" },
      agent: { tag: "agent:1", id: "sha256:a" },
    },
  },
} as unknown as Result;

describe(catalogueRun.name, () => {
  it("has what the result says, and of the plan what that does not", () => {
    expect(catalogueRun(result, { vars: { rate: "500/s" }, cell: "rate=500/s" })).to.deep.equal({
      run: "run-1",
      name: "crash",
      title: "A crash",
      startedAt: "2026-01-01T00:00:00Z",
      durationMs: 60_000,
      seed: 42,
      version: "sha-1",
      verdict: "met",
      reasons: ["because"],
      objectives: [objective],
      predictions: [prediction],
      recoveries: [{ viewpoint: "produce", measure }],
      limits: ["one host"],
      images: {
        agent: "agent:1 sha256:a",
        "kafka 3.9.0": "kafka:3.9.0 sha256:3",
        "kafka 4.3.1": "kafka:4.3.1 sha256:4",
      },
      kafka: ["3.9.0", "4.3.1"],
      vars: { rate: "500/s" },
      cell: "rate=500/s",
    });
  });

  it("has the images of the gateways, and none where none were noted", () => {
    const of = (images?: unknown) =>
      catalogueRun({ ...result, environment: { images } } as Result, { vars: {} }).images;
    const gateway = { tag: "gateway:2", id: "sha256:g" };
    expect(of({ gateway, other: gateway })).to.deep.equal({ gateway: "gateway:2 sha256:g" });
    for (const none of [undefined, null, "none", {}]) expect(of(none)).to.deep.equal({});
  });
});

describe(kafkaOf.name, () => {
  it("has each version once, in order, and none of a cluster that names none", () => {
    const clusters = [{ kafka: "4.3.1" }, {}, { kafka: "4.0.0" }, { kafka: "4.3.1" }];
    expect(kafkaOf({ clusters })).to.deep.equal(["4.0.0", "4.3.1"]);
    for (const other of [undefined, null, "4.3.1"]) {
      expect(kafkaOf({ clusters: other })).to.deep.equal([]);
    }
  });
});

describe("the version of a run", () => {
  const result = resultOf({}, 1);
  const own = result.run.experimentSha256;

  it("is of another version of its file when a file that it includes is another one", () => {
    const including = (sha256: string) =>
      catalogueRun(result, { vars: {}, includes: [{ sha256 }] }).version;
    expect(including("one")).to.not.equal(including("two"));
    expect(including("one")).to.not.equal(catalogueRun(result, { vars: {} }).version);
    expect(including("one")).to.equal(versionOf(own, [{ sha256: "one" }]));
  });

  it("is of the version that its file has, where that includes nothing", () => {
    expect(catalogueRun(result, { vars: {} }).version).to.equal(own);
  });
});
