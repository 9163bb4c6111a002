import { expect } from "chai";
import { HealStack, withDeadline } from "../../../src/kernel/heal-stack.ts";

describe(HealStack.name, () => {
  it("heals in reverse order, each at most once", async () => {
    const heals = new HealStack(1000);
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) heals.defer(name, async () => void log.push(name));
    expect(heals.size).to.equal(3);
    expect(await heals.healAll()).to.deep.equal([]);
    expect(await heals.healAll()).to.deep.equal([]);
    expect(log).to.deep.equal(["c", "b", "a"]);
  });

  it("tries every heal, and reports those that failed or came late", async () => {
    const heals = new HealStack(20);
    const log: string[] = [];
    heals.defer("first", async () => void log.push("first"));
    heals.defer("fails", async () => {
      throw new Error("no such container", { cause: new Error("404") });
    });
    heals.defer("hangs", () => new Promise(() => {}));
    heals.defer("last", async () => void log.push("last"));
    expect(await heals.healAll()).to.deep.equal([
      { name: "hangs", reason: "not done within 20 ms" },
      { name: "fails", reason: "no such container: 404" },
    ]);
    expect(log).to.deep.equal(["last", "first"]);
  });

  it("tries the rest when a heal throws before it waits", async () => {
    const heals = new HealStack(1000);
    const log: string[] = [];
    heals.defer("first", async () => void log.push("first"));
    heals.defer("throws", () => {
      throw new Error("at once");
    });
    expect(await heals.healAll()).to.deep.equal([{ name: "throws", reason: "at once" }]);
    expect(log).to.deep.equal(["first"]);
  });

  it("forgets a heal that was disarmed, and only that one", async () => {
    const heals = new HealStack(1000);
    const log: string[] = [];
    heals.defer("a", async () => void log.push("a"));
    const disarm = heals.defer("b", async () => void log.push("b"));
    disarm();
    disarm();
    await heals.healAll();
    expect(log).to.deep.equal(["a"]);
  });

  it("runs a heal that another heal armed", async () => {
    const heals = new HealStack(1000);
    const log: string[] = [];
    heals.defer("outer", async () => {
      heals.defer("inner", async () => void log.push("inner"));
    });
    await heals.healAll();
    expect(log).to.deep.equal(["inner"]);
  });
});

describe(withDeadline.name, () => {
  it("gives the value, or the error, of what was in time", async () => {
    expect(await withDeadline(Promise.resolve(5), 1000)).to.equal(5);
    const failed = await withDeadline(Promise.reject(new Error("no")), 1000).catch(
      (error: Error) => error.message,
    );
    expect(failed).to.equal("no");
  });
});
