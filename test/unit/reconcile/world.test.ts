/** Goal: what rows name by number is found in the plan, and what the plan does not have never is. */
import { expect } from "chai";
import type { Judging, ReaderRef } from "../../../src/history/judging.ts";
import { World } from "../../../src/reconcile/world.ts";
import { judgingFor } from "./against-oracle.ts";

const plan = judgingFor("primary");
const [one, two] = plan.producers;
if (!one || !two) throw new Error("the plan has two producers");

const indices = (of: (partition: number) => number) => [-1, 0, 1, 2, 3].map(of);

describe(World.name, () => {
  it("finds the streams of a producer, in order of their numbers, and no others", () => {
    const world = new World({ ...plan, producers: [{ ...two, id: 7 }, one] });
    const of = (producer: number) => indices((partition) => world.streamIndex(producer, partition));
    expect(of(1)).to.deep.equal([-1, 0, 1, -1, -1]);
    expect(of(7)).to.deep.equal([-1, 2, 3, -1, -1]);
    for (const none of [0, 2, 8, 65_535, 70_000, -1]) {
      expect(of(none)).to.deep.equal(Array(5).fill(-1));
    }
    expect(world.stream(3)).to.deep.include({ index: 3, partition: 1, application: true });
    expect(world.stream(3).producer.id).to.equal(7);
  });

  it("finds the places of a log, and no others", () => {
    const world = new World({ ...plan, logs: plan.logs.toReversed() });
    const of = (log: number) => indices((partition) => world.placeIndex(log, partition));
    expect(of(1)).to.deep.equal([-1, 0, 1, -1, -1]);
    expect(of(3)).to.deep.equal([-1, 2, 3, -1, -1]);
    for (const none of [0, 2, 4, 70_000, -1]) expect(of(none)).to.deep.equal(Array(5).fill(-1));
    expect(world.place(2)).to.deep.include({ index: 2, partition: 0 });
    expect(world.place(2).log.id).to.equal(3);
  });

  it("has no streams of a producer whose log the plan does not have", () => {
    const world = new World({ ...plan, producers: [{ ...one, log: 99 }, two] });
    expect(world.streams.map(({ producer }) => producer.id)).to.deep.equal([2, 2]);
    expect(world.streamIndex(1, 0)).to.equal(-1);
  });

  it("counts the streams of the application, and not those of probes", () => {
    const world = new World({ ...plan, producers: [{ ...one, kind: "canary" }, two] });
    expect(world.applicationStreams().map(({ index }) => index)).to.deep.equal([2, 3]);
    expect(world.streams).to.have.length(4);
  });

  it("knows a log with its mirrors and the mirrors of these, each once", () => {
    const [orders, mirror] = plan.logs;
    if (!orders || !mirror) throw new Error("the plan has two logs");
    const back = { ...mirror, id: 5, cluster: "primary", topic: "s.p.orders", mirrorOf: 3 };
    const other = { ...orders, id: 2, topic: "other" };
    const world = new World({ ...plan, logs: [orders, mirror, back, other] });
    const family = (log: typeof orders) => world.family(log).map(({ id }) => id);
    expect([orders, mirror, other, orders].map(family)).to.deep.equal([
      [1, 3, 5],
      [3, 5],
      [2],
      [1, 3, 5],
    ]);
    expect(world.survivingLog(mirror)?.id).to.equal(5);
    expect(world.placeName(mirror, 1)).to.equal("p.orders/1 on standby");
  });
});

describe("the readers of a world", () => {
  const reader = (id: number, more: Partial<ReaderRef>): ReaderRef => {
    return { id, name: `r-${id}`, kind: "audit", region: "r", logs: [1], ...more };
  };
  const worldOf = (...readers: ReaderRef[]) => new World({ ...plan, readers } satisfies Judging);

  it("are gathered into groups by name, in order of their numbers", () => {
    const world = worldOf(
      reader(9, { kind: "group", group: "b" }),
      reader(4, { kind: "group", group: "a" }),
      reader(6, { kind: "group", group: "b" }),
      reader(5, { kind: "group" }),
      reader(7, { kind: "watcher" }),
    );
    const groups = world.groups.map(({ index, name, readers }) => [
      ...[index, name],
      ...readers.map(({ id }) => id),
    ]);
    expect(groups).to.deep.equal([
      [0, "a", 4],
      [1, "r-5", 5],
      [2, "b", 6, 9],
    ]);
    expect([4, 9, 7, 1].map((id) => world.groupOf(id)?.name)).to.deep.equal([
      ...["a", "b"],
      ...[undefined, undefined],
    ]);
    expect(world.reader(7)?.kind).to.equal("watcher");
    expect(world.reader(1)).to.equal(undefined);
  });

  it("tell which clusters are wounded: those that were read before the heal", () => {
    const world = worldOf(
      reader(101, {}),
      reader(150, { logs: [3, 99], beforeHeal: true }),
      reader(103, { logs: [3] }),
    );
    expect(["primary", "standby", ""].map((name) => world.isWounded(name))).to.deep.equal([
      false,
      true,
      false,
    ]);
    expect([101, 150, 103].map((id) => world.readsBeforeHeal(id))).to.deep.equal([
      false,
      true,
      false,
    ]);
    const failed = new World(judgingFor("standby"));
    expect(["primary", "standby"].map((name) => failed.isFailed(name))).to.deep.equal([
      true,
      false,
    ]);
  });
});
