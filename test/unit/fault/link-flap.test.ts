import { expect } from "chai";
import { drawSchedule, linkFlap } from "../../../src/fault/link-flap.ts";
import { Random } from "../../../src/kernel/random.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const WEST = "standby-west-1";
const params = linkFlap.params as import("zod").ZodType<Parameters<typeof drawSchedule>[0]>;
const flap = (more: object = {}) =>
  params.parse({ between: ["east", "west"], direction: "forward", ...more });
/** The same, with times too short for a file: a test does not wait for seconds. */
const quick = (times: number, ms = 30, more: object = {}) => ({
  ...flap(more),
  schedule: Array.from({ length: times }, () => ({ down: ms, up: ms })),
});
const turnsOf = (world: FaultWorld) =>
  world.runtime.acts.filter((act) => /^(cut|mend) /.test(act)).map((act) => act.split(" ")[0]);

describe("link.flap", () => {
  it("cuts and mends by its schedule, is proven by both, and ends open", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(2));
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(world.runtime.probe("east", WEST)).to.equal("timeout");
    expect(await fault.prove()).to.equal(
      'of 2 cuts, one was met by a probe with "timeout", and the mended link with "answered"',
    );
    await until(() => world.notes.length === 4);
    expect(world.notes.slice(0, 2)).to.deep.equal(["the link was cut", "the link was mended"]);
    expect(turnsOf(world)).to.deep.equal(["cut", "mend", "cut", "mend"]);
    expect(await fault.heal()).to.equal("probes across the link are answered again");
  });

  it("flaps both directions together, in the manner asked for", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(1, 30, { direction: "both", mode: "refuse" }));
    expect(world.runtime.probe("west", "primary-east-1")).to.equal("refused");
    expect(await fault.prove()).to.contain('a probe with "refused"');
    await fault.heal();
  });

  it("healed in the middle of a cut, it mends and never cuts again", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(50, 5));
    await until(() => turnsOf(world).length >= 4);
    await fault.heal();
    const acts = world.runtime.acts.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(world.runtime.acts.length).to.equal(acts);
    expect(world.runtime.probe("east", WEST)).to.equal("answered");
  });

  it("stops at once on Ctrl-C, although the cut would last for a minute", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    await world.inject(linkFlap, quick(9, 60_000));
    world.interrupt.abort();
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(turnsOf(world)).to.deep.equal(["cut", "mend"]);
    expect(world.runtime.probe("east", WEST)).to.equal("answered");
  });

  it("armed its undo before the first cut", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.failNext("cut", "east->west", new Error("gateway gone"), "after");
    expect(await refusal(world.inject(linkFlap, quick(2)))).to.equal("gateway gone");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.runtime.probe("east", WEST)).to.equal("answered");
  });

  it("tells on heal of a turn that failed, and mends all the same", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(3));
    world.runtime.failNext("mend", "east->west", new Error("gateway busy"));
    await until(() => turnsOf(world).includes("mend"));
    expect(await refusal(fault.heal())).to.equal("end the flapping: gateway busy");
    expect(world.runtime.probe("east", WEST)).to.equal("answered");
  });
});

describe("link.flap, doubted", () => {
  it("is not proven when the link was never cut, or never mended", async () => {
    const never = await FaultWorld.of(twoRegions(1));
    never.runtime.ignoreNext("cut", "east->west");
    const open = await never.inject(linkFlap, quick(1));
    expect(await refusal(open.prove())).to.equal("no probe met the link cut");
    const cut = await FaultWorld.of(twoRegions(1));
    cut.runtime.ignoreNext("mend", "east->west");
    const closed = await cut.inject(linkFlap, quick(1));
    expect(await refusal(closed.prove())).to.equal("no probe met the link mended between two cuts");
    await closed.heal();
  });

  it("is not proven by a probe that began before a turn and ended behind it", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(2, 20));
    world.context.observer.probe = async () => {
      const turns = world.notes.length;
      await until(() => world.notes.length > turns || turns === 4);
      return "timeout";
    };
    expect(await refusal(fault.prove())).to.equal("no probe met the link cut");
  });

  it("is not healed when the link stays cut", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkFlap, quick(1, 60_000));
    world.runtime.ignoreNext("mend", "east->west");
    expect(await refusal(fault.heal())).to.equal("probes across the link are still not answered");
  });
});

describe("link.flap in the plan", () => {
  it("draws every period from the seed: the same for the same, within the jitter", () => {
    const target = flap({ period: "4s", down: "25%", jitter: "20%", times: 200 });
    const drawn = drawSchedule(target, new Random(7, "flap"));
    expect(drawSchedule(target, new Random(7, "flap"))).to.deep.equal(drawn);
    expect(drawSchedule(target, new Random(8, "flap"))).to.not.deep.equal(drawn);
    expect(drawn.length).to.equal(200);
    for (const { down, up } of drawn) {
      expect(down).to.be.within(800, 1200);
      expect(up).to.be.within(2400, 3600);
    }
    expect(new Set(drawn.map(({ down }) => down)).size).to.be.greaterThan(50);
    const given = flap({ schedule: [{ down: "1s", up: "2s" }] });
    expect(linkFlap.draw?.(given, new Random(7, "flap"))).to.equal(given);
  });

  it("refuses cuts too short to be proven, drawn or given", () => {
    const problems = (more: object) => linkFlap.check(flap(more), twoRegions(1));
    expect(problems({})).to.deep.equal([]);
    const [drawn] = problems({ period: "1s", down: "60%", jitter: "0%" });
    expect(drawn?.path).to.deep.equal(["period"]);
    expect(drawn?.message).to.contain("may take 400ms, expected at least 500ms");
    expect(
      problems({
        schedule: [
          { down: "1s", up: "1s" },
          { down: "1s", up: "100ms" },
        ],
      }),
    ).to.deep.equal([{ path: ["schedule", 1], message: "expected at least 500ms each" }]);
    expect(linkFlap.needs(flap({ mode: "stall" }))).to.deep.equal(["link.stall"]);
    expect(linkFlap.reach(flap(), twoRegions(1))).to.deep.equal({
      fidelity: "blackhole",
      targets: ["east->west"],
      affects: ["east->west"],
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never came to hold");
}
