/** Goal: a name that was known once never holds anybody up again. */
import { expect } from "chai";
import { NameCache, parseHosts } from "../../../src/kafka/resolve.ts";

describe(NameCache.name, () => {
  it("asks once for callers that come together, and then no more while fresh", async () => {
    let asked = 0;
    const cache = new NameCache(async () => {
      asked += 1;
      return ["10.0.0.1"];
    }, new Map());
    const found = await Promise.all([cache.resolve("b1"), cache.resolve("b1")]);
    expect(found).to.deep.equal(["10.0.0.1", "10.0.0.1"]);
    expect(await cache.resolve("b1")).to.equal("10.0.0.1");
    expect(asked).to.equal(1);
  });

  it("keeps a known address while the name cannot be asked for", async () => {
    let alive = true;
    const cache = new NameCache(async () => {
      if (!alive) throw new Error("ENOTFOUND");
      return ["10.0.0.1"];
    }, new Map());
    await cache.resolve("b1");
    alive = false;
    expect(await cache.resolve("b1")).to.equal("10.0.0.1");
    const problem = await cache.ask("b1").catch((error: Error) => error.message);
    expect(problem).to.equal("ENOTFOUND");
  });

  it("rejects a name that was never known, and asks again the next time", async () => {
    let asked = 0;
    const cache = new NameCache(async () => {
      asked += 1;
      return asked === 1 ? [] : ["10.0.0.2"];
    }, new Map());
    const problem = await cache.resolve("b2").catch((error: Error) => error.message);
    expect(problem).to.equal("b2 has no address");
    expect(await cache.resolve("b2")).to.equal("10.0.0.2");
  });

  it("asks nobody for an address or a name of the hosts file", async () => {
    const cache = new NameCache(async () => {
      throw new Error("asked");
    }, parseHosts("127.0.0.1 localhost vm # here\n::1 localhost6\n\n172.18.0.2\tb1"));
    expect(await cache.resolve("192.168.0.9")).to.equal("192.168.0.9");
    expect(await cache.resolve("vm")).to.equal("127.0.0.1");
    expect(await cache.resolve("b1")).to.equal("172.18.0.2");
    const problem = await cache.resolve("localhost6").catch((error: Error) => error.message);
    expect(problem).to.equal("asked");
  });
});
