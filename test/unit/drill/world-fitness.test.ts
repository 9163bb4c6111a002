import { expect } from "chai";
import { whyNotReusable } from "../../../src/drill/world-fitness.ts";
import { flawOf } from "../../../src/drill/world-health.ts";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";

const told = (...events: NewEvent[]) =>
  whyNotReusable(
    events.map((event, seq) => ({ ...event, seq, tUs: seq, prev: "" }) as HistoryEvent),
  );
const injecting = { step: "s", kind: "broker.kill", fidelity: "crash", targets: [], affects: [] };
const state = (leader: number, isr: number[]): NewEvent => ({
  type: "partition.state",
  log: 0,
  partition: 4,
  leader,
  leaderEpoch: 1,
  isr,
  replicas: [1, 2, 3],
});

describe(whyNotReusable.name, () => {
  it("has nothing against a run whose faults were healed", () => {
    const events: NewEvent[] = [
      { type: "fault.injecting", ...injecting } as NewEvent,
      { type: "node.state", node: "b", state: "died", expected: true },
      { type: "fault.healed", step: "s", proof: "it answers" },
    ];
    expect(told(...events)).to.equal(null);
    expect(told(state(1, [1, 2, 3]), state(2, [2, 3]), state(3, [3, 2]))).to.equal(null);
  });

  it("names what no later proof would show", () => {
    expect(told({ type: "fault.injecting", ...injecting } as NewEvent)).to.contain("not healed");
    expect(told({ type: "heal.failed", step: "s", reason: "r" })).to.equal(
      "the heal of s failed: r",
    );
    expect(told({ type: "steady.missed", checks: [] })).to.contain("steady state");
    const started = { type: "cluster.started", step: "over", cluster: "standby" } as const;
    expect(told(started)).to.equal("standby is cold no longer");
    expect(told({ type: "node.state", node: "b", state: "died", expected: false })).to.equal(
      "b ended by itself",
    );
  });

  it("names a fault that leaves what no heal undoes, and lets others pass", () => {
    const wipe = { ...injecting, kind: "broker.wipe" };
    const healed: NewEvent = { type: "fault.healed", step: "s", proof: "it answers" };
    expect(told({ type: "fault.injecting", ...wipe } as NewEvent, healed)).to.equal(
      "a disk was emptied (s, broker.wipe)",
    );
  });

  it("knows an unclean election: the new leader was not in sync", () => {
    expect(told(state(1, [1, 2]), state(-1, []), state(3, [3]))).to.contain("led by 3");
    // Without a leader nobody was elected, and who was in sync before still counts.
    expect(told(state(1, [1, 2]), state(-1, []), state(2, [2]))).to.equal(null);
  });
});

describe(flawOf.name, () => {
  const wanted = { brokers: 1, controllers: [1, 2] };
  const partition = { partition: 0, leader: 1, leaderEpoch: 3, replicas: [1, 2], isr: [1, 2] };
  const census = (parts: object = {}) => ({
    views: [
      { at: "b:1", topics: [{ topic: "__offsets", internal: true, partitions: [partition] }] },
    ],
    groups: [],
    quorum: {
      leader: 1,
      voters: [
        { id: 1, behind: 0 },
        { id: 2, behind: 0 },
      ],
    },
    ...parts,
  });
  const having = (parts: object) =>
    census({
      views: [
        {
          at: "b:1",
          topics: [{ topic: "t", internal: true, partitions: [{ ...partition, ...parts }] }],
        },
      ],
    });

  it("finds none in a cluster that is whole", () => {
    expect(flawOf(census(), wanted)).to.equal(null);
  });

  it("names the first thing that is not as in a new cluster", () => {
    const own = { topic: "orders", internal: false, partitions: [] };
    const cases: [ReturnType<typeof census>, RegExp][] = [
      [census({ views: [] }), /0 of 1 brokers/],
      [census({ groups: ["billing"] }), /group billing is left/],
      [census({ views: [{ at: "b:1", topics: [own] }] }), /topic orders is left at b:1/],
      [having({ isr: [1] }), /ISR \[1\] of \[1,2\]/],
      [having({ leader: 2 }), /led by 2, not by 1/],
      [census({ quorum: { leader: -1, voters: [] } }), /no controller leads/],
      [census({ quorum: { leader: 1, voters: [{ id: 1, behind: 0 }] } }), /controller 2 does not/],
      [
        census({
          quorum: {
            leader: 1,
            voters: [
              { id: 1, behind: 0 },
              { id: 2, behind: 7 },
            ],
          },
        }),
        /controller 2 is 7 records behind/,
      ],
    ];
    for (const [found, reason] of cases) expect(flawOf(found, wanted)).to.match(reason);
  });
});
