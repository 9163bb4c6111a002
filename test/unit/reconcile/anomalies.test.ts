/** Goal: every finding is counted, the worst are shown, and probes are kept out of the headline. */
import { expect } from "chai";
import { Anomalies, type Finding, type FindingKind } from "../../../src/reconcile/anomalies.ts";
import { SIZE } from "../../../src/reconcile/limits.ts";
import { World } from "../../../src/reconcile/world.ts";
import { judgingFor } from "./against-oracle.ts";

const plan = judgingFor("primary");
const world = new World({
  ...plan,
  producers: plan.producers.map((one) => (one.id === 2 ? { ...one, kind: "canary" } : one)),
});
const [application] = world.streams;
const probe = world.streams.find(({ application: own }) => !own);
const log = { id: 1, topic: "orders" };

const lost: FindingKind = { class: "lost", violation: true };
const finding = (count: number, more: Partial<Finding> = {}): Finding => ({
  count,
  detail: () => `of ${count}`,
  ...more,
});

function book(...findings: [FindingKind, Finding][]): Anomalies {
  const anomalies = new Anomalies();
  for (const [kind, one] of findings) anomalies.add(kind, one);
  return anomalies;
}

describe(Anomalies.name, () => {
  it("adds up a class by its cause and by whether it is a violation", () => {
    const anomalies = book(
      [{ ...lost, cause: "a" }, finding(3)],
      [{ ...lost, cause: "b" }, finding(4)],
      [{ ...lost, cause: "a" }, finding(5)],
      [{ ...lost, cause: "a", violation: false }, finding(7)],
      [lost, finding(1)],
    );
    const told = anomalies.list().map(({ cause, violation, count }) => [cause, violation, count]);
    expect(told).to.deep.equal([
      [undefined, true, 1],
      ["a", true, 8],
      ["a", false, 7],
      ["b", true, 4],
    ]);
    expect(anomalies.countOf("lost")).to.equal(20);
    expect(anomalies.countOf("lost", ({ violation }) => violation)).to.equal(13);
    expect(anomalies.countOf("corrupt")).to.equal(0);
    expect(anomalies.list()[0]).to.not.have.property("cause");
  });

  it("takes nothing for a finding", () => {
    expect(book([lost, finding(0)], [lost, finding(-1)]).list()).to.deep.equal([]);
  });

  it("lists classes in the order of the table, whatever was found first", () => {
    const kinds = (["phantom", "lost", "corrupt"] as const).map((name): [FindingKind, Finding] => [
      { class: name, violation: true },
      finding(1),
    ]);
    const found = book(...kinds)
      .list()
      .map((one) => one.class);
    expect(found).to.deep.equal(
      book(...kinds.toReversed())
        .list()
        .map((one) => one.class),
    );
    expect(found[0]).to.equal("lost");
  });

  it("lists the causes of a class by name, and that without a cause first", () => {
    const causes = [undefined, "A", "B"];
    const of = (cause: string | undefined): [FindingKind, Finding] => [
      cause === undefined ? lost : { ...lost, cause },
      finding(1),
    ];
    for (const order of [causes, causes.toReversed(), ["B", undefined, "A"]]) {
      const told = book(...order.map(of)).list();
      expect(told.map(({ cause }) => cause)).to.deep.equal(causes);
    }
  });

  it("keeps probes apart, by name, and out of the headline", () => {
    if (!application || !probe) throw new Error("the plan has no such streams");
    const anomalies = book(
      [lost, finding(2, { stream: application })],
      [lost, finding(9, { stream: probe })],
      [{ ...lost, cause: "why" }, finding(4, { stream: probe })],
    );
    expect(anomalies.countOf("lost")).to.equal(2);
    expect(anomalies.list().map(({ cause, count }) => [cause, count])).to.deep.equal([
      [undefined, 2],
      ["canary stream", 9],
      ["canary stream, why", 4],
    ]);
  });
});

const shown = (...findings: Finding[]) =>
  book(...findings.map((one): [FindingKind, Finding] => [lost, one])).list()[0]?.examples ?? [];

describe("the examples of an anomaly", () => {
  it("are the longest runs, and of equals the first on the logs", () => {
    const at = (count: number, id: number, partition: number, seqFirst: number, offset: number) =>
      finding(count, { log: { id, topic: "t" }, partition, seqFirst, offset });
    const inOrder = [
      at(9, 3, 3, 3, 3),
      at(5, 1, 0, 0, 0),
      at(5, 1, 0, 0, 2),
      at(5, 1, 0, 4, 1),
      at(5, 1, 2, 0, 0),
      at(5, 2, 0, 0, 0),
      finding(1),
      at(1, 1, 0, 0, 0),
    ];
    const places = (all: Finding[]) =>
      shown(...all).map(({ log: on, partition, seqFirst, offset }) => {
        return [on, partition, seqFirst, offset];
      });
    const wanted = places(inOrder);
    expect(places(inOrder.toReversed())).to.deep.equal(wanted);
    expect(wanted[0]).to.deep.equal([3, 3, 3, 3]);
    expect(wanted.slice(1, 4)).to.deep.equal([
      [1, 0, 0, 0],
      [1, 0, 0, 2],
      [1, 0, 4, 1],
    ]);
    expect(wanted.at(-2)).to.deep.equal([null, null, null, null]);
  });

  it("stand in the order of their place, of which what is not known comes first", () => {
    const [first, second] = world.streams;
    if (!first || !second) throw new Error("the plan has no two streams");
    const same = { log, partition: 0, stream: first, seqFirst: 0, offset: 0 };
    const places: Partial<Finding>[][] = [
      [{ log: { id: 0, topic: "a" } }, { log: { id: 1, topic: "a" } }],
      [{ partition: 0 }, { partition: 1 }],
      [{ stream: first }, { stream: second }],
      [{ seqFirst: 0 }, { seqFirst: 1 }],
      [{ offset: 0 }, { offset: 1 }],
    ];
    for (const known of places) {
      const [name = ""] = Object.keys(known[0] ?? {});
      const { [name as keyof typeof same]: _, ...without } = same;
      const all = [{}, ...known].map((more, at) =>
        finding(1, { ...without, ...more, detail: () => `${at}` }),
      );
      for (const order of [all, all.toReversed(), [all[1], all[0], all[2]] as Finding[]]) {
        const details = shown(...order).map(({ detail }) => detail);
        expect(details, name).to.deep.equal(["0", "1", "2"]);
      }
    }
  });

  it("stay in the order in which they came where their place is one", () => {
    const twin = (detail: string) => finding(1, { log, detail: () => detail });
    const details = shown(twin("a"), twin("c"), twin("b")).map(({ detail }) => detail);
    expect(details).to.deep.equal(["a", "c", "b"]);
  });
});

describe("the worst examples of an anomaly", () => {
  it("make room for one that is worse than the last of them", () => {
    const many = Array.from({ length: SIZE.examplesMax - 1 }, () => finding(10));
    const counts = shown(...many, finding(1), finding(5)).map(({ detail }) => detail);
    expect(counts.at(-1)).to.equal("of 5");
  });

  it("are cut to the worst, and counted whole; details are made for those alone", () => {
    let made = 0;
    const all = Array.from({ length: SIZE.examplesMax + 8 }, (_, n) =>
      finding(n + 1, {
        detail: () => {
          made += 1;
          return `${n}`;
        },
      }),
    );
    for (const order of [all, all.toReversed()]) {
      made = 0;
      const [anomaly] = book(...order.map((one): [FindingKind, Finding] => [lost, one])).list();
      expect(anomaly?.examples).to.have.length(SIZE.examplesMax);
      expect(anomaly?.examples[0]?.detail).to.equal(String(SIZE.examplesMax + 7));
      expect(anomaly?.examples.at(-1)?.detail).to.equal("8");
      expect(anomaly?.count).to.equal((all.length * (all.length + 1)) / 2);
      expect(made).to.equal(SIZE.examplesMax);
    }
  });
});

describe("an example of an anomaly", () => {
  it("holds what is known, and null for what is not", () => {
    const stream = application;
    if (!stream) throw new Error("the plan has no stream");
    const known = { stream, log, partition: 1, seqFirst: 4, offset: 7, atMs: 1.23456 };
    expect(shown(finding(3, known))[0]).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 1,
      seqFirst: 4,
      seqLast: 6,
      offset: 7,
      atMs: 1.235,
      detail: "of 3",
    });
    expect(shown(finding(3))[0]).to.deep.equal({
      log: null,
      topic: null,
      producer: null,
      partition: null,
      seqFirst: null,
      seqLast: null,
      offset: null,
      atMs: null,
      detail: "of 3",
    });
    expect(shown(finding(1, { stream }))[0]).to.include({ partition: stream.partition });
  });

  it("is handed to whoever writes the full list, each of them", () => {
    const told: string[] = [];
    const anomalies = new Anomalies(({ class: name, cause }, { detail }, count) => {
      told.push(`${name} ${cause} ${detail} ${count}`);
    });
    for (const count of [3, 0, 2]) anomalies.add({ ...lost, cause: "c" }, finding(count));
    expect(told).to.deep.equal(["lost c of 3 3", "lost c of 2 2"]);
  });
});
