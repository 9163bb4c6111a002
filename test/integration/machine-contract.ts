/**
 * What the machine of a node promises, on any runtime: it filters what it is told to, it is there
 * while the process is dead, and a disk that takes no writes ends the process.
 */
import { expect } from "chai";
import { poll } from "../../src/kernel/clock.ts";
import type { DeadView } from "../../src/runtime/runtime.ts";
import { type ContractWorld, EAST, WEST } from "../support/contract-world.ts";

const DIAL_MS = 500;
const ENDS_WITHIN_MS = 60_000;
const VIEWS: { as: DeadView; dialled: string; probed: string }[] = [
  { as: "refuse", dialled: "refused", probed: "refused" },
  { as: "blackhole", dialled: "timeout", probed: "timeout" },
];

type Get = () => ContractWorld;

function portOf(world: ContractWorld, name: string): number {
  return world.topology.nodes.find((node) => node.name === name)?.clientPort ?? 0;
}

async function ended(world: ContractWorld, name: string): Promise<number | null> {
  const find = async () => (await world.runtime.exitCode(name)) ?? undefined;
  return (await poll(find, { everyMs: 50, withinMs: ENDS_WITHIN_MS })) ?? null;
}

export function machines(world: Get): void {
  for (const { as, dialled, probed } of VIEWS) {
    it(`stops what the node opens (${as}), and nobody else's`, async () => {
      const { runtime } = world();
      const port = portOf(world(), EAST);
      const machine = runtime.machine(WEST);
      expect(await machine.dial(EAST, port, DIAL_MS)).to.equal("connected");
      const cut = { direction: "out" as const, ports: [port], except: [] };
      await machine.filter("one", [cut], as);
      await machine.filter("one", [cut], as);
      expect(await machine.dial(EAST, port, DIAL_MS)).to.equal(dialled);
      expect(await world().outcome("west", EAST)).to.equal("answered");
      await machine.unfilter("one");
      await machine.unfilter("one");
      expect(await machine.dial(EAST, port, DIAL_MS)).to.equal("connected");
    });

    it(`stops what is opened to the node (${as}), and lets itself through`, async () => {
      const { runtime } = world();
      const port = portOf(world(), EAST);
      const machine = runtime.machine(EAST);
      await machine.filter("two", [{ direction: "in", ports: [port], except: [] }], as);
      expect(await world().outcome("east", EAST)).to.equal(probed);
      expect(await machine.dial(EAST, port, DIAL_MS)).to.equal("connected");
      await machine.filter("other", [{ direction: "in", ports: [port], except: [] }], as);
      await machine.unfilter("two");
      expect(await world().outcome("east", EAST), "the other rule").to.equal(probed);
      await machine.unfilter("other");
      expect(await world().outcome("east", EAST)).to.equal("answered");
    });
  }

  it("ends a process that is asked to, and says how it ended", async () => {
    const { runtime } = world();
    expect(await runtime.exitCode(EAST)).to.equal(null);
    await runtime.terminate(EAST);
    expect(await ended(world(), EAST)).to.be.oneOf([0, 143]);
    await runtime.terminate(EAST);
    expect(await runtime.machine(EAST).dial(EAST, portOf(world(), EAST), DIAL_MS)).to.equal(
      "refused",
    );
  });

  it("has a disk that a dead node finds again, or finds blank", async () => {
    const { runtime } = world();
    const { disk } = runtime.machine(EAST);
    const before = await disk.identity();
    expect(before).to.be.a("string");
    await disk.wipe();
    expect(await disk.identity()).to.equal(null);
    await runtime.restart(EAST);
    await world().answers("east", EAST);
    expect(await disk.identity())
      .to.be.a("string")
      .that.does.not.equal(before);
  });

  it("has a disk that can take no writes, which ends the process, and is mended", async () => {
    const { runtime } = world();
    const { disk } = runtime.machine(EAST);
    expect(await disk.writable()).to.equal(true);
    await disk.spoil("readonly");
    expect(await disk.writable()).to.equal(false);
    expect(await ended(world(), EAST)).to.equal(1);
    await disk.mend();
    await disk.mend();
    expect(await disk.writable()).to.equal(true);
    await runtime.restart(EAST);
    await world().answers("east", EAST);
  });
}
