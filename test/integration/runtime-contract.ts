/**
 * What every runtime promises, whatever is underneath: the fake keeps it in a unit test, Docker in an
 * integration test with real Kafka nodes. Each test leaves the world as it found it.
 */
import { expect } from "chai";
import type { DeadView, LinkMode } from "../../src/runtime/runtime.ts";
import {
  around,
  ContractWorld,
  EAST,
  type RuntimeUnderTest,
  WEST,
} from "../support/contract-world.ts";
import { files } from "./file-contract.ts";
import { machines } from "./machine-contract.ts";

const MODES: LinkMode[] = ["refuse", "stall", "blackhole"];
const VIEWS: DeadView[] = ["refuse", "blackhole"];
const MET: Record<LinkMode, string[]> = {
  refuse: ["refused"],
  stall: ["connected-silent"],
  blackhole: ["timeout"],
};
/** An engine's clock is mapped to ours within this. */
const CLOCK_US = 5000;
const SLOW_MS = 2000;
const MARKER = "/var/lib/kafka/marker";

type Get = () => ContractWorld;

export function runtimeContract(name: string, make: () => Promise<RuntimeUnderTest>): void {
  describe(`runtime contract: ${name}`, () => {
    let world: ContractWorld;
    const get = () => world;
    before(async () => {
      world = new ContractWorld(await make());
      await world.boot();
    });
    after(() => world.runtime.destroy());
    describe("a running node", () => running(get));
    describe("a link", () => links(get));
    describe("a node shown dead", () => shownDead(get));
    describe("a paused node", () => paused(get));
    describe("a killed node", () => killed(get));
    describe("the machine of a node", () => machines(get));
    describe("a file", () => files(get));
    describe("an agent", () => agents(get));
    describe("destroy", () => destroyed(get, make));
  });
}

function running(world: Get): void {
  it("answers in its region and across the link", async () => {
    const { runtime } = world();
    expect(await runtime.isRunning(EAST)).to.equal(true);
    expect(await world().outcome("east", EAST)).to.equal("answered");
    expect(await world().outcome("west", EAST)).to.equal("answered");
  });

  it("runs commands: exit code and output", async () => {
    const { runtime } = world();
    const done = await runtime.exec(EAST, ["echo", "hello", "there"]);
    expect(done.exitCode).to.equal(0);
    expect(done.output).to.equal("hello there\n");
    expect((await runtime.exec(EAST, ["false"])).exitCode).to.equal(1);
  });

  it("has an output, uses memory, and its runtime has facts", async () => {
    const { runtime } = world();
    expect(await runtime.logs(EAST)).to.match(/\S/);
    expect((await runtime.memory())[EAST]).to.be.greaterThan(0);
    expect(Object.keys(await runtime.facts())).not.to.deep.equal([]);
  });

  it("is left alone by restart and resume", async () => {
    await world().runtime.restart(EAST);
    await world().runtime.resume(EAST);
    expect(await world().outcome("east", EAST)).to.equal("answered");
  });

  it("is the only one there is: another name is an error", async () => {
    for (const act of ["kill", "restart", "pause", "resume", "isRunning", "logs"] as const) {
      const error = await world()
        .runtime[act]("nobody")
        .then(
          () => null,
          (thrown: Error) => thrown.message,
        );
      expect(error, act).to.contain("nobody");
    }
    expect(() => world().runtime.link("east", "nowhere")).to.throw("no link east->nowhere");
  });
}

function links(world: Get): void {
  for (const mode of MODES) {
    it(`cut (${mode}) is met in its direction only, until it is mended`, async () => {
      const link = world().runtime.link("west", "east");
      await link.cut(mode);
      await link.cut(mode);
      expect(await world().outcome("west", EAST)).to.be.oneOf(MET[mode]);
      expect(await world().outcome("east", WEST)).to.equal("answered");
      expect(await world().outcome("east", EAST)).to.equal("answered");
      await link.mend();
      await link.mend();
      expect(await world().outcome("west", EAST)).to.equal("answered");
    });
  }

  it("goes from one cut to another without being mended between", async () => {
    const link = world().runtime.link("west", "east");
    for (const mode of [...MODES, ...MODES].reverse()) {
      await link.cut(mode);
      expect(await world().outcome("west", EAST), mode).to.be.oneOf(MET[mode]);
    }
    await link.mend();
    expect(await world().outcome("west", EAST)).to.equal("answered");
  });

  it("degraded is slow in its direction only, until its quality is restored", async () => {
    const link = world().runtime.link("west", "east");
    const planned = await link.quality();
    const slow = { latencyMs: SLOW_MS, jitterMs: 0, bandwidthBytesPerSecond: 1_000_000 };
    const tookMs = async (from: string, node: string) =>
      (await world().probe(from, node, 10_000)).tookMs;
    await link.degrade(slow);
    await link.degrade(slow);
    expect(await link.quality()).to.deep.equal(slow);
    expect(await tookMs("west", EAST)).to.be.greaterThan(SLOW_MS * 0.95);
    expect(await tookMs("east", WEST)).to.be.lessThan(SLOW_MS / 2);
    await link.restoreQuality();
    await link.restoreQuality();
    expect(await tookMs("west", EAST)).to.be.lessThan(SLOW_MS / 2);
    expect(await link.quality()).to.deep.equal(planned);
    expect(planned.latencyMs).to.equal(20);
  });

  it("planned anew has that quality, and is restored to it", async () => {
    const link = world().runtime.link("west", "east");
    const planned = await link.quality();
    const other = { latencyMs: 60, jitterMs: 0, bandwidthBytesPerSecond: null };
    await link.replan(other);
    expect(await link.quality()).to.deep.equal(other);
    await link.degrade({ ...other, latencyMs: SLOW_MS });
    await link.restoreQuality();
    expect(await link.quality()).to.deep.equal(other);
    await link.replan(planned);
    expect(await link.quality()).to.deep.equal(planned);
  });
}

function shownDead(world: Get): void {
  for (const mode of VIEWS) {
    it(`meets callers from afar so (${mode}), though it lives`, async () => {
      const link = world().runtime.link("west", "east");
      await link.showDead([EAST], mode);
      await link.showDead([EAST], mode);
      expect(await world().outcome("west", EAST)).to.be.oneOf(MET[mode]);
      expect(await world().outcome("east", EAST)).to.equal("answered");
      await link.showAlive([EAST]);
      await link.showAlive([EAST]);
      expect(await world().outcome("west", EAST)).to.equal("answered");
    });
  }

  it("is not revived by a link that is mended", async () => {
    const link = world().runtime.link("west", "east");
    await link.showDead([EAST], "refuse");
    await link.cut("blackhole");
    await link.mend();
    expect(await world().outcome("west", EAST)).to.be.oneOf(MET.refuse);
    await link.cut("blackhole");
    await link.showAlive([EAST]);
    expect(await world().outcome("west", EAST)).to.be.oneOf(MET.blackhole);
    await link.mend();
    expect(await world().outcome("west", EAST)).to.equal("answered");
  });
}

function paused(world: Get): void {
  it("accepts and is silent, until it is resumed", async () => {
    const { runtime } = world();
    await runtime.pause(WEST);
    await runtime.pause(WEST);
    expect(await runtime.isRunning(WEST)).to.equal(false);
    expect(await world().outcome("west", WEST)).to.equal("connected-silent");
    expect(await world().outcome("east", WEST)).to.equal("connected-silent");
    await runtime.resume(WEST);
    await runtime.resume(WEST);
    expect(await runtime.isRunning(WEST)).to.equal(true);
    await world().answers("east", WEST);
  });
}

function killed(world: Get): void {
  before(async () => {
    await world().runtime.exec(EAST, ["touch", MARKER]);
  });

  it("dies at once, and the engine tells when", async () => {
    const { runtime } = world();
    const [beforeUs, afterUs] = await around(() => runtime.kill(EAST));
    expect(await runtime.isRunning(EAST)).to.equal(false);
    expect(await world().outcome("east", EAST)).to.equal("refused");
    const death = await world().death(EAST);
    expect(death.exitCode).to.equal(137);
    expect(death.atUs).to.be.within(beforeUs - CLOCK_US, afterUs + CLOCK_US);
  });

  it("stays dead: kill and stop again, nothing to run a command in, its output is kept", async () => {
    const { runtime } = world();
    await runtime.kill(EAST);
    await runtime.stop(EAST, 1000);
    const ran = await runtime.exec(EAST, ["echo"]).then(
      () => true,
      () => false,
    );
    expect(ran).to.equal(false);
    expect(await runtime.logs(EAST)).to.match(/\S/);
    expect(world().deaths.filter(({ name }) => name === EAST)).to.have.length(1);
  });

  for (const mode of VIEWS) {
    it(`meets callers from afar as it is shown (${mode})`, async () => {
      await world().runtime.link("west", "east").showDead([EAST], mode);
      expect(await world().outcome("west", EAST)).to.be.oneOf(MET[mode]);
    });
  }

  it("comes back with its disk, and is seen again once it is shown alive", async () => {
    const { runtime } = world();
    const link = runtime.link("west", "east");
    await link.showDead([EAST], "refuse");
    await runtime.restart(EAST);
    await runtime.restart(EAST);
    expect((await runtime.exec(EAST, ["test", "-e", MARKER])).exitCode).to.equal(0);
    await world().answers("east", EAST);
    expect(await world().outcome("west", EAST)).to.be.oneOf(MET.refuse);
    await link.showAlive([EAST]);
    await world().answers("west", EAST);
  });
}

function agents(world: Get): void {
  const name = "agent-west-extra";

  it("ends with its pipe when it is killed, paused or not, and is removed for good", async () => {
    const { runtime } = world();
    await world().startAgent(name, "west");
    await runtime.pause(name);
    const [beforeUs, afterUs] = await around(() => runtime.kill(name));
    expect((await world().death(name)).atUs).to.be.within(beforeUs - CLOCK_US, afterUs + CLOCK_US);
    expect(await world().exited(name)).to.equal(true);
    await runtime.remove(name);
    await runtime.remove(name);
    expect((await world().leftovers()).filter((left) => left.includes(name))).to.deep.equal([]);
  });

  it("stops when it is asked to", async () => {
    const stopped = `${name}-stopped`;
    await world().startAgent(stopped, "west");
    await world().runtime.stop(stopped, 5000);
    expect(await world().exited(stopped)).to.equal(true);
    expect((await world().death(stopped)).name).to.equal(stopped);
  });

  it("is removed, running or frozen, without a death: its name is free for another", async () => {
    const { runtime, deaths } = world();
    for (const state of ["running", "paused"]) {
      const one = `${name}-${state}`;
      await world().startAgent(one, "west");
      if (state === "paused") await runtime.pause(one);
      await runtime.remove(one);
      expect(await world().exited(one), state).to.equal(true);
      await world().startAgent(one, "west");
      // An engine tells of deaths in order: this one comes after any that the removal made.
      await runtime.kill(one);
      await world().death(one);
      expect(deaths.filter((death) => death.name === one)).to.have.length(1);
    }
  });
}

function destroyed(world: Get, make: () => Promise<RuntimeUnderTest>): void {
  it("leaves nothing, and may be repeated", async () => {
    expect(await world().leftovers()).not.to.deep.equal([]);
    await world().runtime.pause(WEST);
    await world().runtime.destroy();
    expect(await world().leftovers()).to.deep.equal([]);
    await world().runtime.destroy();
  });

  it("leaves nothing of what was still starting", async () => {
    const { runtime, topology, leftovers } = await make();
    await runtime.prepare(topology);
    const starting = Promise.allSettled(
      ["east", "west"].map((region) =>
        runtime.startAgent({ name: `agent-${region}-late`, region }),
      ),
    );
    await runtime.destroy();
    await starting;
    expect(await leftovers()).to.deep.equal([]);
  });

  it("leaves nothing of what was still being prepared", async () => {
    const { runtime, topology, leftovers } = await make();
    const preparing = Promise.allSettled([runtime.prepare(topology)]);
    await runtime.destroy();
    await preparing;
    expect(await leftovers()).to.deep.equal([]);
  });
}
